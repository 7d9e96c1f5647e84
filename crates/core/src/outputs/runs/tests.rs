use super::*;
use crate::classes::ClassCount;
use crate::dataset::Dataset;
use crate::model::objective::Losses;
use crate::training::tested::TestImages;

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn begin(folder: &Path) -> Recorder {
    let start = RunStart {
        backend: "CPU".into(),
        architecture: &Architecture::default(),
        config: &TrainingConfig::default(),
        labels: &[Some(3), None],
        propagated: None,
        step: 211,
        state: "0".into(),
    };
    Recorder::new(folder, start)
}

#[test]
fn a_run_is_read_as_it_was_written() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path().join("runs");
    let mut recorder = begin(&folder);
    recorder.write()?;
    assert_eq!(read_runs(&folder).0, [recorder.record().clone()]);
    let losses = Losses {
        total: 0.1 + 0.2,
        ..Losses::default()
    };
    recorder.epoch(
        &EpochMetrics {
            epoch: 1,
            of: 2,
            train: losses,
            validation: losses,
            seconds: 1.25,
            best: true,
        },
        "1".into(),
    );
    recorder.tested(&Tested {
        evaluation: Evaluation::of(
            ClassCount::default(),
            [(3, Some(3), 0.9), (4, Some(3), 0.5)].into_iter(),
        ),
        reconstruction: 0.04,
        images: TestImages {
            dataset: Dataset::from_images(vec![0; 2], [1, 1, 1], Some(vec![3, 4])).into(),
            classes: vec![3, 3],
            certainty: vec![0.9, 0.5],
        },
    });
    assert_eq!(recorder.record().tested[0].accuracy, Some(0.5));
    let mut to = TrainingConfig::default().adjustment();
    to.kl_weight = 0.7;
    recorder.adjusted(2, 17, to);
    recorder.finish(RunStatus::Stopped, "stopped");
    recorder.write()?;
    let (records, problems) = read_runs(&folder);
    assert_eq!(records, [recorder.record().clone()]);
    assert_eq!(problems, Vec::<String>::new());
    Ok(())
}

#[test]
fn runs_of_one_second_have_names_of_their_own() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let mut recorder = begin(folder.path());
        recorder.write()?;
        ids.push(recorder.record().id.clone());
    }
    let (records, _) = read_runs(folder.path());
    assert!(records.iter().map(|record| &record.id).eq(&ids), "{ids:?}");
    Ok(())
}

#[test]
fn runs_that_begin_at_once_have_names_of_their_own() -> Outcome {
    let folder = tempfile::tempdir()?;
    // All have looked before one of them writes.
    let mut recorders: Vec<Recorder> = (0..8).map(|_| begin(folder.path())).collect();
    let mut ids = std::collections::BTreeSet::new();
    std::thread::scope(|scope| {
        let write = |recorder: &mut Recorder| recorder.write().map(|()| recorder.record().id.clone());
        let written: Vec<_> = recorders
            .iter_mut()
            .map(|recorder| scope.spawn(move || write(recorder)))
            .collect();
        written.into_iter().for_each(|it| {
            ids.insert(it.join().unwrap().unwrap());
        });
    });
    assert_eq!((ids.len(), read_runs(folder.path()).0.len()), (8, 8));
    Ok(())
}

#[test]
fn a_file_that_is_no_record_is_named_and_left() -> Outcome {
    let folder = tempfile::tempdir()?;
    begin(folder.path()).write()?;
    std::fs::write(folder.path().join("notes.json"), "{\"id\": 3")?;
    std::fs::write(folder.path().join("notes.txt"), "mine")?;
    let (records, problems) = read_runs(folder.path());
    assert_eq!((records.len(), problems.len()), (1, 1));
    assert!(problems[0].contains("notes.json"), "{problems:?}");
    assert!(folder.path().join("notes.json").exists());
    Ok(())
}
