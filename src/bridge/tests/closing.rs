//! The question before the window closes.

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
