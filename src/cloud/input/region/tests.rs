use super::*;
use proptest::prelude::*;

fn corners() -> impl Strategy<Value = Vec<Vec2>> {
    // Whole numbers, so that many points lie on corners and edges.
    let corner = (0_i32..12, 0_i32..12).prop_map(|(x, y)| Vec2::new(x as f32, y as f32));
    prop::collection::vec(corner, 0..9)
}

/// The winding of the path around a point that lies on none of its edges, by angles.
fn winds_oddly(path: &[Vec2], point: Vec2) -> bool {
    let turns: f64 = (0..path.len())
        .map(|i| {
            let (a, b) = (path[i] - point, path[(i + 1) % path.len()] - point);
            f64::from(a.perp_dot(b)).atan2(f64::from(a.dot(b)))
        })
        .sum();
    (turns / std::f64::consts::TAU).round() as i64 % 2 != 0
}

fn on_an_edge(path: &[Vec2], point: Vec2) -> bool {
    (0..path.len()).any(|i| {
        let (a, b) = (path[i], path[(i + 1) % path.len()]);
        let along = (point - a).dot(b - a);
        (point - a).perp_dot(b - a) == 0.0 && along >= 0.0 && along <= (b - a).length_squared()
    })
}

proptest! {
    #[test]
    fn a_lasso_holds_what_it_goes_around_an_odd_number_of_times(path in corners(), x in 0_i32..25, y in 0_i32..25) {
        let region = Region::new(RegionKind::Lasso, &path);
        let point = Vec2::new(x as f32, y as f32) / 2.0;
        if !on_an_edge(&path, point) {
            prop_assert_eq!(region.contains(point), winds_oddly(&path, point));
        }
    }

    #[test]
    fn two_lassos_that_share_an_edge_hold_a_point_on_it_once(
        left in 0_i32..5, middle in 5_i32..8, right in 8_i32..12, y in 0_i32..=10,
    ) {
        let half = |from: i32, to: i32| {
            let [from, to] = [from, to].map(|x| x as f32);
            let path = [(from, 0.0), (to, 0.0), (to, 10.0), (from, 10.0)].map(Vec2::from);
            Region::new(RegionKind::Lasso, &path)
        };
        let point = Vec2::new(middle as f32, y as f32);
        let held = [half(left, middle), half(middle, right)].map(|region| region.contains(point));
        let within = y < 10;
        prop_assert_eq!(held.iter().filter(|held| **held).count(), usize::from(within));
    }

    #[test]
    fn a_box_holds_its_borders_whatever_corner_it_begins_at(path in corners(), x in 0_i32..12, y in 0_i32..12) {
        let region = Region::new(RegionKind::Box, &path);
        let point = Vec2::new(x as f32, y as f32);
        let between = |a: f32, b: f32, value: f32| (a.min(b)..=a.max(b)).contains(&value);
        let expected = match path.as_slice() {
            [] => false,
            &[only] => point == only,
            &[a, .., b] => between(a.x, b.x, point.x) && between(a.y, b.y, point.y),
        };
        prop_assert_eq!(region.contains(point), expected);
    }
}

proptest! {
    #[test]
    fn a_rectangle_is_judged_as_its_points_are(
        path in corners(), lasso in any::<bool>(), left in 0_i32..24, top in 0_i32..24, size in 0_i32..9,
    ) {
        let region = Region::new(if lasso { RegionKind::Lasso } else { RegionKind::Box }, &path);
        let min = Vec2::new(left as f32, top as f32) / 2.0;
        let rect = Rect { min, max: min + size as f32 / 2.0 };
        let verdict = region.judge(rect);
        for step in 0..81 {
            let share = Vec2::new((step % 9) as f32, (step / 9) as f32) / 8.0;
            let held = region.contains(rect.min + rect.size() * share);
            prop_assert!(verdict != Verdict::Inside || held);
            prop_assert!(verdict != Verdict::Outside || !held);
        }
    }
}

#[test]
fn most_rectangles_need_no_second_look() {
    let path: Vec<Vec2> = (0..100)
        .map(|i| Vec2::from_angle(i as f32 / 100.0 * std::f32::consts::TAU) * 100.0)
        .collect();
    let region = Region::new(RegionKind::Lasso, &path);
    let at = |x: f32| region.judge(Rect::from_center_size(Vec2::new(x, 3.0), Vec2::splat(5.0)));
    assert_eq!(
        [0.0, 90.0, 110.0, 500.0].map(at),
        [
            Verdict::Inside,
            Verdict::Inside,
            Verdict::Outside,
            Verdict::Outside
        ]
    );
    assert_eq!(at(99.0), Verdict::Partly);
}

#[test]
fn what_is_nowhere_is_in_no_region() {
    let path = [Vec2::ZERO, Vec2::X * 9.0, Vec2::splat(9.0)];
    for kind in [RegionKind::Box, RegionKind::Lasso] {
        assert!(!Region::new(kind, &path).contains(Vec2::NAN));
        assert!(!Region::new(kind, &[]).contains(Vec2::ZERO));
    }
}
