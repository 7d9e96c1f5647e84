//! `ssvae train` and `ssvae infer` as a user runs them, on the real images.

use std::path::Path;
use std::process::{Command, Output};

use ssvae_core::dataset::{Dataset, Split};
use ssvae_test_support::{Outcome, checkout, fixture, idx, largest_difference, read_npz};

fn ssvae(folder: &Path, arguments: &[&str]) -> Result<Output, std::io::Error> {
    Command::new(env!("CARGO_BIN_EXE_ssvae"))
        .current_dir(folder)
        .args(arguments)
        .args(["--backend", "cpu"])
        .output()
}

fn data() -> String {
    checkout().join("data/mnist").display().to_string()
}

/// Exit code 2 and one line that names the culprit.
fn refuses(folder: &Path, arguments: &[&str], culprit: &str) -> Outcome {
    let output = ssvae(folder, arguments)?;
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("ssvae: ")).collect();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    assert!(
        lines.len() == 1 && lines[0].contains(culprit),
        "{arguments:?}: {text}"
    );
    Ok(())
}

#[test]
fn infer_gives_what_flax_gave() -> Outcome {
    let folder = tempfile::tempdir()?;
    let weights = fixture("dense.ckpt").display().to_string();
    let output = ssvae(
        folder.path(),
        &["infer", "--data-dir", &data(), "--weights", &weights],
    )?;
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let ours = folder.path().join("data/output_latent.npz");
    let theirs = fixture("dense_expected.npz");
    for name in [
        "input",
        "latent",
        "reconstruted",
        "pred_classes",
        "pred_certainty",
    ] {
        let (shape, got) = read_npz(&ours, name)?;
        let (expected_shape, expected) = read_npz(&theirs, name)?;
        assert_eq!(shape[0], 60_000, "{name}");
        assert_eq!(shape[1..], expected_shape[1..], "{name}");
        let difference = largest_difference(&got[..expected.len()], &expected);
        assert!(difference < 1e-4, "{name} differs by {difference}");
    }
    assert_eq!(read_npz(&ours, "tsne")?, read_npz(&ours, "latent")?);
    let (_, labels) = read_npz(&ours, "labels")?;
    assert_eq!(labels[..5], [5.0, 0.0, 4.0, 1.0, 9.0]);
    Ok(())
}

#[test]
fn train_writes_checkpoint_history_and_plot() -> Outcome {
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("labels.csv"),
        "Serial,label\n0,5\n1,0\n2,4.0\n3,\n",
    )?;
    let arguments = [
        "train",
        "--data-dir",
        &data(),
        "--labels",
        "labels.csv",
        "--max-epochs",
        "1",
    ];
    let output = ssvae(folder.path(), &arguments)?;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        text.contains("Epoch | Train.loss |   Val.loss |  Train.rec |    Val.rec"),
        "{text}"
    );
    let weights = folder.path().join("artifacts/checkpoints");
    let state = ssvae_core::checkpoint::load(&weights.join("ssvae.ckpt"))?;
    assert_eq!(state.step, 211);
    let history = std::fs::read_to_string(weights.join("ssvae_history.csv"))?;
    assert_eq!(history.lines().count(), 2);
    let (config, warning) =
        ssvae_core::checkpoint::load_configuration(&weights.join("ssvae.ckpt"), state.layout());
    assert_eq!((config.max_epochs, warning), (1, None));
    assert!(weights.join("ssvae.json").exists());
    let plot = std::fs::read(weights.join("ssvae_loss.png"))?;
    assert!(plot.starts_with(b"\x89PNG"));
    Ok(())
}

#[test]
fn bad_input_is_one_line_and_overwrites_nothing() -> Outcome {
    let folder = tempfile::tempdir()?;
    let data = data();
    let path = folder.path();
    std::fs::write(path.join("broken.ckpt"), "not a checkpoint")?;
    std::fs::write(path.join("broken.csv"), "no,header\n1,2\n")?;
    std::fs::write(path.join("labels.csv"), "Serial,label\n0,5\n")?;
    std::fs::create_dir(path.join("empty"))?;
    refuses(path, &["train", "--data-dir", "nowhere"], "nowhere")?;
    refuses(path, &["infer", "--data-dir", "empty"], "empty")?;
    refuses(
        path,
        &["train", "--data-dir", &data, "--labels", "none.csv"],
        "none.csv",
    )?;
    refuses(
        path,
        &["train", "--data-dir", &data, "--labels", "broken.csv"],
        "broken.csv",
    )?;
    refuses(
        path,
        &["infer", "--data-dir", &data, "--weights", "none.ckpt"],
        "none.ckpt",
    )?;
    refuses(
        path,
        &["infer", "--data-dir", &data, "--weights", "broken.ckpt"],
        "broken.ckpt",
    )?;
    // A folder below a file cannot be written, by nobody.
    let below = [
        "train",
        "--data-dir",
        &data,
        "--labels",
        "labels.csv",
        "--weights",
        "labels.csv/x/ssvae.ckpt",
    ];
    refuses(path, &below, "labels.csv/x/ssvae.ckpt")?;
    assert_eq!(
        std::fs::read_to_string(path.join("broken.ckpt"))?,
        "not a checkpoint"
    );
    assert_eq!(
        std::fs::read_to_string(path.join("broken.csv"))?,
        "no,header\n1,2\n"
    );
    Ok(())
}

