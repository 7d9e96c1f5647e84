//! What follows from labels: `ssvae propagate`, `doubts` and `simulate`.

use std::path::Path;
use std::process::Command;

use ssvae_core::dataset::{Dataset, Split};
use ssvae_test_support::Outcome;

use crate::program::{SSVAE, data, shows_something};

#[test]
fn propagate_writes_a_class_for_every_image() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let labels: String = [
        (1, 0),
        (3, 1),
        (5, 2),
        (7, 3),
        (2, 4),
        (0, 5),
        (13, 6),
        (15, 7),
        (17, 8),
        (4, 9),
    ]
    .map(|(serial, label)| format!("{serial},{label}\n"))
    .concat();
    std::fs::write(path("labels.csv"), format!("Serial,label\n{labels}"))?;
    let arguments = [
        "propagate",
        "--data-dir",
        &data(),
        "--labels",
        "labels.csv",
        "--output",
        "new/all.csv",
    ];
    let run = |arguments: &[&str]| {
        Command::new(SSVAE)
            .current_dir(folder.path())
            .args(arguments)
            .output()
    };
    let output = run(&arguments)?;
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let text = std::fs::read_to_string(path("new/all.csv"))?;
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!((rows[0], rows.len()), ("Serial,label,certainty", 60_001));
    assert_eq!((rows[1], rows[2]), ("0,5,1.0000", "1,0,1.0000"));
    for (serial, row) in rows[1..].iter().enumerate() {
        let fields: Vec<f64> = row.split(',').map(str::parse).collect::<Result<_, _>>()?;
        assert!(
            fields[0] == serial as f64 && fields[1] < 10.0 && (0.1..=1.0).contains(&fields[2]),
            "{row}"
        );
    }
    // Nothing is known without a label.
    std::fs::write(path("labels.csv"), "Serial,label\n")?;
    assert!(run(&arguments)?.status.success());
    let text = std::fs::read_to_string(path("new/all.csv"))?;
    assert!(text.lines().skip(1).all(|row| row.ends_with(",,0.0000")));
    Ok(())
}

#[test]
fn doubts_find_the_labels_that_were_falsified() -> Outcome {
    let truth = Dataset::open(Path::new(&data()), Split::Train)?;
    let folder = tempfile::tempdir()?;
    for (labels, wrong, looked_at, least) in [(1000_u32, 50, 80, 35), (100, 5, 15, 4)] {
        let mut text = String::from("Serial,label\n");
        let serials = (0..labels).map(|i| (i * 7919 + 31) % 60_000);
        for (place, serial) in (0..).zip(serials.clone()) {
            let class = u32::from(truth.true_label(serial).ok_or("no truth")?);
            let shift = if place < wrong { 1 + place % 9 } else { 0 };
            text += &format!("{serial},{}\n", (class + shift) % 10);
        }
        std::fs::write(folder.path().join("labels.csv"), text)?;
        let output = Command::new(SSVAE)
            .current_dir(folder.path())
            .args(["doubts", "--labels", "labels.csv", "--output", "doubts.csv"])
            .args(["--data-dir", &data()])
            .output()?;
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let text = std::fs::read_to_string(folder.path().join("doubts.csv"))?;
        let mut rows = text.lines();
        assert_eq!(rows.next(), Some("Serial,label,probability,suggestion,suggested"));
        let false_ones: Vec<String> = serials
            .take(wrong as usize)
            .map(|serial| serial.to_string())
            .collect();
        let first = rows.take(looked_at).filter_map(|row| row.split(',').next());
        let found = first
            .filter(|serial| false_ones.iter().any(|other| other == serial))
            .count();
        println!("{found} of {wrong} false labels are among the first {looked_at} of {labels}");
        assert!(found >= least, "{found}");
    }
    Ok(())
}

#[test]
fn simulate_goes_on_where_it_was_interrupted() -> Outcome {
    let folder = tempfile::tempdir()?;
    let run = |seeds: &str, more: &[&str]| {
        Command::new(SSVAE)
            .current_dir(folder.path())
            .args([
                "simulate",
                "--strategies",
                "explore-refine,random",
                "--budget",
                "12",
                "--output",
                "out/table.csv",
            ])
            .args(["--data-dir", &data(), "--seeds", seeds])
            .args(more)
            .output()
    };
    let output = run("1", &[])?;
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let table = folder.path().join("out/table.csv");
    let first = std::fs::read_to_string(&table)?;
    let mut rows: Vec<Vec<&str>> = first.lines().map(|row| row.split(',').collect()).collect();
    assert_eq!(
        rows.remove(0).join(","),
        "strategy,seed,labels,unlabelled_accuracy,test_accuracy,ece"
    );
    assert_eq!(rows.len(), 24);
    for strategy in ["explore-refine", "random"] {
        let labels: Vec<&str> = rows
            .iter()
            .filter(|row| row[0] == strategy)
            .map(|row| row[2])
            .collect();
        assert_eq!(
            labels,
            (1..=12).map(|count| count.to_string()).collect::<Vec<_>>()
        );
    }
    for row in &rows {
        let (accuracy, ece): (f64, f64) = (row[3].parse()?, row[5].parse()?);
        assert!(
            (0.0..=1.0).contains(&accuracy) && (0.0..=1.0).contains(&ece) && row[4].is_empty(),
            "{row:?}"
        );
    }
    shows_something(&folder.path().join("out/table.png"))?;
    // What is there is not measured again, and stays as it is.
    assert!(run("2", &[])?.status.success());
    let second = std::fs::read_to_string(&table)?;
    assert!(second.starts_with(&first) && second.lines().count() == 1 + 48);
    let refused = run("1", &["--start", "3"])?;
    let text = String::from_utf8_lossy(&refused.stderr);
    assert!(
        refused.status.code() == Some(2) && text.contains("table.csv"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(&table)?, second);
    Ok(())
}
