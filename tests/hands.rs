//! Many points at once, and the loop without a mouse, in a real window.

use std::path::Path;

use ssvae_test_support::desktop::{Dashboard, Desktop, LEFT_PANEL, LEGEND_OF_5, middle};
use ssvae_test_support::drag::drop_file;
use ssvae_test_support::{Outcome, copy_of_the_data, fixture, idx, label_rows, pause, wait_for};

/// The program, which cargo names to integration tests alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

/// Serials and labels in the file, once there are `count` of them.
fn rows(folder: &Path, count: usize) -> Outcome<Vec<(u32, u8)>> {
    let read = || label_rows(&folder.join("data/mnist/labels.csv"));
    let look = || Ok(Some(read()).filter(|rows| rows.len() == count));
    wait_for(look, || {
        format!("{} rows in labels.csv, not {count}", read().len())
    })
}

/// A data folder of 230 small images without labels of their own.
fn small_data(data: &Path) -> Outcome {
    std::fs::create_dir_all(data)?;
    let pixels: Vec<u8> = (0..230 * 784_u32).map(|i| (i * 37 % 251) as u8).collect();
    std::fs::write(data.join("train-images-idx3-ubyte"), idx(&[230, 28, 28], &pixels))?;
    Ok(())
}

/// Presses keys one after the other, 20 ms apart.
fn type_ahead(desktop: &Desktop, keys: &[&str]) -> Outcome {
    desktop.xdotool(&[&["key", "--delay", "20"], keys].concat())
}

fn chord(desktop: &Desktop, keys: &str) -> Outcome {
    desktop.key(keys)?;
    pause(300);
    Ok(())
}

/// Does what the command palette has under this name.
fn command(desktop: &Desktop, name: &str) -> Outcome {
    chord(desktop, "ctrl+k")?;
    desktop.xdotool(&["type", "--delay", "20", name])?;
    pause(400);
    chord(desktop, "Return")
}