/// A data folder that is read at once: 60 images.
fn small_data(folder: &Path) -> std::io::Result<()> {
    let pixels: Vec<u8> = (0..60 * 784_u32).map(|i| (i * 37 % 251) as u8).collect();
    std::fs::write(
        folder.join("train-images-idx3-ubyte"),
        idx(&[60, 28, 28], &pixels),
    )?;
    std::fs::write(folder.join("labels.csv"), "Serial,label\n0,5\n1,0\n")
}

/// What a run of one epoch needs besides the files that a test is about.
const QUICK: [&str; 4] = ["--targets", "labels", "--max-epochs", "1"];

#[test]
fn nothing_of_anybody_elses_is_written_over() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (path, data) = (folder.path(), ".".to_owned());
    small_data(path)?;
    let mine = "mine\n";
    for name in [
        "thesis.docx",
        "package.json",
        "q_history.csv",
        "r_loss.png",
        "s.last.ckpt",
        "out.npz",
        "out.csv",
    ] {
        std::fs::write(path.join(name), mine)?;
    }
    let checkpoint = std::fs::read(fixture("dense.ckpt"))?;
    std::fs::write(path.join("damaged.ckpt"), &checkpoint[..checkpoint.len() / 2])?;
    std::fs::create_dir(path.join("images"))?;
    let train = |weights| {
        [
            &[
                "train",
                "--data-dir",
                &data,
                "--labels",
                "labels.csv",
                "--weights",
                weights,
            ],
            &QUICK[..],
        ]
        .concat()
    };
    for (weights, culprit) in [
        ("thesis.docx", "thesis.docx: is not a Flax checkpoint"),
        ("labels.csv", "labels.csv: is not a Flax checkpoint"),
        (
            "damaged.ckpt",
            "damaged.ckpt: is not a Flax checkpoint, or is a damaged one",
        ),
        ("images", "images: is a folder"),
        ("package.ckpt", "package.json: is not the settings of a model"),
        ("q.ckpt", "q_history.csv: is not a loss history"),
        ("r.ckpt", "r_loss.png: is not a picture"),
        ("s.ckpt", "s.last.ckpt: is not a Flax checkpoint"),
    ] {
        refuses(path, &train(weights), culprit)?;
    }
    let weights = fixture("dense.ckpt").display().to_string();
    refuses(
        path,
        &[
            "infer",
            "--data-dir",
            &data,
            "--weights",
            &weights,
            "--output",
            "out.npz",
        ],
        "out.npz: is not a file of latents",
    )?;
    let images = std::fs::read(path.join("train-images-idx3-ubyte"))?;
    let over = [
        "infer",
        "--data-dir",
        &data,
        "--weights",
        &weights,
        "--output",
        "train-images-idx3-ubyte",
    ];
    refuses(path, &over, "train-images-idx3-ubyte: is not a file of latents")?;
    assert!(std::fs::read(path.join("train-images-idx3-ubyte"))? == images);
    let labels = ["--data-dir", &data, "--labels", "labels.csv", "--output"];
    for (command, output, culprit) in [
        ("propagate", "out.csv", "out.csv: is not a table of propagated"),
        ("propagate", "labels.csv", "labels.csv: is not a table"),
        ("doubts", "out.csv", "out.csv: is not a table of doubtful"),
    ] {
        let output = [&[command], &labels[..], &[output]].concat();
        let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
            .current_dir(path)
            .args(output)
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(2) && text.contains(culprit),
            "{text}"
        );
    }
    for name in [
        "thesis.docx",
        "package.json",
        "q_history.csv",
        "r_loss.png",
        "s.last.ckpt",
        "out.npz",
        "out.csv",
    ] {
        assert_eq!(std::fs::read_to_string(path.join(name))?, mine, "{name}");
    }
    assert_eq!(
        std::fs::read_to_string(path.join("labels.csv"))?,
        "Serial,label\n0,5\n1,0\n"
    );
    assert!(std::fs::read(path.join("damaged.ckpt"))? == checkpoint[..checkpoint.len() / 2]);
    assert!(!path.join("artifacts/runs").exists(), "a run has begun");
    Ok(())
}

