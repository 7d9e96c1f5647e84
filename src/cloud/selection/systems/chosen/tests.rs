//! Points are chosen by drawing in the window.

use std::sync::Arc;
use std::time::Duration;

use bevy::input::InputPlugin;
use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;
use proptest::prelude::*;

use crate::bench::cloud::mouse::{left, moved};
use crate::cloud::camera::settings::Canvas;
use crate::cloud::data::sample::displayed;
use crate::cloud::input::picking::Displayed;
use crate::cloud::input::picking::tests::defined;
use crate::cloud::*;
use ssvae_core::filter::{Filter, Source, Visibility};

const CANVAS: Rect = Rect {
    min: Vec2::new(100.0, 50.0),
    max: Vec2::new(500.0, 350.0),
};

/// A window whose canvas shows -1..1 of the latent plane, with these points.
fn app(positions: &[Vec3]) -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, InputPlugin, TransformPlugin, CloudPlugin))
        .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(100)));
    place(&mut app, positions, false);
    app.insert_resource(CloudView {
        viewport: CANVAS,
        ..default()
    })
    .insert_resource(Canvas(Some(CANVAS)));
    app
}

fn place(app: &mut App, positions: &[Vec3], animate: bool) {
    let placement = Placement {
        positions: positions.to_vec(),
        classes: vec![0; positions.len()],
        certainty: vec![0.5; positions.len()],
        ..Placement::default()
    };
    app.world_mut().write_message(NewPositions {
        placement: Arc::new(placement),
        animate,
        from: None,
    });
    app.update();
}

/// Drags along the corners with these keys held down, and returns what is chosen then.
fn drag(app: &mut App, keys: &[KeyCode], corners: &[Vec2]) -> Vec<u32> {
    let press = |app: &mut App, down: bool| {
        let mut held = app.world_mut().resource_mut::<ButtonInput<KeyCode>>();
        for &key in keys {
            if down {
                held.press(key);
            } else {
                held.release(key);
            }
        }
    };
    press(app, true);
    for (i, &corner) in corners.iter().enumerate() {
        app.world_mut().write_message(moved(corner));
        if i == 0 {
            app.world_mut().write_message(left(true));
        }
    }
    app.update();
    app.world_mut().write_message(left(false));
    app.update();
    press(app, false);
    app.world().resource::<Chosen>().serials().to_vec()
}

/// Where the window shows a latent position.
fn seen(position: Vec3) -> Vec2 {
    CANVAS.center() + Vec2::new(position.x, -position.y) * CANVAS.half_size()
}

const SHIFT: KeyCode = KeyCode::ShiftLeft;
const ALT: KeyCode = KeyCode::AltLeft;
const CTRL: KeyCode = KeyCode::ControlLeft;

fn points() -> impl Strategy<Value = Vec<Vec3>> {
    // On a grid, so that points lie over each other and on borders; some are nowhere.
    let point = prop_oneof![
        9 => [-8_i32..=8, -8_i32..=8, -8_i32..=8].prop_map(|at| Vec3::from(at.map(|x| x as f32 / 8.0))),
        1 => Just(Vec3::NAN),
    ];
    prop::collection::vec(point, 1..40)
}

fn strokes() -> impl Strategy<Value = Vec<Vec2>> {
    let corner = (0_i32..=16, 0_i32..=16)
        .prop_map(|(x, y)| CANVAS.min + CANVAS.size() * Vec2::new(x as f32, y as f32) / 16.0);
    prop::collection::vec(corner, 2..7)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_is_seen_is_chosen_and_hovered_and_nothing_else(
        before in points(), after in points(), path in strokes(), lasso in any::<bool>(),
        moving in any::<bool>(), deep in any::<bool>(), cursor in (0.0_f32..1.0, 0.0_f32..1.0),
    ) {
        let (key, kind) = if lasso { (SHIFT, RegionKind::Lasso) } else { (ALT, RegionKind::Box) };
        let count = before.len().min(after.len());
        let mut app = app(&before[..count]);
        if deep {
            app.insert_resource(CloudDimension::Three).insert_resource(from_aside());
        }
        place(&mut app, &after[..count], moving);
        let chosen = drag(&mut app, &[key], &path);
        // As far as the mouse has gone, which a step of less than a few pixels does not show.
        let steps = path.windows(2).all(|pair| pair[0].distance(pair[1]) > 5.0);
        prop_assume!(steps);
        let now = |app: &App| -> Vec<Vec3> {
            let progress = app.world().resource::<Transition>().eased();
            let way = before.iter().zip(&after).take(count);
            way.map(|(&from, &to)| {
                let from = if moving && from.is_finite() { from } else { to };
                displayed(from, to, progress)
            }).collect()
        };
        let view = *app.world().resource::<CloudView>();
        let region = Region::new(kind, &path);
        let expected: Vec<u32> = (0..).zip(now(&app))
            .filter(|&(_, at)| view.window_from_world(at).is_some_and(|at| region.contains(at)))
            .map(|(serial, _)| serial)
            .collect();
        prop_assert_eq!(chosen, expected);

        let cursor = CANVAS.min + CANVAS.size() * Vec2::from(cursor);
        app.world_mut().write_message(moved(cursor));
        app.update();
        let points = now(&app).into_iter().map(|position| Displayed { position, slot: None });
        prop_assert_eq!(app.world().resource::<Hovered>().0, defined(points, &view, cursor, deep));
    }
}

/// The same canvas, from a camera in space.
fn from_aside() -> CloudView {
    let lens = Mat4::perspective_infinite_reverse_rh(0.785, CANVAS.width() / CANVAS.height(), 0.1);
    let eye = Vec3::new(0.6, -0.9, 2.0);
    CloudView {
        clip_from_world: lens * Mat4::look_at_rh(eye, Vec3::ZERO, Vec3::Y),
        viewport: CANVAS,
        focus_depth: eye.length(),
        ..default()
    }
}

