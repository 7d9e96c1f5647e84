//! The cloud as pixels, compared with pictures that somebody has looked at. `UPDATE_PICTURES=1 cargo test --release --test
//! pictures` writes them anew; look at them before you commit.

use std::path::Path;
use std::sync::Arc;

use bevy::prelude::{ButtonInput, KeyCode, Vec2, Vec3};
use image::RgbImage;
use ssvae::OffscreenCloud;
use ssvae::cloud::{
    CloudDimension, CloudView, ColorMode, Ground, Morph, NewPositions, Palette, Placement, PointFilter,
    PointShapes, ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels, Scheme, Select, Suggestions,
};
use ssvae::clusters::{clusters, labels};
use ssvae::mouse;
use ssvae_core::classes::ClassCount;
use ssvae_core::filter::{Filter, Source, Visibility};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SIZE: [u32; 2] = [400, 300];
/// Other drivers round otherwise: a channel may be so far off, and in so many of a thousand pixels farther.
const STEP: u8 = 12;
const PER_MILLE: usize = 6;

fn offscreen(points: usize, dimension: CloudDimension) -> Outcome<OffscreenCloud> {
    let mut offscreen = OffscreenCloud::new(SIZE)?;
    let mut placement = clusters(points, dimension == CloudDimension::Three);
    // One sample in five has become what its class says.
    let changed = placement.classes.iter().enumerate();
    placement.changed = changed
        .map(|(serial, &class)| (serial % 5 == 0).then_some(class))
        .collect();
    *offscreen.world().resource_mut::<CloudDimension>() = dimension;
    let truth = placement.classes.iter().map(|&class| Some(9 - class)).collect();
    offscreen
        .world()
        .write_message(ReplaceTrueLabels(Arc::new(truth)));
    let user = labels(&placement.classes, points / 60);
    offscreen.world().write_message(ReplaceUserLabels(Arc::new(user)));
    // A label reaches two of three samples.
    let even = |serial: usize| serial as f32 / points as f32;
    let suggestions = Suggestions {
        propagated: (placement.classes.iter().enumerate())
            .map(|(serial, class)| (serial % 3 > 0).then_some((class + 1) % 10))
            .collect(),
        certainty: (0..points).map(even).collect(),
        score: (0..points).map(|serial| 1.0 - even(serial)).collect(),
    };
    offscreen
        .world()
        .write_message(ReplaceSuggestions(Arc::new(suggestions)));
    offscreen.place(Arc::new(placement), false);
    offscreen.rest()?;
    Ok(offscreen)
}

fn compare(offscreen: &mut OffscreenCloud, name: &str) -> Outcome {
    let picture = offscreen.picture()?;
    let path = Path::new("tests/pictures").join(name).with_extension("png");
    if std::env::var_os("UPDATE_PICTURES").is_some_and(|value| value == "1") {
        return Ok(picture.save(path)?);
    }
    let reference = image::open(&path)?.to_rgb8();
    let others = different(&picture, &reference)?;
    let most = (SIZE[0] * SIZE[1]) as usize * PER_MILLE / 1000;
    if others > most {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(name)
            .with_extension("png");
        picture.save(&kept)?;
        return Err(format!(
            "{name}: {others} pixels differ, {most} may; see {} and {}",
            kept.display(),
            path.display()
        )
        .into());
    }
    Ok(())
}

fn different(a: &RgbImage, b: &RgbImage) -> Outcome<usize> {
    if a.dimensions() != b.dimensions() {
        return Err(format!("{:?} is not {:?}", a.dimensions(), b.dimensions()).into());
    }
    let far =
        |(a, b): &(&image::Rgb<u8>, &image::Rgb<u8>)| a.0.iter().zip(b.0).any(|(a, b)| a.abs_diff(b) > STEP);
    Ok(a.pixels().zip(b.pixels()).filter(far).count())
}

/// Frames until what was changed is drawn.
fn draw(offscreen: &mut OffscreenCloud) -> Outcome {
    offscreen.frame()?;
    offscreen.frame()?;
    Ok(())
}

#[test]
fn color_modes() -> Outcome {
    let mut offscreen = offscreen(6000, CloudDimension::Two)?;
    for mode in ColorMode::ALL {
        *offscreen.world().resource_mut::<ColorMode>() = mode;
        draw(&mut offscreen)?;
        compare(&mut offscreen, mode.name())?;
    }
    Ok(())
}

#[test]
fn between_two_states() -> Outcome {
    let mut offscreen = offscreen(6000, CloudDimension::Two)?;
    *offscreen.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    let placement = Arc::new(clusters(6000, false));
    let turned = placement.positions.iter().map(|at| Vec3::new(-at.y, at.x, at.z));
    offscreen.world().write_message(NewPositions {
        from: Some(Arc::new(turned.collect())),
        placement,
        animate: false,
    });
    offscreen.world().resource_mut::<Morph>().0 = 0.7;
    offscreen.rest()?;
    draw(&mut offscreen)?;
    compare(&mut offscreen, "morphed")
}

