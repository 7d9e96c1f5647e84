//! An audit, and the advice when to stop, in a window without a screen.

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::audited::Audited;
use crate::bridge::labels::request::LabelRequest;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::stopping::Stopping;
use crate::bridge::tests::*;
use crate::cloud::{Choose, Select};
use crate::ui::Intent;
use ssvae_core::evaluation::{Advice, DRAWN, draw};
use ssvae_core::model::config::{TargetKind, TrainingConfig};

const LABELS: &str = "Serial,label\n0,3\n1,8\n2,3\n";

fn line(app: &App) -> String {
    let feedback = app.world().resource::<Feedback>().0.clone();
    feedback.map_or_else(String::new, |line| line.0)
}

fn type_in_one_frame(app: &mut App, acts: &[Act]) {
    let window = primary_window(app);
    for event in acts.iter().flat_map(|&act| events(act, &[])) {
        send(app.world_mut(), window, event);
    }
    app.update();
    app.update();
}

fn save_all(app: &mut App) {
    wait_for_the_disk(app);
    app.update();
}

fn labels(app: &App) -> Vec<Option<u8>> {
    app.world().resource::<UserLabels>().0.as_slice().to_vec()
}

fn audited(app: &App) -> Vec<(u32, u8)> {
    app.world().resource::<Audit>().labels().iter().collect()
}

fn offered(app: &mut App) -> Vec<u32> {
    app.world_mut()
        .run_system_cached(|known: SampleQuery| known.queue(Order::ToLabel, |queue| queue.first(COUNT)))
        .unwrap()
}

/// What the audits of this folder draw.
fn drawn(app: &App) -> Vec<u32> {
    draw(
        3..COUNT as u32,
        DRAWN,
        app.world().resource::<Start>().options.seed,
    )
}

