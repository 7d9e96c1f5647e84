//! `ssvae bench cloud`: the cloud with synthetic clusters, drawn off-screen by the real pipeline, beside a program that
//! does nothing else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::ecs::system::SystemState;
use bevy::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::baseline::Baseline;
use super::clusters::{clusters, labels};
use super::mouse;
use super::report::{Frames, Report};
use crate::bench::spread::Spread;
use crate::cloud::{
    Chosen, CloudBuffers, CloudView, ColorMode, Finder, FitView, LabelChanged, Latent, Morph, NewPositions,
    Palette, Picker, PointLayerCache, Region, RegionKind, ReplaceTrueLabels, ReplaceUserLabels, Samples,
};
use crate::offscreen::OffscreenCloud;

/// Frames of each kind; of a moving view, and of pictures with all points where each takes long.
const FRAMES: usize = 60;
const LONG: Duration = Duration::from_secs(4);
const PICKS: usize = 400;
/// One label in so many samples.
const LABELLED: usize = 200;

/// Measures a cloud of `points` in a picture of `size` pixels.
///
/// # Errors
/// Without a graphics driver, and if the device is lost.
pub fn measure(points: usize, size: [u32; 2]) -> anyhow::Result<Report> {
    let mut offscreen = OffscreenCloud::new(size)?;
    offscreen.rest()?;
    let before = resident();
    let placement = Arc::new(clusters(points, false));
    let truth: Vec<Option<u8>> = placement.classes.iter().copied().map(Some).collect();
    offscreen
        .world()
        .write_message(ReplaceTrueLabels(Arc::new(truth)));
    let step = LABELLED.max(points / 1000);
    let user = Arc::new(labels(&placement.classes, step));
    offscreen.world().write_message(ReplaceUserLabels(user));
    offscreen.frame()?;

    let started = Instant::now();
    offscreen.place(placement.clone(), false);
    offscreen.frame()?;
    let first_picture = ms(started.elapsed());
    offscreen.complete()?;
    let all_points = ms(started.elapsed());
    // Its size is not the cloud's.
    drop(placement);
    offscreen.rest()?;
    // Where a processor draws, the device's memory is the process's.
    let of_canvas = if offscreen.is_software() {
        canvas_bytes(&offscreen)
    } else {
        0
    };
    let bytes_per_point = (resident() - before - of_canvas as f64) / points as f64;
    let device_bytes_per_point = device_bytes(&offscreen) as f64 / points as f64;

    let mut baseline = Baseline::new(&mut offscreen, size);
    baseline.splat(&offscreen)?;
    let resting = moving(&mut offscreen, &mut baseline, &mut |_, _| {})?;
    let middle = Vec2::new(size[0] as f32, size[1] as f32) / 2.0;
    offscreen.send_events([mouse::moved(middle), mouse::left(true)]);
    let panning = moving(&mut offscreen, &mut baseline, &mut |offscreen, step| {
        pan(offscreen, middle, step);
    })?;
    let panning_rate = rate(&mut offscreen, middle)?;
    offscreen.send_events([mouse::moved(middle), mouse::left(false)]);
    offscreen.rest()?;
    let zooming = moving(&mut offscreen, &mut baseline, &mut |offscreen, step| {
        let inward = step % 40 < 20;
        offscreen.send_events([mouse::wheel(if inward { 0.5 } else { -0.5 })]);
    })?;
    let started = Instant::now();
    offscreen.complete()?;
    let filled_up = ms(started.elapsed());
    offscreen.world().write_message(FitView);
    offscreen.rest()?;

    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let modes = ColorMode::ALL;
    let color_mode = often(&mut offscreen, |world, i| {
        *world.resource_mut::<ColorMode>() = modes[(i + 1) % modes.len()];
    })?;
    *offscreen.world().resource_mut::<ColorMode>() = ColorMode::Predicted;
    let palette = often(&mut offscreen, |world, i| {
        world.resource_mut::<Palette>().classes.rotate_left(1 + i % 3);
    })?;
    let one_label = often(&mut offscreen, |world, i| {
        let serial = rng.random_range(0..points as u32);
        let label = Some((i % 10) as u8);
        world.write_message(LabelChanged {
            serial,
            before: None,
            after: label,
            timed: false,
        });
    })?;
    let pick = picks(offscreen.world(), &mut rng);
    let (lasso, lasso_picture, lasso_points) = lassos(&mut offscreen)?;
    let morphing = morphs(&mut offscreen, points)?;
    Ok(Report {
        points,
        size,
        device: offscreen.device_name(),
        first_picture,
        all_points,
        resting,
        panning,
        panning_rate,
        zooming,
        filled_up,
        color_mode,
        palette,
        one_label,
        pick,
        lasso,
        lasso_picture,
        lasso_points,
        morphing,
        bytes_per_point,
        device_bytes_per_point,
    })
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Frames in which `act` moves the view, in turn with the same views by programs that do nothing else.
fn moving(
    offscreen: &mut OffscreenCloud,
    baseline: &mut Baseline,
    act: &mut dyn FnMut(&mut OffscreenCloud, usize),
) -> anyhow::Result<Frames> {
    let (mut ours, mut passes, mut rasterized) = (Vec::new(), Vec::new(), Vec::new());
    let mut rasterizing = Duration::ZERO;
    // The first frames find out what there is time for.
    const WARM: usize = 5;
    for step in 0..FRAMES + WARM {
        act(offscreen, step);
        let frame = offscreen.frame()?;
        let same = baseline.splat(offscreen)?;
        if step < WARM {
            continue;
        }
        ours.push(frame);
        passes.push(same);
        if rasterizing < LONG {
            let took = baseline.rasterize(offscreen)?;
            rasterizing += took;
            rasterized.push(took);
        }
    }
    Ok(Frames::of(&ours, &rasterized, &passes))
}

/// The mouse is dragged along a curve around the middle.
fn pan(offscreen: &mut OffscreenCloud, middle: Vec2, step: usize) {
    let turn = step as f32 / 10.0;
    let to = middle + Vec2::new(turn.sin(), (turn * 0.7).sin()) * 120.0;
    offscreen.send_events([mouse::moved(to)]);
}

/// Frames per second while panning, each begun before the one before is done.
fn rate(offscreen: &mut OffscreenCloud, middle: Vec2) -> anyhow::Result<f64> {
    offscreen.submit()?;
    let started = Instant::now();
    let mut frames = 0;
    while frames < 300 && (frames < 10 || started.elapsed() < LONG / 2) {
        pan(offscreen, middle, frames);
        offscreen.submit()?;
        frames += 1;
    }
    Ok(frames as f64 / started.elapsed().as_secs_f64())
}

/// Frames after a change, as many as there is time for.
fn often(
    offscreen: &mut OffscreenCloud,
    mut change: impl FnMut(&mut World, usize),
) -> anyhow::Result<Spread> {
    let mut times = Vec::new();
    let started = Instant::now();
    while times.len() < 8 || (started.elapsed() < LONG && times.len() < FRAMES) {
        change(offscreen.world(), times.len());
        times.push(offscreen.frame()?);
    }
    Ok(Spread::of(&times))
}

/// Picks on and beside points, where there is the most to choose from.
fn picks(world: &mut World, rng: &mut ChaCha8Rng) -> Spread {
    let mut picker = SystemState::<Picker>::new(world);
    let times: Vec<Duration> = (0..PICKS)
        .filter_map(|_| {
            let serial = rng.random_range(0..world.resource::<Samples>().len() as u32);
            let entity = world.resource::<Samples>().entity(serial)?;
            let Latent(position) = *world.get::<Latent>(entity)?;
            let beside = Vec2::new(rng.random_range(-4.0..4.0), rng.random_range(-4.0..4.0));
            let cursor = world.resource::<CloudView>().window_from_world(position)? + beside;
            let mut picker = picker.get_mut(world).ok()?;
            let started = Instant::now();
            std::hint::black_box(picker.at(cursor));
            Some(started.elapsed())
        })
        .collect();
    Spread::of(&times)
}

/// Lassos around a tenth of the points: finding them, and the whole frame in which the button goes up.
fn lassos(offscreen: &mut OffscreenCloud) -> anyhow::Result<(Spread, Spread, usize)> {
    const CORNERS: usize = 200;
    let canvas = offscreen.world().resource::<CloudView>().viewport;
    let middle = canvas.center();
    let (mut near, mut far) = (1.0, canvas.half_size().min_element() - 1.0);
    let (mut finding, mut pictures, mut held) = (Vec::new(), Vec::new(), 0);
    for round in 0..16 {
        let radius = (near + far) / 2.0;
        let corner =
            |i: usize| middle + Vec2::from_angle(i as f32 / CORNERS as f32 * std::f32::consts::TAU) * radius;
        let keys = |offscreen: &mut OffscreenCloud, down: bool| {
            let mut keys = offscreen.world().resource_mut::<ButtonInput<KeyCode>>();
            if down {
                keys.press(KeyCode::ShiftLeft);
            } else {
                keys.release(KeyCode::ShiftLeft);
            }
        };
        keys(offscreen, true);
        offscreen.send_events([mouse::moved(corner(0)), mouse::left(true)]);
        offscreen.send_events((0..CORNERS).map(|i| mouse::moved(corner(i))));
        offscreen.frame()?;
        offscreen.send_events([mouse::left(false)]);
        let whole = offscreen.frame()?;
        keys(offscreen, false);
        held = offscreen.world().resource::<Chosen>().serials().len();
        let all = offscreen.world().resource::<Samples>().len();
        // The first rounds look for the radius.
        if round >= 8 {
            let path: Vec<Vec2> = (0..CORNERS).map(corner).collect();
            let region = Region::new(RegionKind::Lasso, &path);
            finding.push(found(offscreen.world(), &region));
            pictures.push(whole);
        } else if held > all / 10 {
            far = radius;
        } else {
            near = radius;
        }
    }
    Ok((Spread::of(&finding), Spread::of(&pictures), held))
}

/// Frames in which the cloud stands somewhere else between two states: itself, and itself turned by a right angle.
fn morphs(offscreen: &mut OffscreenCloud, points: usize) -> anyhow::Result<Spread> {
    let placement = Arc::new(clusters(points, false));
    let turned = placement.positions.iter().map(|at| Vec3::new(-at.y, at.x, at.z));
    offscreen.world().write_message(NewPositions {
        from: Some(Arc::new(turned.collect())),
        placement,
        animate: false,
    });
    offscreen.rest()?;
    often(offscreen, |world, i| {
        world.resource_mut::<Morph>().0 = (i % 50) as f32 / 50.0;
    })
}

fn found(world: &mut World, region: &Region) -> Duration {
    let mut finder = SystemState::<Finder>::new(world);
    let started = Instant::now();
    if let Ok(mut finder) = finder.get_mut(world) {
        std::hint::black_box(finder.within(region));
    }
    started.elapsed()
}

/// Bytes of the process in memory.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap_or_default();
    let kib = line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok());
    kib.unwrap_or(0.0_f64) * 1024.0
}

/// Bytes on the device that there are for the canvas, whatever the points.
fn canvas_bytes(offscreen: &OffscreenCloud) -> u64 {
    let world = offscreen.render_world();
    let buffers = world.and_then(|world| world.resource::<PointLayerCache>().last_buffers());
    buffers.map_or(0, |buffers| buffers.canvas_bytes())
}

/// Bytes on the device that there are for the points.
fn device_bytes(offscreen: &OffscreenCloud) -> u64 {
    let Some(world) = offscreen.render_world() else {
        return 0;
    };
    let buffers = world.resource::<PointLayerCache>().last_buffers();
    world.resource::<CloudBuffers>().bytes() + buffers.map_or(0, |buffers| buffers.disc_bytes())
}
