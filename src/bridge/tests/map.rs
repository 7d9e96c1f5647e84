//! The map of the samples in a window without a screen.

use crate::bridge::model::probe::Probe;
use crate::bridge::samples::sample_map::SampleMap;
use crate::bridge::tests::*;
use crate::cloud::{CloudDimension, Latent, Samples};
use crate::ui::ProbeMode;
use ssvae_core::map::LayoutChoice;

/// Where the points come to rest.
fn places(app: &mut App) -> Vec<Vec3> {
    let read = |samples: Res<Samples>, latents: Query<&Latent>| -> Vec<Vec3> {
        let entities = (0..COUNT as u32).map(|serial| samples.entity(serial).unwrap());
        entities.map(|entity| latents.get(entity).unwrap().0).collect()
    };
    app.world_mut().run_system_cached(read).unwrap()
}

fn shares(app: &App) -> Option<f32> {
    app.world().resource::<SampleMap>().share()
}

fn lay_out(app: &mut App, layout: LayoutChoice) {
    ask(app, Intent::SetLayout(layout));
    until(app, "there is no map", |app| {
        shares(app).is_none_or(|share| share >= 1.0)
    });
    app.update();
}

#[test]
fn points_go_to_the_map_and_back_and_a_finished_map_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    let latent = places(&mut app);
    lay_out(&mut app, LayoutChoice::LatentMap);
    let map = places(&mut app);
    assert!(map != latent && map.iter().all(|place| place.is_finite() && place.z == 0.0));
    lay_out(&mut app, LayoutChoice::Latent);
    assert_eq!(places(&mut app), latent);
    ask(&mut app, Intent::SetLayout(LayoutChoice::LatentMap));
    app.update();
    assert_eq!(
        (places(&mut app), shares(&app)),
        (map, Some(1.0)),
        "it is not laid out anew"
    );
    *app.world_mut().resource_mut::<CloudDimension>() = CloudDimension::Three;
    app.update();
    until(&mut app, "there is no map in space", |app| {
        shares(app) == Some(1.0)
    });
    app.update();
    assert!(places(&mut app).iter().any(|place| place.z != 0.0));
    lay_out(&mut app, LayoutChoice::Latent);
    assert_eq!(
        places(&mut app),
        latent,
        "a latent of two dimensions has no third one"
    );
}

#[test]
fn the_probe_decodes_what_lies_around_its_place_on_the_map() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    lay_out(&mut app, LayoutChoice::LatentMap);
    for command in app.world().resource::<Worker>().commands.try_iter() {
        drop(command);
    }
    app.world_mut().resource_mut::<Probe>().mode = ProbeMode::Grid;
    app.update();
    app.update();
    let commands: Vec<Command> = app.world().resource::<Worker>().commands.try_iter().collect();
    let latents = commands.into_iter().find_map(|command| match command {
        Command::Probe { latents } => Some(latents),
        _ => None,
    });
    let latents = latents.expect("places are decoded");
    assert!(latents.len() > 2);
    for latent in latents.chunks(2) {
        let within = (0.0..=7.0).contains(&latent[0]) && (0.0..=4.0).contains(&latent[1]);
        assert!(within, "{latent:?} is no mean of latents");
    }
}