#[test]
fn an_audit_is_labelled_blind_and_its_labels_teach_nothing_and_stay() {
    use KeyAct::*;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("labels.csv");
    write_images(folder.path());
    fs::write(&path, LABELS).unwrap();
    let mut window = app(folder.path());
    let (before, drawn) = (labels(&window), drawn(&window));
    // A label that was given and taken back could come back by undoing that.
    for label in [Some(9), None] {
        let change = Change {
            serial: drawn[0],
            label,
        };
        window.world_mut().write_message(LabelRequest::Give(vec![change]));
        window.update();
    }
    save_all(&mut window);
    window.world_mut().write_message(Select(Some(drawn[5])));
    ask(&mut window, Intent::Audit);
    assert_eq!(window.world().resource::<Selected>().0, None);
    assert!(offered(&mut window).is_empty(), "all samples are drawn");
    assert_eq!(
        line(&window),
        "Audit, sample 1 of 37: press the digit that you see"
    );

    // Neither Enter nor S labels or skips one.
    let acts = [
        Act::Digit(3),
        Act::Key(Predicted),
        Act::Digit(1),
        Act::Key(Skip),
        Act::Digit(4),
        Act::Key(Undo),
        Act::Key(Delete),
        Act::Digit(7),
        Act::Key(Next),
    ];
    type_in_one_frame(&mut window, &acts);
    save_all(&mut window);
    let mut expected = vec![(drawn[0], 3), (drawn[1], 1), (drawn[2], 7)];
    expected.sort_unstable();
    assert_eq!(audited(&window), expected);
    assert_eq!(labels(&window), before);
    assert_eq!(window.world().resource::<Audit>().current(), Some(drawn[3]));
    for (key, told) in [
        (
            Predicted,
            "An audit hides what is predicted: press the digit that you see",
        ),
        (Skip, "An audit skips nothing: to leave samples out would bias it"),
    ] {
        type_in_one_frame(&mut window, &[Act::Key(key)]);
        assert_eq!(line(&window), told);
    }
    assert!(
        window.world().resource::<Audited>().model.is_none(),
        "no figures before the end"
    );

    // A digit is never for another sample than the one that is shown.
    ask(&mut window, Intent::GoTo(drawn[9]));
    type_in_one_frame(&mut window, &[Act::Digit(5)]);
    assert!(
        line(&window).starts_with("While the audit is on"),
        "{}",
        line(&window)
    );
    type_in_one_frame(&mut window, &[Act::Key(Next)]);
    assert_eq!(window.world().resource::<Selected>().0, None);
    assert_eq!(audited(&window), expected);

    ask(&mut window, Intent::EndAudit);
    assert_eq!(
        line(&window),
        "The audit has ended: 3 of 37 are labelled and count, the others are dropped"
    );
    let model = window.world().resource::<Audited>().model.clone();
    assert_eq!(model.map(|found| found.samples()), Some(3));
    let open = offered(&mut window);
    assert_eq!(open.len(), 34);
    assert!(expected.iter().all(|(serial, _)| !open.contains(serial)));

    // Alone, among others, and by undoing: their labels are refused.
    ask(&mut window, Intent::GoTo(drawn[1]));
    type_in_one_frame(&mut window, &[Act::Digit(5)]);
    let refused = format!(
        "Sample {} belongs to the audit; its label is kept out of training",
        drawn[1]
    );
    assert_eq!((line(&window), labels(&window)), (refused, before.clone()));
    type_in_one_frame(&mut window, &[Act::Key(Undo)]);
    assert!(
        line(&window).contains("belongs to the audit"),
        "{}",
        line(&window)
    );
    assert_eq!(labels(&window), before);
    window
        .world_mut()
        .write_message(Choose(vec![drawn[0], drawn[1], drawn[4]]));
    window.update();
    type_in_one_frame(&mut window, &[Act::Digit(6)]);
    assert!(
        line(&window).contains("2 of the audit left out"),
        "{}",
        line(&window)
    );
    let mut taught = before;
    taught[drawn[4] as usize] = Some(6);
    assert_eq!(labels(&window), taught);

    let config = TrainingConfig {
        targets: TargetKind::Propagated,
        ..TrainingConfig::default()
    };
    window
        .world_mut()
        .write_message(UserIntent(Intent::Start(config)));
    window.update();
    let sent = &window.world().resource::<Worker>().commands;
    let targets = sent.try_iter().find_map(|command| match command {
        Command::Train { targets, .. } => Some(targets),
        _ => None,
    });
    let targets = targets.expect("the run begins");
    for serial in 0..COUNT as u32 {
        let label = targets.label(serial);
        assert_eq!(label, taught[serial as usize], "{serial}");
    }

    save_all(&mut window);
    drop(window);
    let file = fs::read_to_string(folder.path().join("labels.audit.csv")).unwrap();
    assert!(
        file.starts_with("Serial,label\n") && file.lines().count() == 4,
        "{file}"
    );
    let mut again = app(folder.path());
    assert_eq!(audited(&again), expected);
    assert_eq!(labels(&again), taught);
    assert!(
        expected
            .iter()
            .all(|(serial, _)| !offered(&mut again).contains(serial))
    );
    let found = again.world().resource::<Audited>().model.clone();
    assert_eq!(found.map(|found| found.samples()), Some(3));
    // The next audit goes on with what was dropped.
    ask(&mut again, Intent::Audit);
    assert_eq!(again.world().resource::<Audit>().current(), Some(drawn[3]));

    // All of them, and a digit too many.
    let acts: Vec<Act> = (0..34).map(|place| Act::Digit(place % 10)).collect();
    type_in_one_frame(&mut again, &acts);
    for _ in 0..100 {
        again.update();
    }
    save_all(&mut again);
    assert_eq!(again.world().resource::<Audit>().progress(), Some((33, 33)));
    assert_eq!(audited(&again).len(), 36);
    type_in_one_frame(&mut again, &[Act::Digit(1)]);
    assert!(
        line(&again).starts_with("All samples of the audit"),
        "{}",
        line(&again)
    );
    type_in_one_frame(&mut again, &[Act::Key(Next)]);
    assert_eq!(line(&again), "The audit has ended: all 33 are labelled");
    let found = again.world().resource::<Audited>().model.clone();
    assert_eq!(found.map(|found| found.samples()), Some(36));
    assert_eq!(labels(&again), taught);
    ask(&mut again, Intent::Audit);
    assert_eq!(line(&again), "Nothing is left to draw: every sample has a label");
}

#[test]
fn what_labels_change_is_told_after_ten_of_them_and_anew_after_a_reload() {
    let folder = tempfile::tempdir().unwrap();
    write_pixels(folder.path(), |i| (i / 4 % 2 * 150 + i * 37 % 60) as u8);
    fs::write(folder.path().join("labels.csv"), LABELS).unwrap();
    let mut app = learning_app(folder.path());
    let advice = |app: &App| app.world().resource::<Stopping>().advice;
    let until = |app: &mut App, right: &dyn Fn(Option<Advice>) -> bool| {
        until(app, "the advice is another one", |app| right(advice(app)));
    };
    let unknown = |more| move |advice| advice == Some(Advice::Unknown { more });
    until(&mut app, &unknown(10));
    let give = |app: &mut App, serials: std::ops::Range<u32>| {
        let change = |serial: u32| Change {
            serial,
            label: Some(if serial.is_multiple_of(2) { 3 } else { 8 }),
        };
        let request = LabelRequest::Give(serials.map(change).collect());
        app.world_mut().write_message(request);
        app.update();
    };
    give(&mut app, 3..7);
    until(&mut app, &unknown(6));
    app.world_mut().write_message(LabelRequest::Undo);
    app.update();
    until(&mut app, &unknown(10));
    give(&mut app, 3..13);
    until(&mut app, &|advice| {
        matches!(
            advice,
            Some(Advice::GoOn { labels: 10, .. } | Advice::Wait { labels: 10, .. })
        )
    });
    save_all(&mut app);
    let path = folder.path().join("labels.csv");
    let rows = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{rows}20,8\n")).unwrap();
    until(&mut app, &unknown(10));
}
