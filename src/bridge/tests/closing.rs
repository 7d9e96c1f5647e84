//! The question before the window closes, or restarts with something else.

use super::*;

#[test]
fn closing_asks_once_where_something_would_be_lost() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let model = |state: &str| Event::ModelReady {
        backend: "CPU".into(),
        architecture: Architecture::default(),
        checkpoint: None,
        problem: None,
        config: None,
        state: state.into(),
    };
    let open = |events: Vec<Event>| {
        let mut app = app(folder.path());
        for event in events {
            tell(&app, event);
        }
        app.update();
        app
    };
    let close = |app: &mut App| {
        let window = primary_window(app);
        app.world_mut().write_message(WindowCloseRequested { window });
        app.update();
        (*app.world().resource::<Closing>(), app.should_exit().is_some())
    };
    let kept = Event::Remembered("kept".into());
    let run = Event::TrainingStarted {
        config: Default::default(),
        backend: "CPU".into(),
    };
    assert_eq!(
        close(&mut open(vec![])),
        (Closing::No, true),
        "nothing has been learnt"
    );
    assert_eq!(
        close(&mut open(vec![model("kept"), kept.clone()])),
        (Closing::No, true)
    );
    let unwritten = vec![model("kept"), kept.clone(), Event::Unwritten(true)];
    for (events, question) in [
        (vec![kept.clone(), model("new")], AtClose::Unsaved),
        (unwritten, AtClose::Unwritten),
        (vec![run.clone()], AtClose::Training),
    ] {
        let mut app = open(events);
        let window = primary_window(&mut app);
        assert_eq!(close(&mut app), (Closing::Asking(question), false));
        tap(KeyCode::Escape, Key::Escape)
            .into_iter()
            .for_each(|event| send(app.world_mut(), window, event));
        app.update();
        app.update();
        assert_eq!(*app.world().resource::<Closing>(), Closing::No);
        assert_eq!(close(&mut app), (Closing::Asking(question), false));
        assert!(close(&mut app).1, "who asks twice means it");
    }

    // A run that was stopped for it is waited for; what it could not write is asked about.
    for (unwritten, expected) in [
        (false, (Closing::Stopping, true)),
        (true, (Closing::Asking(AtClose::Unwritten), false)),
    ] {
        let mut app = open(vec![model("kept"), kept.clone(), run.clone()]);
        close(&mut app);
        for intent in [Intent::Stop, Intent::Close(Close::Anyway)] {
            app.world_mut().write_message(UserIntent(intent));
        }
        app.update();
        assert_eq!(*app.world().resource::<Closing>(), Closing::Stopping);
        assert!(app.should_exit().is_none(), "it does not wait for the run");
        tell(&app, Event::Unwritten(unwritten));
        let finished = Event::TrainingFinished {
            status: RunStatus::Stopped,
            message: "stopped".into(),
        };
        tell(&app, finished);
        app.update();
        app.update();
        let found = (*app.world().resource::<Closing>(), app.should_exit().is_some());
        assert_eq!(found, expected);
    }
}

#[test]
fn nothing_is_lost_where_something_else_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mine = folder.path().join("mine.csv");
    fs::write(&mine, "Serial,label\n").unwrap();
    let model = Event::ModelReady {
        backend: "CPU".into(),
        architecture: Architecture::default(),
        checkpoint: None,
        problem: None,
        config: None,
        state: "new".into(),
    };
    let run = Event::TrainingStarted {
        config: Default::default(),
        backend: "CPU".into(),
    };
    // With a model in no file, and the question about the labels file.
    let open = |more: &[Event]| {
        let mut app = app(folder.path());
        for event in [Event::Remembered("kept".into()), model.clone()]
            .iter()
            .chain(more)
        {
            tell(&app, event.clone());
        }
        app.update();
        ask(&mut app, Intent::OpenPath(mine.clone()));
        assert!(app.world().resource::<PendingOpen>().0.is_some());
        app
    };
    let restart = |app: &App| {
        let arguments = app.world().resource::<RestartArguments>().0.lock().unwrap();
        arguments
            .as_ref()
            .map(|arguments| arguments.contains(&mine.clone().into()))
    };
    let sent = |app: &App| {
        app.world()
            .resource::<Worker>()
            .commands
            .try_iter()
            .collect::<Vec<_>>()
    };

    let mut app = open(&[]);
    ask(&mut app, Intent::Open(Close::Stay));
    assert!(app.world().resource::<PendingOpen>().0.is_none() && app.should_exit().is_none());

    // It is saved first; where that fails the window stays.
    let mut app = open(&[]);
    sent(&app);
    ask(&mut app, Intent::Open(Close::SaveFirst));
    assert!(sent(&app).iter().any(|command| matches!(command, Command::Save)));
    assert_eq!(*app.world().resource::<Closing>(), Closing::Saving);
    let failed = Event::Error {
        message: "no room".into(),
    };
    tell(&app, failed);
    app.update();
    app.update();
    assert_eq!((app.should_exit().is_none(), restart(&app)), (true, None));
    ask(&mut app, Intent::OpenPath(mine.clone()));
    ask(&mut app, Intent::Open(Close::SaveFirst));
    let saved = Event::Saved {
        path: "ssvae.ckpt".into(),
        epoch: None,
        kept: None,
    };
    tell(&app, saved);
    app.update();
    app.update();
    assert_eq!((app.should_exit().is_some(), restart(&app)), (true, Some(true)));

    // A run is waited for, and its results are asked about.
    let mut app = open(std::slice::from_ref(&run));
    for intent in [Intent::Stop, Intent::Open(Close::Anyway)] {
        app.world_mut().write_message(UserIntent(intent));
    }
    app.update();
    app.update();
    assert_eq!(*app.world().resource::<Closing>(), Closing::Stopping);
    assert!(app.should_exit().is_none());
    tell(
        &app,
        Event::TrainingFinished {
            status: RunStatus::Stopped,
            message: "stopped".into(),
        },
    );
    app.update();
    app.update();
    assert_eq!(
        *app.world().resource::<Closing>(),
        Closing::Asking(AtClose::Unsaved)
    );
    ask(&mut app, Intent::Close(Close::Anyway));
    assert_eq!((app.should_exit().is_some(), restart(&app)), (true, Some(true)));

    // Whoever closes the window meanwhile opens nothing.
    let mut app = open(&[run]);
    ask(&mut app, Intent::Open(Close::Anyway));
    let window = primary_window(&mut app);
    app.world_mut().write_message(WindowCloseRequested { window });
    app.update();
    assert_eq!((app.should_exit().is_some(), restart(&app)), (true, None));
}

#[test]
fn a_file_that_cannot_be_opened_gets_one_line() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    fs::write(folder.path().join("notes.txt"), "nothing").unwrap();
    let mut app = app(folder.path());
    for name in ["notes.txt", "nowhere.csv", "notes.txt"] {
        ask(&mut app, Intent::OpenPath(folder.path().join(name)));
        let cards = app.world().resource::<ProblemCards>().cards();
        assert_eq!(cards.len(), 1, "{name}");
        assert!(app.world().resource::<PendingOpen>().0.is_none());
    }
}
