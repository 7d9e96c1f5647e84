//! Two states of the model, compared in the cloud.

use super::*;

#[test]
fn what_a_run_changed_is_shown_in_the_cloud_and_a_run_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    let window = primary_window(&mut app);
    let before = app.world().resource::<Latents>().snapshot.clone().unwrap();
    let tell = |app: &mut App, event| {
        tell(app, event);
        app.update();
    };
    tell(
        &mut app,
        Event::TrainingStarted {
            config: Default::default(),
            backend: "CPU".into(),
        },
    );
    let mut after = LatentSnapshot::clone(&before);
    after.version = 2;
    for serial in [3, 5, 7] {
        after.classes[serial] = (before.classes[serial] + 1) % 10;
        after.latents[2 * serial] += serial as f32;
    }
    tell(&mut app, Event::Latent(Arc::new(after.clone())));
    tell(
        &mut app,
        Event::TrainingFinished {
            status: ssvae_core::training::message::RunStatus::Completed,
            message: String::new(),
        },
    );
    let is_shown = |app: &App| app.world().resource::<Comparison>().shown.is_some();
    press(&mut app, window, KeyCode::KeyC, "c");
    ask_until(&mut app, Intent::FitView, is_shown);
    let shown = |app: &App| {
        app.world()
            .resource::<Comparison>()
            .shown
            .as_ref()
            .unwrap()
            .change
            .clone()
    };
    assert_eq!(shown(&app).count(), 3);
    assert_eq!(*app.world().resource::<ColorMode>(), ColorMode::Changed);
    let moves: Vec<u32> = app
        .world()
        .resource::<Comparison>()
        .shown
        .as_ref()
        .unwrap()
        .moves
        .iter()
        .map(|pair| pair.0)
        .collect();
    assert_eq!(moves, [7, 5, 3]);
    // Both ends of the way stand in the cloud, and the slider alone decides between them.
    let latent = |snapshot: &LatentSnapshot, serial: usize| Vec2::from_slice(&snapshot.latents[2 * serial..]);
    let departures = |app: &App| app.world().resource::<Departures>().0.clone();
    assert_eq!(departures(&app)[7].truncate(), latent(&before, 7));
    for share in [0.25, 1.0, 0.0] {
        ask_until(&mut app, Intent::Morph(share), |app| {
            app.world().resource::<Transition>().eased() == share
        });
        assert_eq!(departures(&app)[7].truncate(), latent(&before, 7));
    }
    let chosen = |app: &App| app.world().resource::<Chosen>().serials().to_vec();
    let flip = (before.classes[5], after.classes[5]);
    ask_until(&mut app, Intent::ChooseChanged(Some(flip)), |app| {
        chosen(app) == [5]
    });
    ask_until(&mut app, Intent::ChooseChanged(None), |app| {
        chosen(app) == [3, 5, 7]
    });
    press(&mut app, window, KeyCode::KeyC, "c");
    ask_until(&mut app, Intent::ClearSelection, |app| !is_shown(app));
    assert_eq!(*app.world().resource::<ColorMode>(), ColorMode::UserLabels);
    assert!(
        !app.world().resource::<Transition>().has_departures()
            || app.world().resource::<Transition>().is_running()
    );

    // A run on record: its cloud, and the labels that it was given.
    let runs = folder.path().join("runs");
    fs::create_dir_all(&runs).unwrap();
    let mut labels = vec![None; COUNT];
    labels[2] = Some(4);
    labels[9] = Some(1);
    write(&cloud_path(&runs, "then"), &Cloud::new(&before, &labels)).unwrap();
    let stored = Stored {
        clouds: ["then".to_owned()].into(),
        ..Stored::default()
    };
    tell(&mut app, Event::Stored(Arc::new(stored)));
    let names = [StateName::Run("then".into()), StateName::Now];
    ask_until(&mut app, Intent::CompareStates(names), is_shown);
    assert_eq!(shown(&app).count(), 3);
    let own = |app: &App| app.world().resource::<UserLabels>().0.as_slice().to_vec();
    press(&mut app, window, KeyCode::KeyN, "n");
    press(&mut app, window, KeyCode::Digit7, "7");
    app.update();
    let earlier = own(&app);
    assert_eq!(earlier.iter().flatten().count(), 1);
    ask_until(&mut app, Intent::BringBack("then".into()), |app| {
        own(app) == labels
    });
    ask_until(&mut app, Intent::Undo, |app| own(app) == earlier);
}
