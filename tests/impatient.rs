//! An impatient user in a real window: rests before a click, keys in quick succession, a window that stalls between two
//! inputs, other keyboard layouts, very many labels at once. What each input does follows from its order alone.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use ssvae_test_support::desktop::{Dashboard, Desktop, LEFT_PANEL, LEGEND_OF_5, middle};
use ssvae_test_support::{Outcome, copy_of_the_data, label_rows, pause, until};

/// The program, which cargo names to integration tests alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

// Where some controls stand in a window of 1280×800.
const NEXT: [f64; 2] = [1216.0, 703.0];
const LABEL_7: [f64; 2] = [1117.0, 432.0];

/// Stops the window while `act` goes on beside it: all of it then comes in one frame.
fn stalled(window: &Dashboard, act: impl FnOnce() -> Outcome) -> Outcome {
    let process = Pid::from_raw(i32::try_from(window.id())?).ok_or("no process")?;
    kill_process(process, Signal::STOP)?;
    let acted = act();
    kill_process(process, Signal::CONT)?;
    acted
}

fn keys(desktop: &Desktop, names: &[&str]) -> Outcome {
    for name in names {
        desktop.xdotool(&["key", name])?;
    }
    Ok(())
}

/// Serial and label of each of the next labels that are saved.
fn labelled(window: &mut Dashboard, count: usize) -> Outcome<Vec<(u64, Option<u64>)>> {
    let next = |_| {
        let event = window.wait("labelled")?;
        assert_eq!(event["saved"], true, "{event}");
        Ok((
            event["serial"].as_u64().ok_or("no serial")?,
            event["label"].as_u64(),
        ))
    };
    (0..count).map(next).collect()
}

/// Waits until as many labels in all are on the disk.
fn all_labelled(window: &Dashboard, count: usize) -> Outcome {
    until(|| window.count("labelled") >= count, "labels are missing")?;
    assert_eq!(window.count("labelled"), count);
    Ok(())
}

/// Rows of labels.csv.
fn rows(folder: &Path) -> usize {
    label_rows(&folder.join("data/mnist/labels.csv")).len()
}

fn open(desktop: &Desktop, folder: &Path) -> Outcome<(Dashboard, Value)> {
    let mut window = Dashboard::open(desktop, folder)?;
    let (view, _) = window.opened()?;
    desktop.focus()?;
    Ok((window, view))
}