#[test]
fn many_are_labelled_with_one_key_and_taken_back_with_one_more() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    let (view, _) = window.opened()?;
    desktop.focus()?;

    // A lasso, a digit: as many rows. One undo: none; one redo: all again.
    let point = middle(&view).ok_or("the view has no viewport")?;
    desktop.move_to([point[0] - 40.0, point[1] - 30.0])?;
    desktop.xdotool(&["keydown", "Shift_L", "mousedown", "1"])?;
    for (x, y) in [(40.0, -30.0), (40.0, 30.0), (0.0, 40.0)] {
        desktop.move_to([point[0] + x, point[1] + y])?;
    }
    desktop.xdotool(&["mouseup", "1", "keyup", "Shift_L"])?;
    let count = window.wait("selection")?["count"].as_u64().unwrap_or(0);
    assert!(count > 10, "the lasso holds {count}");
    let n = count as usize;
    desktop.key("7")?;
    let chosen = rows(folder, n)?;
    assert!(chosen.iter().all(|&(_, label)| label == 7));
    chord(&desktop, "ctrl+z")?;
    assert_eq!(window.wait("undone")?["count"], count);
    rows(folder, 0)?;
    chord(&desktop, "ctrl+shift+z")?;
    assert_eq!(window.wait("redone")?["count"], count);
    assert_eq!(rows(folder, n)?, chosen);
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)?;

    // After a restart, too.
    let mut window = Dashboard::open(&desktop, folder)?;
    window.opened()?;
    desktop.focus()?;
    chord(&desktop, "ctrl+z")?;
    assert_eq!(window.wait("undone")?["count"], count);
    rows(folder, 0)?;

    // What a filter lets through is labelled at once.
    for (key, label) in [("n", "3"), ("n", "4")] {
        chord(&desktop, key)?;
        desktop.key(label)?;
        window.wait("labelled")?;
    }
    command(&desktop, "labelled points only")?;
    assert_eq!(window.wait("filter")?["shown"], 2);
    chord(&desktop, "ctrl+a")?;
    assert_eq!(window.wait("selection")?["count"], 2);
    desktop.key("5")?;
    window.wait_for("labelled", |event| event["label"] == 5)?;
    assert!(rows(folder, 2)?.iter().all(|&(_, label)| label == 5));
    command(&desktop, "show all points")?;
    assert_eq!(window.wait("filter")?["shown"], 60_000);

    // A class is hidden by its legend, and comes back.
    for shown in [59_998, 60_000] {
        desktop.xdotool(&["keydown", "Shift_L"])?;
        desktop.click(LEGEND_OF_5)?;
        desktop.xdotool(&["keyup", "Shift_L"])?;
        assert_eq!(window.wait("filter")?["shown"], shown);
    }
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn the_whole_loop_without_a_mouse() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    window.opened()?;
    desktop.focus()?;
    desktop.move_to(LEFT_PANEL)?;

    // N leads to the first of the queue, however often; S puts it off; P goes back.
    let mut walked = Vec::new();
    for key in ["n", "n", "s", "s", "p"] {
        chord(&desktop, key)?;
        walked.push(window.wait("selected")?["serial"].as_u64().ok_or("nobody")?);
    }
    let [first, again, second, third, back] = walked[..] else {
        return Err("five steps".into());
    };
    assert_eq!((first, second), (again, back));
    assert!(first != second && second != third && third != first, "{walked:?}");

    // One key a label: the queue goes on by itself. The sample that P led to is one of it.
    let mut at = back;
    for (key, label) in [("3", 3), ("8", 8), ("Return", 0)] {
        chord(&desktop, key)?;
        let [selected, labelled] = window.wait_each([("selected", &|_| true), ("labelled", &|_| true)])?;
        let next = selected["serial"].as_u64().ok_or("nobody")?;
        assert_eq!(
            (&labelled["serial"], &labelled["saved"]),
            (&at.into(), &true.into())
        );
        assert!(key == "Return" || labelled["label"] == label, "{labelled}");
        assert!(next != at && next != first, "{first} was put off");
        at = next;
    }
    rows(folder, 3)?;
    // What one is not sure of is marked in a file of its own.
    chord(&desktop, "u")?;
    assert!(window.wait("selected")?["serial"] != at);
    let marks = std::fs::read_to_string(folder.join("data/mnist/labels.unsure.csv"))?;
    assert_eq!(marks, format!("Serial\n{at}\n"));
    rows(folder, 3)?;
    chord(&desktop, "ctrl+Return")?;
    window.wait("training_started")?;
    window.wait("epoch")?;
    let finished = window.wait("training_finished")?;
    assert_eq!(finished["status"], "completed", "{finished}");
    for (keys, mode) in [
        ("ctrl+4", "certainty"),
        ("ctrl+2", "predicted"),
        ("ctrl+1", "user_labels"),
    ] {
        chord(&desktop, keys)?;
        assert_eq!(window.wait("color_mode")?["mode"], mode);
    }
    let saved = window.count("saved");
    chord(&desktop, "ctrl+s")?;
    window.wait("saved")?;
    assert!(window.count("saved") > saved);
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn a_small_window_with_large_text_keeps_its_cloud_and_its_keys() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let desktop = Desktop::start(SSVAE, "1024x640")?;
    let mut window = Dashboard::open_with(&desktop, folder, &["--size", "1024x640"])?;
    let (view, _) = window.opened()?;
    desktop.focus()?;
    // Four steps of a tenth each: 146 %. One panel stays, and the cloud has what the other leaves.
    for _ in 0..4 {
        chord(&desktop, "ctrl+plus")?;
    }
    let width = |view: &serde_json::Value| view["viewport"][2].as_f64().unwrap_or(0.0);
    let (before, mut after) = (width(&view), 0.0);
    while let Ok(view) = window.wait_for("view", |view| width(view) != before) {
        after = width(&view);
        if after > before {
            break;
        }
    }
    assert!(
        after > 400.0 && after < 1024.0,
        "the cloud is {after} pixels wide"
    );
    // A click on the cloud is still one on the point under it.
    let view = window
        .events()
        .into_iter()
        .rfind(|event| event["event"] == "view");
    desktop.click(view.as_ref().and_then(middle).ok_or("the view has no viewport")?)?;
    window.wait_for("selected", |event| event["serial"].is_number())?;
    desktop.key("6")?;
    assert_eq!(window.wait("labelled")?["saved"], true);
    rows(folder, 1)?;
    chord(&desktop, "ctrl+0")?;
    window.wait("view")?;
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn a_labels_file_that_is_dropped_is_opened_after_a_yes() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let (notes, mine) = (folder.join("notes.txt"), folder.join("my labels.csv"));
    std::fs::write(&notes, "nothing")?;
    std::fs::write(&mine, "Serial,label\n5,3\n7,1\n")?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    let (view, _) = window.opened()?;
    desktop.focus()?;
    let middle = middle(&view).ok_or("the view has no viewport")?;
    let at = middle.map(|side| side as u32);

    // What cannot be opened is refused with a message; what can is asked about.
    drop_file(&desktop, &notes, at)?;
    drop_file(&desktop, &mine, at)?;
    pause(500);
    chord(&desktop, "Escape")?;
    assert_eq!(window.count("ready"), 1);
    drop_file(&desktop, &mine, at)?;
    pause(500);
    chord(&desktop, "Return")?;

    // The window that comes writes to that file.
    window.wait("ready")?;
    desktop.focus()?;
    chord(&desktop, "n")?;
    window.wait("selected")?;
    chord(&desktop, "4")?;
    assert_eq!(window.wait("labelled")?["saved"], true);
    let rows = std::fs::read_to_string(&mine)?;
    assert_eq!(rows.lines().count(), 4, "{rows}");
    assert!(!folder.join("data/mnist/labels.csv").exists());
    window.close(&desktop)
}