#[cfg(unix)]
#[test]
fn train_honours_the_umask_follows_links_and_writes_over_its_own() -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    small_data(path)?;
    std::fs::create_dir(path.join("elsewhere"))?;
    std::os::unix::fs::symlink("elsewhere/real", path.join("lr0.001"))?;
    // No process has this number (proc(5): at most 4,194,304).
    std::fs::write(
        path.join(".ssvae-4999999-1-aaaaaa.tmp"),
        "of a run that was killed",
    )?;
    let data = ".".to_owned();
    for weights in ["lr0.001", "lr0.01", "lr0.001"] {
        let train = [
            "train",
            "--data-dir",
            &data,
            "--labels",
            "labels.csv",
            "--weights",
            weights,
            "--backend",
            "cpu",
        ];
        let output = Command::new("sh")
            .args([
                "-c",
                "umask 077 && exec \"$0\" \"$@\"",
                env!("CARGO_BIN_EXE_ssvae"),
            ])
            .args(train)
            .args(QUICK)
            .current_dir(path)
            .output()?;
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert!(path.join("lr0.001").is_symlink());
    ssvae_core::checkpoint::load(&path.join("elsewhere/real"))?;
    let mut seen = Vec::new();
    for folder in [".", "elsewhere", "artifacts/runs"] {
        for entry in std::fs::read_dir(path.join(folder))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_file()
                && !["labels.csv", "train-images-idx3-ubyte"].contains(&name.as_str())
            {
                assert_eq!(entry.metadata()?.permissions().mode() & 0o777, 0o600, "{name}");
                seen.push(name);
            }
        }
    }
    for name in [
        "lr0.001.json",
        "lr0.01.json",
        "lr0.001_history.csv",
        "lr0.01_loss.png",
        "real",
    ] {
        assert!(seen.iter().any(|seen| seen == name), "{name} is not in {seen:?}");
    }
    assert!(!seen.iter().any(|name| name.ends_with(".tmp")), "{seen:?}");
    Ok(())
}

#[test]
fn wrong_options_end_with_code_2() -> Outcome {
    let folder = tempfile::tempdir()?;
    for arguments in [
        ["train", "--latent-dim", "0"],
        ["train", "--dropout-rate", "1"],
        ["--after", "now", "-x"],
    ] {
        assert_eq!(
            ssvae(folder.path(), &arguments)?.status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
    Ok(())
}

#[test]
fn a_negative_number_is_told_what_is_expected() -> Outcome {
    for (arguments, expected) in [
        (["train", "--learning-rate", "-1"], "'-1' for '--learning-rate"),
        (["train", "--max-epochs", "-1"], "'-1' for '--max-epochs"),
        (["train", "--seed", "-1"], "'-1' for '--seed"),
        (["infer", "--seed", "-1"], "'-1' for '--seed"),
        (["simulate", "--budget", "-5"], "'-5' for '--budget"),
        (["--seed", "-1", "--events=e"], "'-1' for '--seed"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
            .args(arguments)
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
    Ok(())
}

#[test]
fn a_picture_that_is_too_large_is_one_line() -> Outcome {
    let folder = tempfile::tempdir()?;
    let arguments = [
        "--data-dir",
        &data(),
        "--screenshot",
        "a.png",
        "--after",
        "ready",
        "--size",
        "16384x16384",
    ];
    refuses(folder.path(), &arguments, "--size 16384x16384")?;
    assert!(!folder.path().join("a.png").exists());
    Ok(())
}

#[test]
fn a_gpu_that_is_not_there_is_one_line() -> Outcome {
    // Where a real GPU is at hand there is nothing to refuse.
    if ssvae_gpu::find().is_ok() {
        return Ok(());
    }
    let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
        .args(["--backend", "gpu"])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text.lines()
            .last()
            .is_some_and(|line| line.starts_with("ssvae: --backend gpu: no GPU")),
        "{text}"
    );
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_display_that_cannot_be_opened_is_one_line() -> Outcome {
    let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
        .args(["--backend", "cpu"])
        .env("DISPLAY", ":98765")
        .env_remove("WAYLAND_DISPLAY")
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("ssvae: the display \":98765\""), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    Ok(())
}

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
        Command::new(env!("CARGO_BIN_EXE_ssvae"))
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
        let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
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
        Command::new(env!("CARGO_BIN_EXE_ssvae"))
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
    assert!(std::fs::read(folder.path().join("out/table.png"))?.starts_with(b"\x89PNG"));
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