#[test]
fn a_click_after_a_rest_is_a_click_and_a_slow_one_too() -> Outcome {
    let folder = tempfile::tempdir()?;
    copy_of_the_data(folder.path())?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let (mut window, view) = open(&desktop, folder.path())?;
    let press = |hold: u64| -> Outcome {
        desktop.xdotool(&["mousedown", "1"])?;
        pause(hold);
        desktop.xdotool(&["mouseup", "1"])?;
        pause(300);
        Ok(())
    };
    for (rest, hold) in [(2000, 80), (1200, 80), (100, 80), (300, 1200)] {
        let before = window.count("selected");
        desktop.move_to(NEXT)?;
        pause(rest);
        press(hold)?;
        assert_eq!(
            window.count("selected"),
            before + 1,
            "rested {rest} ms, held {hold} ms"
        );
    }
    // The window was stopped between the press and the release.
    let before = window.count("labelled");
    desktop.move_to(LABEL_7)?;
    pause(1500);
    desktop.xdotool(&["mousedown", "1"])?;
    pause(100);
    stalled(&window, || {
        pause(1200);
        desktop.xdotool(&["mouseup", "1"])
    })?;
    window.wait("labelled")?;
    assert_eq!(window.count("labelled"), before + 1);
    // A click in the legend, too.
    pause(1500);
    desktop.move_to(LEGEND_OF_5)?;
    pause(1500);
    press(80)?;
    window.wait("filter")?;
    // And a click on a point and the button for its label, while the window cannot keep up.
    let point = middle(&view).ok_or("the view has no viewport")?;
    keys(&desktop, &["Escape"])?;
    desktop.click(LEGEND_OF_5)?;
    window.wait_for("filter", |event| event["shown"] == 60_000)?;
    stalled(&window, || {
        for [x, y] in [point, LABEL_7] {
            desktop.xdotool(&["mousemove", &format!("{x:.0}"), &format!("{y:.0}"), "click", "1"])?;
        }
        Ok(())
    })?;
    let selected = window.wait_for("selected", |event| event["serial"].is_number())?;
    assert_eq!(
        labelled(&mut window, 1)?,
        [(selected["serial"].as_u64().ok_or("no serial")?, Some(7))]
    );
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn keys_and_clicks_of_one_frame_are_carried_out_in_their_order() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let (mut window, view) = open(&desktop, folder)?;
    desktop.move_to(LEFT_PANEL)?;

    // N and a digit: the digit is for the sample that N leads to.
    stalled(&window, || keys(&desktop, &["n", "3"]))?;
    let first = window.wait("selected")?["serial"].as_u64().ok_or("no serial")?;
    assert_eq!(labelled(&mut window, 1)?, [(first, Some(3))]);
    // N 5 N 6: two samples.
    stalled(&window, || keys(&desktop, &["n", "5", "n", "6"]))?;
    let two = labelled(&mut window, 2)?;
    assert_eq!((two[0].1, two[1].1), (Some(5), Some(6)));
    assert!(two[0].0 != two[1].0 && two[0].0 != first, "{two:?}");
    // Each modifier is that of its moment: Ctrl+2 colours, and 2 labels.
    stalled(&window, || keys(&desktop, &["ctrl+2", "2", "ctrl+1"]))?;
    assert_eq!(labelled(&mut window, 1)?[0].1, Some(2));
    pause(300);
    let modes: Vec<Value> = window
        .events()
        .into_iter()
        .filter(|event| event["event"] == "color_mode")
        .collect();
    assert_eq!(
        modes.last().map(|event| &event["mode"]),
        Some(&"user_labels".into())
    );
    // A click on a point and a digit.
    let [x, y] = middle(&view).ok_or("the view has no viewport")?;
    stalled(&window, || {
        desktop.xdotool(&[
            "mousemove",
            &format!("{x:.0}"),
            &format!("{y:.0}"),
            "click",
            "1",
            "key",
            "8",
        ])
    })?;
    let clicked = window.wait_for("selected", |event| event["serial"].is_number())?;
    assert_eq!(
        labelled(&mut window, 1)?,
        [(clicked["serial"].as_u64().ok_or("no serial")?, Some(8))]
    );
    // Ctrl+click in the legend with Ctrl let go at once greys the class and does not show it alone.
    desktop.move_to(LEGEND_OF_5)?;
    stalled(&window, || {
        desktop.xdotool(&["keydown", "ctrl", "click", "1", "keyup", "ctrl"])
    })?;
    let shown = window.wait("filter")?["shown"].as_u64();
    assert_eq!(shown, Some(59_999), "one label is a 5");
    stalled(&window, || {
        desktop.xdotool(&["keydown", "ctrl", "click", "1", "keyup", "ctrl"])
    })?;
    assert_eq!(window.wait("filter")?["shown"], 60_000);
    desktop.move_to(LEFT_PANEL)?;

    // A key that is held down labels one sample.
    keys(&desktop, &["n"])?;
    pause(300);
    let before = window.count("labelled");
    desktop.xdotool(&["keydown", "4"])?;
    pause(1500);
    desktop.xdotool(&["keyup", "4"])?;
    pause(500);
    assert_eq!(window.count("labelled"), before + 1);

    // One key a label, as fast as they come: 40 keys, 40 labels.
    let (rows_before, before) = (rows(folder), window.count("labelled"));
    desktop.xdotool(&[
        "type",
        "--delay",
        "20",
        "0123456789012345678901234567890123456789",
    ])?;
    let end = Instant::now() + Duration::from_secs(30);
    while window.count("labelled") < before + 40 && Instant::now() < end {
        pause(100);
    }
    assert_eq!(window.count("labelled"), before + 40);
    assert_eq!(rows(folder), rows_before + 40);
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn all_labels_at_once_and_what_is_hidden_stays_as_it_was() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let (window, _) = open(&desktop, folder)?;
    desktop.move_to(LEFT_PANEL)?;
    let patience = Instant::now();

    // All are labelled, and taken back, and labelled and deleted.
    stalled(&window, || keys(&desktop, &["ctrl+a", "5"]))?;
    all_labelled(&window, 60_000)?;
    assert_eq!(rows(folder), 60_000);
    for (key, count, left) in [("ctrl+z", 120_000, 0), ("ctrl+shift+z", 180_000, 60_000)] {
        keys(&desktop, &[key])?;
        all_labelled(&window, count)?;
        assert_eq!(rows(folder), left);
    }
    keys(&desktop, &["ctrl+a", "d"])?;
    all_labelled(&window, 240_000)?;
    assert_eq!(rows(folder), 0);
    assert!(
        patience.elapsed() < Duration::from_secs(60),
        "four times all labels in {:?}",
        patience.elapsed()
    );

    // One sample is a 5. All are selected, that class is hidden by the legend, and 6 is for the others alone.
    keys(&desktop, &["n", "5"])?;
    all_labelled(&window, 240_001)?;
    let label = |event: &Value| Some((event["serial"].as_u64()?, event["label"].as_u64()?));
    let five = window.events().iter().rev().find_map(label).ok_or("no label")?.0;
    let shown = |count: u64| -> Outcome {
        let fits = |event: &Value| event["event"] == "selection" && event["count"] == count;
        until(
            || window.events().iter().rev().take(300).any(fits),
            "the selection has another number",
        )
    };
    keys(&desktop, &["ctrl+a"])?;
    shown(60_000)?;
    desktop.xdotool(&["keydown", "shift"])?;
    desktop.click(LEGEND_OF_5)?;
    desktop.xdotool(&["keyup", "shift"])?;
    shown(59_999)?;
    keys(&desktop, &["6"])?;
    all_labelled(&window, 240_001 + 59_999)?;
    let text = std::fs::read_to_string(folder.join("data/mnist/labels.csv"))?;
    assert!(text.lines().any(|line| line == format!("{five},5")));
    assert_eq!(text.lines().filter(|line| line.ends_with(",6")).count(), 59_999);
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn rows_that_cannot_be_used_are_one_card_and_the_window_goes_on() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let file = folder.join("data/mnist/labels.csv");
    let faulty = |label: u32| {
        let rows: String = (0..60_000).map(|serial| format!("{serial},{label}\n")).collect();
        format!("Serial,label\n{rows}")
    };
    std::fs::write(&file, faulty(77))?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let (mut window, _) = open(&desktop, folder)?;
    desktop.move_to(LEFT_PANEL)?;
    let error = window
        .events()
        .into_iter()
        .find(|event| event["event"] == "error")
        .ok_or("nobody was told")?;
    let message = error["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("60,000 rows") && message.contains("line 2:"),
        "{message}"
    );
    assert_eq!(window.count("error"), 1);
    // Another program changes all of them, to others that cannot be used; keys are answered all the while.
    std::fs::write(&file, faulty(78))?;
    window.wait("labels_reloaded")?;
    let asked = Instant::now();
    keys(&desktop, &["n"])?;
    window.wait("selected")?;
    assert!(
        asked.elapsed() < Duration::from_secs(5),
        "a key took {:?}",
        asked.elapsed()
    );
    assert_eq!(window.count("error"), 2);
    // What is mended is told no more.
    std::fs::write(&file, "Serial,label\n5,7\n")?;
    assert_eq!(window.wait("labels_reloaded")?["labelled"], 1);
    assert_eq!(window.count("error"), 2);
    window.close(&desktop)
}

