//! Doubtful labels, and labels that cannot be saved.

use super::*;

#[test]
fn doubtful_labels_are_kept_made_others_or_removed_by_a_key_each_and_undone() {
    let folder = tempfile::tempdir().unwrap();
    // Dark ones and bright ones, of which three have the wrong label.
    write_pixels(folder.path(), |i| (i / 4 % 2 * 150 + i * 37 % 60) as u8);
    const WRONG: [usize; 3] = [6, 11, 20];
    let label = |serial: usize| {
        if serial.is_multiple_of(2) != WRONG.contains(&serial) {
            3
        } else {
            8
        }
    };
    let rows: String = (0..24)
        .map(|serial| format!("{serial},{}\n", label(serial)))
        .collect();
    fs::write(folder.path().join("labels.csv"), format!("Serial,label\n{rows}")).unwrap();
    let mut app = learning_app(folder.path());
    let window = primary_window(&mut app);
    let open = |app: &App| app.world().resource::<Doubts>().open.len();
    let until = |app: &mut App, doubts: usize| {
        let missing = format!("not {doubts} labels are doubted");
        until(app, &missing, |app| open(app) == doubts);
    };
    until(&mut app, WRONG.len());
    let keys = [
        (KeyCode::KeyW, "w"),
        (KeyCode::KeyK, "k"),
        (KeyCode::KeyX, "x"),
        (KeyCode::KeyD, "d"),
    ];
    for (code, name) in keys {
        letter(code, name)
            .into_iter()
            .for_each(|event| send(app.world_mut(), window, event));
    }
    until(&mut app, 0);
    let labels = |app: &App| app.world().resource::<UserLabels>().0.as_slice().to_vec();
    let before: Vec<Option<u8>> = (0..COUNT)
        .map(|serial| (serial < 24).then(|| label(serial)))
        .collect();
    let now = labels(&app);
    let changed: Vec<usize> = (0..COUNT)
        .filter(|&serial| now[serial] != before[serial])
        .collect();
    assert_eq!(changed.len(), 2, "one was kept: {changed:?}");
    assert!(changed.iter().all(|serial| WRONG.contains(serial)), "{changed:?}");
    assert_eq!(changed.iter().filter(|&&serial| now[serial].is_none()).count(), 1);
    for _ in 0..3 {
        for event in events(Act::Key(KeyAct::Undo), &[]) {
            send(app.world_mut(), window, event);
        }
    }
    until(&mut app, WRONG.len());
    assert_eq!(labels(&app), before);
}

#[test]
fn a_label_that_cannot_be_saved_is_told_though_others_are_saved_in_the_same_frame() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    let change = |serial, label| Change {
        serial,
        label: Some(label),
    };
    let refused = change(1, 10);
    for (changes, told) in [
        ([change(0, 1), refused], FeedbackKind::Failed),
        ([refused, change(0, 2)], FeedbackKind::Saved),
    ] {
        let world = app.world_mut();
        world.resource_mut::<ProblemCards>().mended(Cause::Saving);
        let store = &world.resource::<LabelFile>().0;
        for change in changes {
            store.request(&[change], Vec::new());
        }
        wait_for_the_disk(&app);
        app.update();
        let world = app.world();
        let line = world.resource::<Feedback>().0.clone();
        assert_eq!(line.as_ref().map(|line| line.1), Some(told), "{line:?}");
        let cards = world.resource::<ProblemCards>().cards();
        assert!(cards.iter().any(|card| card.cause == Cause::Saving), "{cards:?}");
        assert_eq!(world.resource::<UserLabels>().0.get(refused.serial), None);
    }
}