#[test]
fn filters_and_grounds() -> Outcome {
    // Points outnumber pixels in the middle.
    for (points, name) in [(6000, "filtered"), (400_000, "filtered_crowd")] {
        let mut offscreen = offscreen(points, CloudDimension::Two)?;
        *offscreen.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
        let mut filter = Filter::default();
        filter.only(Source::Predicted, Some(3), ClassCount::default());
        filter.set_class(Source::Predicted, Some(4), Visibility::Shown);
        filter.set_class(Source::Predicted, Some(5), Visibility::Hidden);
        *offscreen.world().resource_mut::<PointFilter>() = PointFilter(filter);
        draw(&mut offscreen)?;
        compare(&mut offscreen, name)?;
        offscreen.world().insert_resource(Palette::new(
            Scheme::Distinct,
            Ground::Light,
            ClassCount::default(),
        ));
        draw(&mut offscreen)?;
        compare(&mut offscreen, &format!("{name}_light"))?;
    }
    Ok(())
}

#[test]
fn crowds() -> Outcome {
    // Points outnumber pixels in the middle, and not at the edges.
    let mut offscreen = offscreen(400_000, CloudDimension::Two)?;
    *offscreen.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    draw(&mut offscreen)?;
    compare(&mut offscreen, "crowd")?;
    // Near enough, the same points are discs.
    offscreen.send_events([mouse::moved(Vec2::new(120.0, 150.0))]);
    offscreen.send_events((0..18).map(|_| mouse::wheel(1.0)));
    offscreen.rest()?;
    compare(&mut offscreen, "crowd_near")
}

#[test]
fn space() -> Outcome {
    let mut offscreen = offscreen(6000, CloudDimension::Three)?;
    *offscreen.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    let middle = Vec2::new(200.0, 150.0);
    offscreen.send_events([
        mouse::moved(middle),
        mouse::left(true),
        mouse::moved(middle + Vec2::new(30.0, 25.0)),
        mouse::left(false),
        mouse::moved(Vec2::new(2.0, 2.0)),
    ]);
    offscreen.rest()?;
    compare(&mut offscreen, "space")
}

#[test]
fn highlights() -> Outcome {
    let mut offscreen = offscreen(6000, CloudDimension::Two)?;
    *offscreen.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    let mut keys = offscreen.world().resource_mut::<ButtonInput<KeyCode>>();
    keys.press(KeyCode::AltLeft);
    let corner = Vec2::new(150.0, 60.0);
    offscreen.send_events([
        mouse::moved(corner),
        mouse::left(true),
        mouse::moved(corner + Vec2::new(90.0, 70.0)),
        mouse::left(false),
    ]);
    draw(&mut offscreen)?;
    let mut keys = offscreen.world().resource_mut::<ButtonInput<KeyCode>>();
    keys.release(KeyCode::AltLeft);
    offscreen.world().write_message(Select(Some(17)));
    // The cursor hovers over another.
    let view = *offscreen.world().resource::<CloudView>();
    let positions = clusters(6000, false).positions;
    let hovered = view.window_from_world(positions[4000]).ok_or("not seen")?;
    offscreen.send_events([mouse::moved(hovered)]);
    draw(&mut offscreen)?;
    compare(&mut offscreen, "highlights")?;
    offscreen.world().insert_resource(PointShapes(true));
    draw(&mut offscreen)?;
    compare(&mut offscreen, "shapes")
}

#[test]
fn what_is_drawn_does_not_depend_on_chance() -> Outcome {
    let first = offscreen(200_000, CloudDimension::Two)?.picture()?;
    let second = offscreen(200_000, CloudDimension::Two)?.picture()?;
    assert_eq!(different(&first, &second)?, 0);
    Ok(())
}

#[test]
fn a_comparison_can_fail() -> Outcome {
    let mut offscreen = offscreen(6000, CloudDimension::Two)?;
    *offscreen.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    draw(&mut offscreen)?;
    let before = offscreen.picture()?;
    offscreen.world().resource_mut::<Palette>().classes.rotate_left(1);
    draw(&mut offscreen)?;
    let recoloured = offscreen.picture()?;
    let most = (SIZE[0] * SIZE[1]) as usize * PER_MILLE / 1000;
    assert!(different(&before, &recoloured)? > 5 * most);
    // A point more in the middle of nowhere is seen, too.
    let mut placement: Placement = clusters(6000, false);
    placement.positions.pop();
    placement.positions.push(bevy::math::Vec3::ZERO);
    offscreen.place(Arc::new(placement), false);
    offscreen.rest()?;
    assert!(different(&recoloured, &offscreen.picture()?)? > 10);
    Ok(())
}