#[test]
fn letters_go_by_name_on_every_layout_and_what_is_no_digit_labels_nothing() -> Outcome {
    let folder = tempfile::tempdir()?;
    copy_of_the_data(folder.path())?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let layout = |name: &[&str]| -> Outcome {
        let status = Command::new("setxkbmap")
            .env("DISPLAY", desktop.display())
            .args(name)
            .status()?;
        pause(500);
        if status.success() {
            Ok(())
        } else {
            Err(format!("setxkbmap {name:?} failed").into())
        }
    };
    let (mut window, _) = open(&desktop, folder.path())?;
    desktop.move_to(LEFT_PANEL)?;
    let by_place = |code: &str| desktop.xdotool(&["key", code]);
    layout(&["us", "-variant", "dvorak"])?;
    keys(&desktop, &["n"])?;
    window.wait("selected")?;
    keys(&desktop, &["7"])?;
    let serial = labelled(&mut window, 1)?[0].0;
    keys(&desktop, &["p"])?;
    window.wait_for("selected", |event| event["serial"].as_u64() == Some(serial))?;
    // The key that has D on a QWERTY keyboard has E here, and the one with H has D.
    let before = window.count("labelled");
    by_place("40")?;
    pause(400);
    assert_eq!(window.count("labelled"), before, "D was taken by its place");
    keys(&desktop, &["Escape"])?;
    pause(300);
    keys(&desktop, &["g"])?;
    desktop.xdotool(&["type", "--delay", "30", &serial.to_string()])?;
    keys(&desktop, &["Return"])?;
    window.wait_for("selected", |event| event["serial"].as_u64() == Some(serial))?;
    by_place("43")?;
    assert_eq!(labelled(&mut window, 1)?, [(serial, None)]);

    // Super and a digit, the keypad without NumLock: no labels.
    layout(&["us"])?;
    let before = window.count("labelled");
    keys(
        &desktop,
        &["super+3", "KP_Home", "KP_End", "KP_Delete", "KP_Insert"],
    )?;
    layout(&["de"])?;
    keys(&desktop, &["ISO_Level3_Shift+3"])?;
    pause(800);
    assert_eq!(window.count("labelled"), before);
    keys(&desktop, &["3"])?;
    assert_eq!(labelled(&mut window, 1)?, [(serial, Some(3))]);
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn the_layout_follows_the_window_and_comes_back_as_it_was() -> Outcome {
    let folder = tempfile::tempdir()?;
    copy_of_the_data(folder.path())?;
    // The screen is smaller than the window would like to be.
    let desktop = Desktop::start(SSVAE, "1100x700")?;
    let (mut window, view) = open(&desktop, folder.path())?;
    let side = |view: &Value, i: usize| view["viewport"][i].as_f64().unwrap_or(0.0);
    let id = window_id(&desktop)?;
    let fits = side(&view, 0) + side(&view, 2) + 320.0;
    assert!(fits <= 1101.0, "the window is {fits} pixels wide");
    let resize = |width: u32, height: u32| {
        desktop.xdotool(&["windowsize", &id, &width.to_string(), &height.to_string()])
    };
    for (width, height) in [(1000, 640), (1090, 690), (1020, 660)] {
        resize(width, height)?;
        let expected = f64::from(width) - 250.0 - 320.0;
        window.wait_for("view", |view| (side(view, 2) - expected).abs() < 2.0)?;
    }
    // Made as small as can be, and back.
    resize(1, 1)?;
    pause(700);
    resize(1090, 690)?;
    let back = window.wait_for("view", |view| (side(view, 2) - 520.0).abs() < 2.0)?;
    assert!((side(&back, 0) - 250.0).abs() < 2.0, "{back}");
    // Larger text and back takes nothing from the panels.
    for key in ["ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+0"] {
        keys(&desktop, &[key])?;
        pause(300);
    }
    window.wait_for("view", |view| (side(view, 2) - 520.0).abs() < 2.0)?;
    window.close(&desktop)
}

fn window_id(desktop: &Desktop) -> Outcome<String> {
    Ok(desktop.window()?.to_string())
}