#[test]
fn another_folder_is_opened_by_the_dialogue_and_the_first_one_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    small_data(&folder.join("data/mnist"))?;
    small_data(&folder.join("data/others"))?;
    std::fs::copy(fixture("dense.ckpt"), folder.join("data/mnist/checkpoint_100"))?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    window.opened()?;
    desktop.focus()?;
    desktop.xdotool(&["search", "--name", "^mnist .* SSVAE Dashboard$"])?;

    // A part of the name, Enter to go into the folder, Enter to open it, Enter to say yes: ahead of all frames.
    let open = [
        "ctrl+o", "d", "a", "t", "a", "slash", "o", "t", "h", "Return", "Return", "Return",
    ];
    type_ahead(&desktop, &open)?;
    window.wait("ready")?;
    desktop.xdotool(&["search", "--name", "^others .* SSVAE Dashboard$"])?;
    desktop.focus()?;
    type_ahead(&desktop, &["n", "4"])?;
    assert_eq!(window.wait("labelled")?["saved"], true);
    assert_eq!(label_rows(&folder.join("data/others/labels.csv")).len(), 1);

    // What was open before is the first row.
    type_ahead(&desktop, &["ctrl+o", "Return", "Return"])?;
    window.wait("ready")?;
    desktop.xdotool(&["search", "--name", "^mnist .* SSVAE Dashboard$"])?;
    assert_eq!(window.count("error"), 0);
    desktop.focus()?;

    // Dropped: a checkpoint by Flax's name and an IDX file, each after a question.
    let at = [600, 300];
    for name in ["checkpoint_100", "train-images-idx3-ubyte"] {
        drop_file(&desktop, &folder.join("data/mnist").join(name), at)?;
        pause(500);
        chord(&desktop, "Return")?;
        window.wait("ready")?;
        desktop.focus()?;
    }
    window.close(&desktop)
}

#[test]
fn classes_are_found_by_letters_that_are_typed_ahead() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    small_data(&folder.join("data/mnist"))?;
    let names = [
        "ant", "bear", "bee", "cat", "crab", "deer", "dog", "eel", "elk", "fox", "frog", "goat", "zebra",
    ];
    let table: String = names
        .iter()
        .enumerate()
        .map(|(i, name)| format!("{i},{name}\n"))
        .collect();
    std::fs::write(
        folder.join("data/mnist/classes.csv"),
        format!("class,name\n{table}"),
    )?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    window.opened()?;
    desktop.focus()?;
    desktop.move_to(LEFT_PANEL)?;
    let labels = |window: &mut Dashboard, count: usize| -> Outcome<Vec<u64>> {
        (0..count)
            .map(|_| Ok(window.wait("labelled")?["label"].as_u64().ok_or("no label")?))
            .collect()
    };

    // Two classes by their names, the last one again, and a digit: each for a sample of its own.
    let keys = [
        "n", "slash", "z", "e", "Return", "slash", "g", "o", "a", "Return", "slash", "Return", "3",
    ];
    type_ahead(&desktop, &keys)?;
    assert_eq!(labels(&mut window, 4)?, [12, 11, 11, 3]);
    // A class is put on a digit, which keeps it over a restart.
    type_ahead(&desktop, &["slash", "z", "alt+3", "Escape", "3"])?;
    assert_eq!(labels(&mut window, 1)?, [12]);
    rows(folder, 5)?;
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)?;
    let mut window = Dashboard::open(&desktop, folder)?;
    window.opened()?;
    desktop.focus()?;
    type_ahead(&desktop, &["n", "3"])?;
    assert_eq!(labels(&mut window, 1)?, [12]);
    window.close(&desktop)
}
