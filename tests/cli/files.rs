//! What is written over, what is not, and how files are made.

use std::process::Command;

use ssvae_test_support::{Outcome, fixture};

use crate::program::{QUICK, SSVAE, refuses, small_data};

#[test]
fn nothing_of_anybody_elses_is_written_over() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (path, data) = (folder.path(), ".".to_owned());
    small_data(path)?;
    let mine = "mine\n";
    let foreign = [
        "thesis.docx",
        "package.json",
        "q_history.csv",
        "r_loss.png",
        "s.last.ckpt",
        "out.npz",
        "out.csv",
    ];
    for name in foreign {
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
        let output = Command::new(SSVAE).current_dir(path).args(output).output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.code() == Some(2) && text.contains(culprit),
            "{text}"
        );
    }
    for name in foreign {
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
            .args(["-c", "umask 077 && exec \"$0\" \"$@\"", SSVAE])
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
