//! The cloud as pixels, compared with pictures that somebody has looked at. `UPDATE_PICTURES=1 cargo test --release --test
//! pictures` writes them anew; look at them before you commit.

use std::path::Path;
use std::sync::Arc;

use bevy::prelude::{ButtonInput, KeyCode, Vec2, Vec3};
use image::RgbImage;
use ssvae::bench::clusters::{clusters, labels};
use ssvae::bench::hand;
use ssvae::cloud::style::palette::{Ground, Scheme};
use ssvae::cloud::{
    CloudDimension, CloudView, ColorMode, Morph, NewPositions, Palette, Placement, PointShapes,
    ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels, Select, Shown, Suggestions,
};
use ssvae::offscreen::Stage;
use ssvae_core::filter::{Filter, Source, Visibility};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

const SIZE: [u32; 2] = [400, 300];
/// Other drivers round otherwise: a channel may be so far off, and in so many of a thousand pixels farther.
const STEP: u8 = 12;
const PER_MILLE: usize = 6;

fn stage(points: usize, dimension: CloudDimension) -> Outcome<Stage> {
    let mut stage = Stage::new(SIZE)?;
    let mut placement = clusters(points, dimension == CloudDimension::Three);
    // One sample in five has become what its class says.
    let changed = placement.classes.iter().enumerate();
    placement.changed = changed
        .map(|(serial, &class)| (serial % 5 == 0).then_some(class))
        .collect();
    *stage.world().resource_mut::<CloudDimension>() = dimension;
    let truth = placement.classes.iter().map(|&class| Some(9 - class)).collect();
    stage.world().write_message(ReplaceTrueLabels(Arc::new(truth)));
    let user = labels(&placement.classes, points / 60);
    stage.world().write_message(ReplaceUserLabels(Arc::new(user)));
    // A label reaches two of three samples.
    let even = |serial: usize| serial as f32 / points as f32;
    let suggestions = Suggestions {
        propagated: (placement.classes.iter().enumerate())
            .map(|(serial, class)| (serial % 3 > 0).then_some((class + 1) % 10))
            .collect(),
        certainty: (0..points).map(even).collect(),
        score: (0..points).map(|serial| 1.0 - even(serial)).collect(),
    };
    stage
        .world()
        .write_message(ReplaceSuggestions(Arc::new(suggestions)));
    stage.place(Arc::new(placement), false);
    stage.rest()?;
    Ok(stage)
}

