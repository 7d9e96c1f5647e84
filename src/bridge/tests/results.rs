//! From the results to samples and files.

use crate::bridge::labels::accuracy_curve::Accuracy;
use crate::bridge::labels::request::LabelRequest;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::bridge::tests::*;
use crate::cloud::PointFilter;
use crate::ui::{Intent, ResultsFile};
use ssvae_core::examples::report;
use ssvae_core::outputs::accuracy;

/// Of bright images and dark ones, the former of class 8, the latter of class 3; some true labels are others.
fn write_classes(folder: &Path) {
    write_pixels(folder, |i| (i / 4 % 2 * 150 + i * 37 % 60) as u8);
    let truth = (0..COUNT).map(|serial| match serial {
        12 | 17 | 30 => 8 - 5 * (serial % 2) as u8,
        _ => 3 + 5 * (serial % 2) as u8,
    });
    let truth: Vec<u8> = truth.collect();
    let truth = idx(&[COUNT as u32], &truth);
    fs::write(folder.join("train-labels-idx1-ubyte"), truth).unwrap();
    let rows: String = (0..8)
        .map(|serial| format!("{serial},{}\n", 3 + 5 * (serial % 2)))
        .collect();
    fs::write(folder.join("labels.csv"), format!("Serial,label\n{rows}")).unwrap();
}

#[test]
fn a_cell_of_what_is_propagated_chooses_its_samples_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    write_classes(folder.path());
    let mut app = learning_app(folder.path());
    until(&mut app, "labels are propagated", |app| {
        app.world().resource::<Learning>().evaluation.is_some()
    });
    let cell = |app: &App, truth: u8, class: u8| -> Vec<u32> {
        let world = app.world();
        let dataset = world.resource::<LoadedDataset>().dataset.as_ref().unwrap();
        let propagated = world.resource::<Learning>().propagated.as_ref().unwrap();
        let labels = &world.resource::<UserLabels>().0;
        let of_cell = |serial: &u32| {
            labels.get(*serial).is_none()
                && dataset.true_label(*serial) == Some(truth)
                && propagated.class(*serial) == Some(class)
        };
        (0..COUNT as u32).filter(of_cell).collect()
    };
    for (truth, propagated) in [(8, 3), (3, 8), (3, 3)] {
        let expected = cell(&app, truth, propagated);
        assert!(!expected.is_empty());
        let evaluation = app.world().resource::<Learning>().evaluation.clone().unwrap();
        let counted = evaluation.matrix[usize::from(truth)][usize::from(propagated)];
        assert_eq!(counted as usize, expected.len());
        ask(&mut app, Intent::ChooseCell { truth, propagated });
        assert_eq!(app.world().resource::<Chosen>().serials(), expected);
    }
    let before = app.world().resource::<Chosen>().serials().to_vec();
    app.world_mut().resource_mut::<PointFilter>().0.labelled = Some(false);
    ask(
        &mut app,
        Intent::ChooseCell {
            truth: 9,
            propagated: 9,
        },
    );
    assert_eq!(app.world().resource::<Chosen>().serials(), before);
    let line = app.world().resource::<Feedback>().0.clone();
    assert!(line.is_some_and(|(text, _)| text.contains("filter")));
}

#[test]
fn accuracy_by_labels_is_kept_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    write_classes(folder.path());
    let path = accuracy::path(&folder.path().join("labels.csv"));
    let rows = |path: &Path| -> Vec<String> {
        let text = fs::read_to_string(path).unwrap_or_default();
        text.lines().skip(1).map(str::to_owned).collect()
    };
    let labels = |row: &String| row.split(',').nth(1).map(str::to_owned);
    let mut app = learning_app(folder.path());
    until(&mut app, "eight labels are in the file", |_| {
        rows(&path).len() == 1
    });
    for (number, serial) in [(2, 20), (3, 21)] {
        let label = Some(3 + 5 * (serial % 2) as u8);
        let change = Change { serial, label };
        app.world_mut().write_message(LabelRequest::Give(vec![change]));
        until(&mut app, "a label adds a row", |_| rows(&path).len() == number);
    }
    let written = rows(&path);
    let numbers: Vec<_> = written.iter().filter_map(labels).collect();
    assert_eq!(numbers, ["8", "9", "10"]);
    let points = app.world().resource::<Accuracy>().curve.points().to_vec();
    assert_eq!(points.len(), 3);
    until(&mut app, "labels are saved", |app| {
        app.world().resource::<LabelFile>().0.pending() == 0
    });
    drop(app);

    fs::write(&path, fs::read_to_string(&path).unwrap() + "cut o").unwrap();
    let mut app = learning_app(folder.path());
    assert_eq!(app.world().resource::<Accuracy>().curve.points(), points);
    until(&mut app, "labels are propagated again", |app| {
        app.world().resource::<Learning>().evaluation.is_some()
    });
    for _ in 0..3 {
        app.update();
    }
    assert_eq!(app.world().resource::<Accuracy>().curve.points(), points);
    assert_eq!(
        rows(&path).len(),
        written.len() + 1,
        "nothing was added to the line that was cut off"
    );
}

#[test]
fn accuracy_that_cannot_be_kept_is_told_once_and_goes_on_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    write_classes(folder.path());
    fs::create_dir(accuracy::path(&folder.path().join("labels.csv"))).unwrap();
    let mut app = learning_app(folder.path());
    until(&mut app, "there is a point", |app| {
        !app.world().resource::<Accuracy>().curve.points().is_empty()
    });
    let told = app.world().resource::<ProblemCards>().cards();
    let told: Vec<_> = told.iter().filter(|card| card.cause == Cause::Accuracy).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].times, 1);
}

#[test]
fn results_are_written_into_the_exports_folder() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    let exports = folder.path().join("exports");
    app.world_mut().resource_mut::<Start>().options.exports = exports.clone();
    for file in [ResultsFile::Csv, ResultsFile::Png] {
        ask(&mut app, Intent::SaveResults(Arc::new(report()), file));
    }
    let names = move || -> Vec<String> {
        let files = fs::read_dir(&exports).into_iter().flatten().flatten();
        files
            .filter_map(|file| file.file_name().into_string().ok())
            .collect()
    };
    until(&mut app, "both files are there", |_| {
        ["-results.csv", "-results.png"]
            .iter()
            .all(|end| names().iter().any(|name| name.ends_with(end)))
    });
    until(&mut app, "it is said", |app| {
        let line = app.world().resource::<Feedback>().0.as_ref();
        line.is_some_and(|(text, kind)| text.contains("-results.") && *kind == FeedbackKind::Saved)
    });
}