#[test]
fn ctrl_adds_and_single_points_leave_and_come_back() {
    let row: Vec<Vec3> = (0..5)
        .map(|i| Vec3::new(i as f32 * 0.4 - 0.8, 0.0, 0.0))
        .collect();
    let mut app = app(&row);
    let around = |from: usize, to: usize| {
        let reach = Vec2::new(20.0, 40.0);
        [seen(row[from]) - reach, seen(row[to]) + reach]
    };
    assert_eq!(drag(&mut app, &[ALT], &around(0, 1)), [0, 1]);
    assert_eq!(drag(&mut app, &[ALT, CTRL], &around(1, 2)), [0, 1, 2]);
    assert_eq!(
        drag(&mut app, &[ALT], &around(4, 4)),
        [4],
        "without Ctrl it is another choice"
    );
    let empty = [CANVAS.min, CANVAS.min + 9.0];
    assert_eq!(drag(&mut app, &[ALT, CTRL], &empty), [4], "nothing is added");
    assert_eq!(drag(&mut app, &[ALT], &empty), [0; 0]);
    assert_eq!(drag(&mut app, &[ALT], &around(0, 4)), [0, 1, 2, 3, 4]);
    let mut changes = app.world().resource::<Messages<ChosenChanged>>().get_cursor();
    changes
        .read(app.world().resource::<Messages<ChosenChanged>>())
        .count();
    app.world_mut().write_message(AlterChoice::Out(vec![3, 1]));
    app.update();
    assert_eq!(app.world().resource::<Chosen>().serials(), [0, 2, 4]);
    app.world_mut().write_message(AlterChoice::Back(vec![1]));
    app.update();
    assert_eq!(app.world().resource::<Chosen>().serials(), [0, 1, 2, 4]);
    app.world_mut().write_message(Choose(Vec::new()));
    app.update();
    assert!(app.world().resource::<Chosen>().serials().is_empty());
    let told = changes
        .read(app.world().resource::<Messages<ChosenChanged>>())
        .last();
    let none = ChosenChanged {
        kind: None,
        count: 0,
        anew: true,
    };
    assert_eq!(told, Some(&none));
}

#[test]
fn what_the_filter_leaves_out_leaves_the_choice() {
    let row: Vec<Vec3> = (0..4)
        .map(|i| Vec3::new(i as f32 * 0.4 - 0.8, 0.0, 0.0))
        .collect();
    let mut app = app(&row);
    let everything = [CANVAS.min, CANVAS.max];
    for (serial, label) in [(1, 5), (2, 6)] {
        let label = Some(label);
        app.world_mut().write_message(LabelChanged {
            serial,
            before: None,
            after: label,
            timed: false,
        });
    }
    assert_eq!(drag(&mut app, &[ALT], &everything), [0, 1, 2, 3]);
    let mut filter = Filter::default();
    filter.set_class(Source::User, Some(5), Visibility::Hidden);
    app.insert_resource(PointFilter(filter.clone()));
    app.update();
    let chosen = app.world().resource::<Chosen>();
    assert_eq!((chosen.serials(), chosen.left_out()), (&[0, 2, 3][..], 1));
    // Also when the points become others under the same filter.
    app.world_mut().write_message(LabelChanged {
        serial: 3,
        before: None,
        after: Some(5),
        timed: false,
    });
    app.update();
    let chosen = app.world().resource::<Chosen>();
    assert_eq!((chosen.serials(), chosen.left_out()), (&[0, 2][..], 2));
    app.insert_resource(PointFilter(Filter::default()));
    app.update();
    assert_eq!(
        app.world().resource::<Chosen>().serials(),
        [0, 2],
        "it does not come back by itself"
    );
}

#[test]
fn a_smaller_data_set_lets_go_of_what_it_does_not_have() {
    let row: Vec<Vec3> = (0..5)
        .map(|i| Vec3::new(i as f32 * 0.4 - 0.8, 0.0, 0.0))
        .collect();
    let mut app = app(&row);
    assert_eq!(drag(&mut app, &[ALT], &[CANVAS.min, CANVAS.max]).len(), 5);
    place(&mut app, &row[..2], false);
    assert!(app.world().resource::<Chosen>().serials().is_empty());
}

#[test]
fn a_stroke_leaves_the_view_alone_and_tells_what_it_holds() {
    let mut app = app(&[Vec3::ZERO, Vec3::new(0.5, 0.5, 0.0)]);
    assert_eq!(drag(&mut app, &[ALT], &[CANVAS.min, CANVAS.max]), [0, 1]);
    app.world_mut().resource_mut::<ButtonInput<KeyCode>>().press(ALT);
    let view = *app.world().resource::<CloudView>();
    let chosen = app.world().resource::<Chosen>().clone();
    for event in [
        moved(seen(Vec3::ZERO) - 30.0),
        left(true),
        moved(seen(Vec3::ZERO) + 30.0),
    ] {
        app.world_mut().write_message(event);
    }
    app.update();
    let choosing = app.world().resource::<Choosing>();
    assert_eq!(choosing.0.as_ref().map(|(_, count)| *count), Some(1));
    assert_eq!(
        *app.world().resource::<Chosen>(),
        chosen,
        "not before the button is up"
    );
    assert_eq!(*app.world().resource::<CloudView>(), view);
    // The stroke is given up, and no more.
    app.world_mut().write_message(CancelStroke);
    app.update();
    assert!(app.world().resource::<Choosing>().0.is_none());
    app.world_mut().write_message(left(false));
    app.update();
    assert_eq!(*app.world().resource::<Chosen>(), chosen);
}