fn compare(stage: &mut Stage, name: &str) -> Outcome {
    let picture = stage.picture()?;
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
fn draw(stage: &mut Stage) -> Outcome {
    stage.frame()?;
    stage.frame()?;
    Ok(())
}

#[test]
fn color_modes() -> Outcome {
    let mut stage = stage(6000, CloudDimension::Two)?;
    for mode in ColorMode::ALL {
        *stage.world().resource_mut::<ColorMode>() = mode;
        draw(&mut stage)?;
        compare(&mut stage, mode.name())?;
    }
    Ok(())
}

#[test]
fn between_two_states() -> Outcome {
    let mut stage = stage(6000, CloudDimension::Two)?;
    *stage.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    let placement = Arc::new(clusters(6000, false));
    let turned = placement.positions.iter().map(|at| Vec3::new(-at.y, at.x, at.z));
    stage.world().write_message(NewPositions {
        from: Some(Arc::new(turned.collect())),
        placement,
        animate: false,
    });
    stage.world().resource_mut::<Morph>().0 = 0.7;
    stage.rest()?;
    draw(&mut stage)?;
    compare(&mut stage, "morphed")
}

#[test]
fn filters_and_grounds() -> Outcome {
    // Points outnumber pixels in the middle.
    for (points, name) in [(6000, "filtered"), (400_000, "filtered_crowd")] {
        let mut stage = stage(points, CloudDimension::Two)?;
        *stage.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
        let mut filter = Filter::default();
        filter.only(Source::Predicted, Some(3));
        filter.set_class(Source::Predicted, Some(4), Visibility::Shown);
        filter.set_class(Source::Predicted, Some(5), Visibility::Hidden);
        *stage.world().resource_mut::<Shown>() = Shown(filter);
        draw(&mut stage)?;
        compare(&mut stage, name)?;
        stage
            .world()
            .insert_resource(Palette::new(Scheme::Distinct, Ground::Light));
        draw(&mut stage)?;
        compare(&mut stage, &format!("{name}_light"))?;
    }
    Ok(())
}

#[test]
fn crowds() -> Outcome {
    // Points outnumber pixels in the middle, and not at the edges.
    let mut stage = stage(400_000, CloudDimension::Two)?;
    *stage.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    draw(&mut stage)?;
    compare(&mut stage, "crowd")?;
    // Near enough, the same points are discs.
    stage.hand([hand::moved(Vec2::new(120.0, 150.0))]);
    stage.hand((0..18).map(|_| hand::wheel(1.0)));
    stage.rest()?;
    compare(&mut stage, "crowd_near")
}

#[test]
fn space() -> Outcome {
    let mut stage = stage(6000, CloudDimension::Three)?;
    *stage.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    let middle = Vec2::new(200.0, 150.0);
    stage.hand([
        hand::moved(middle),
        hand::left(true),
        hand::moved(middle + Vec2::new(30.0, 25.0)),
        hand::left(false),
        hand::moved(Vec2::new(2.0, 2.0)),
    ]);
    stage.rest()?;
    compare(&mut stage, "space")
}

#[test]
fn highlights() -> Outcome {
    let mut stage = stage(6000, CloudDimension::Two)?;
    *stage.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    let mut keys = stage.world().resource_mut::<ButtonInput<KeyCode>>();
    keys.press(KeyCode::AltLeft);
    let corner = Vec2::new(150.0, 60.0);
    stage.hand([
        hand::moved(corner),
        hand::left(true),
        hand::moved(corner + Vec2::new(90.0, 70.0)),
        hand::left(false),
    ]);
    draw(&mut stage)?;
    let mut keys = stage.world().resource_mut::<ButtonInput<KeyCode>>();
    keys.release(KeyCode::AltLeft);
    stage.world().write_message(Select(Some(17)));
    // The cursor hovers over another.
    let view = *stage.world().resource::<CloudView>();
    let positions = clusters(6000, false).positions;
    let hovered = view.window_from_world(positions[4000]).ok_or("not seen")?;
    stage.hand([hand::moved(hovered)]);
    draw(&mut stage)?;
    compare(&mut stage, "highlights")?;
    stage.world().insert_resource(PointShapes(true));
    draw(&mut stage)?;
    compare(&mut stage, "shapes")
}

#[test]
fn what_is_drawn_does_not_depend_on_chance() -> Outcome {
    let first = stage(200_000, CloudDimension::Two)?.picture()?;
    let second = stage(200_000, CloudDimension::Two)?.picture()?;
    assert_eq!(different(&first, &second)?, 0);
    Ok(())
}

#[test]
fn a_comparison_can_fail() -> Outcome {
    let mut stage = stage(6000, CloudDimension::Two)?;
    *stage.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    draw(&mut stage)?;
    let before = stage.picture()?;
    stage.world().resource_mut::<Palette>().classes.rotate_left(1);
    draw(&mut stage)?;
    let recoloured = stage.picture()?;
    let most = (SIZE[0] * SIZE[1]) as usize * PER_MILLE / 1000;
    assert!(different(&before, &recoloured)? > 5 * most);
    // A point more in the middle of nowhere is seen, too.
    let mut placement: Placement = clusters(6000, false);
    placement.positions.pop();
    placement.positions.push(bevy::math::Vec3::ZERO);
    stage.place(Arc::new(placement), false);
    stage.rest()?;
    assert!(different(&recoloured, &stage.picture()?)? > 10);
    Ok(())
}
