//! The window without a screen: random sequences of keys and clicks, cut into frames anywhere, beside a plain model of what
//! each of them does to what the one before has left.

mod audit;
mod results;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::asset::AssetPlugin;
use bevy::ecs::schedule::SingleThreadedExecutor;
use bevy::input::keyboard::{Key, KeyCode, KeyboardInput};
use bevy::input::mouse::MouseButtonInput;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::render::RenderPlugin;
use bevy::render::settings::{RenderCreation, WgpuSettings};
use bevy::window::{CursorMoved, PrimaryWindow, WindowCloseRequested, WindowEvent, WindowResolution};
use bevy::winit::WinitPlugin;
use clap::Parser;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::labels::doubts::Doubts;
use super::labels::labelling::{LabelFile, UserLabels};
use super::learning::Learning;
use super::model::comparison::Comparison;
use super::model::progress::Progress;
use super::model::worker::{FromWorker, ToWorker};
use super::panels::closing::Closing;
use super::panels::feedback::Feedback;
use super::panels::intents::UserIntent;
use super::samples::sample_query::SampleQuery;
use super::{Start, Wake};
use crate::bench::hand::{left, moved};
use crate::cli::Cli;
use crate::cloud::render::transition::{Departures, Transition};
use crate::cloud::style::palette::ColorMode;
use crate::cloud::{Chosen, CloudView, Selected};
use crate::platform::keyboard::tests::input;
use crate::ui::dialogs::closing::AtClose;
use crate::ui::feedback::FeedbackKind;
use crate::ui::intent::{Close, Intent, StateName};
use crate::ui::problem::Cause;
use ssvae_core::acquisition::Order;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::labels::Change;
use ssvae_core::model::config::Architecture;
use ssvae_core::outputs::clouds::{Cloud, cloud_path, write};
use ssvae_core::training::message::{Event, LatentSnapshot, RunStatus};
use ssvae_core::training::record::Stored;

const COUNT: usize = 40;
const SEQUENCES: usize = 10_000;
/// Nothing is drawn there.
const BESIDE: Vec2 = Vec2::new(8.0, 44.0);
/// The panels at the left and below have no part in this, and only cost time.
const SESSION: &str = r#"{"preferences":{"hints_read":true,"images":false,"training_open":false,"left":{"open":false,"width":250}}}"#;

/// What a hand does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Key(KeyAct),
    Digit(u8),
    Click(u32),
    ClickBeside,
}

#[derive(Clone, Copy, Debug)]
enum KeyAct {
    Next,
    Previous,
    Skip,
    Predicted,
    Delete,
    Escape,
    SelectAll,
    Undo,
    Redo,
}

/// What should come of it.
#[derive(Default)]
struct Model {
    order: Vec<u32>,
    predicted: Vec<u8>,
    labels: Vec<Option<u8>>,
    skipped: Vec<u32>,
    selected: Option<u32>,
    of_queue: Option<u32>,
    back: Vec<u32>,
    chosen: BTreeSet<u32>,
    done: Vec<Vec<(u32, Option<u8>, Option<u8>)>>,
    undone: Vec<Vec<(u32, Option<u8>, Option<u8>)>>,
}

impl Model {
    fn first(&self) -> Option<u32> {
        let open = |serial: &&u32| self.labels[**serial as usize].is_none();
        let fresh = self.order.iter().filter(|serial| !self.skipped.contains(serial));
        fresh.chain(&self.skipped).find(open).copied()
    }

    fn select(&mut self, serial: Option<u32>) {
        if self.selected != serial {
            self.back.extend(self.selected);
            self.selected = serial;
        }
    }

    fn next(&mut self) {
        if let Some(first) = self.first() {
            self.of_queue = Some(first);
            self.select(Some(first));
        }
    }

    fn give(&mut self, label: impl Fn(&Self, u32) -> Option<u8>) {
        let serials: Vec<u32> = match self.chosen.is_empty() {
            true => self.selected.into_iter().collect(),
            false => self.chosen.iter().copied().collect(),
        };
        let changes: Vec<_> = serials
            .iter()
            .map(|&serial| (serial, label(self, serial)))
            .collect();
        let labelled = changes.iter().any(|(_, label)| label.is_some());
        let steps: Vec<_> = changes
            .into_iter()
            .map(|(serial, after)| (serial, self.labels[serial as usize], after))
            .filter(|(_, before, after)| before != after)
            .collect();
        for &(serial, _, after) in &steps {
            self.set(serial, after);
        }
        if !steps.is_empty() {
            self.done.push(steps);
            self.undone.clear();
        }
        if !self.chosen.is_empty() {
            self.chosen.clear();
        } else if labelled && self.of_queue == self.selected {
            self.next();
        }
    }

    fn set(&mut self, serial: u32, label: Option<u8>) {
        self.labels[serial as usize] = label;
        if label.is_some() {
            self.skipped.retain(|other| *other != serial);
        }
    }

    /// Takes back the last action that has an effect, or does it again.
    fn reverse(&mut self, undo: bool) {
        loop {
            let action = if undo { self.done.pop() } else { self.undone.pop() };
            let Some(action) = action else { return };
            let mut changed = false;
            for &(serial, before, after) in &action {
                let (now, then) = if undo { (after, before) } else { (before, after) };
                if self.labels[serial as usize] == now {
                    self.set(serial, then);
                    changed = true;
                }
            }
            if undo {
                self.undone.push(action);
            } else {
                self.done.push(action);
            }
            if changed {
                return;
            }
        }
    }

    fn follow(&mut self, act: Act) {
        match act {
            Act::Digit(digit) => self.give(|_, _| Some(digit)),
            Act::Click(serial) => self.select(Some(serial)),
            Act::ClickBeside => self.select(None),
            Act::Key(KeyAct::Next) => self.next(),
            Act::Key(KeyAct::Skip) => {
                if let Some(serial) = self
                    .selected
                    .filter(|&serial| self.labels[serial as usize].is_none())
                {
                    self.skipped.retain(|other| *other != serial);
                    self.skipped.push(serial);
                }
                self.next();
            }
            Act::Key(KeyAct::Previous) => {
                while let Some(serial) = self.back.pop() {
                    if Some(serial) != self.selected {
                        self.selected = Some(serial);
                        self.of_queue = Some(serial);
                        return;
                    }
                }
            }
            Act::Key(KeyAct::Predicted) => self.give(|model, serial| Some(model.predicted[serial as usize])),
            Act::Key(KeyAct::Delete) => self.give(|_, _| None),
            Act::Key(KeyAct::Escape) => {
                self.chosen.clear();
                self.select(None);
            }
            Act::Key(KeyAct::SelectAll) => self.chosen = (0..COUNT as u32).collect(),
            Act::Key(KeyAct::Undo) => self.reverse(true),
            Act::Key(KeyAct::Redo) => self.reverse(false),
        }
    }
}

/// A data folder of so many grey images of two by two pixels.
fn write_images(folder: &Path) {
    write_pixels(folder, |i| (i * 37 % 251) as u8);
}

fn write_pixels(folder: &Path, pixel: impl Fn(usize) -> u8) {
    let count = (COUNT as u32).to_be_bytes();
    let mut images = [&[0, 0, 8, 3], &count[..], &[0, 0, 0, 2, 0, 0, 0, 2]].concat();
    images.extend((0..COUNT * 4).map(pixel));
    fs::write(folder.join("train-images-idx3-ubyte"), images).unwrap();
}

/// The window with its cloud, where no order changes by itself.
fn app(folder: &Path) -> App {
    let mut app = learning_app(folder);
    // Scores that come when they are ready would make every order a right one.
    app.world_mut().resource_mut::<Learning>().stop();
    app.update();
    app
}

fn learning_app(folder: &Path) -> App {
    let line = [
        "ssvae".into(),
        "--data-dir".into(),
        folder.as_os_str().to_owned(),
        "--session".into(),
        folder.join("session.json").into_os_string(),
        "--runs".into(),
        folder.join("runs").into_os_string(),
    ];
    fs::write(folder.join("session.json"), SESSION).unwrap();
    let without_device = WgpuSettings {
        backends: None,
        ..default()
    };
    let mut app = App::new();
    let window = Window {
        resolution: WindowResolution::new(1280, 800),
        ..default()
    };
    app.add_plugins(
        DefaultPlugins
            .set(RenderPlugin {
                render_creation: RenderCreation::Automatic(Box::new(without_device)),
                ..default()
            })
            .set(WindowPlugin {
                primary_window: Some(window),
                close_when_requested: false,
                ..default()
            })
            .set(AssetPlugin::default())
            .disable::<LogPlugin>()
            .disable::<WinitPlugin>(),
    )
    .add_message::<FromWorker>()
    .add_message::<ToWorker>()
    .insert_resource(Wake(Arc::new(|_| {})))
    .insert_resource(Start {
        args: Cli::try_parse_from(line).unwrap().window,
        at: Instant::now(),
    });
    crate::app::add_parts(&mut app);
    // So little work is sooner done than shared out.
    app.edit_schedule(First, alone)
        .edit_schedule(PreUpdate, alone)
        .edit_schedule(Update, alone)
        .edit_schedule(PostUpdate, alone)
        .edit_schedule(Last, alone);
    app.finish();
    app.cleanup();
    app.update();

    let dataset = Dataset::open(folder, Split::Train).unwrap();
    let place = |i: usize| [(i % 8) as f32, (i / 8) as f32];
    for event in [
        Event::Dataset(Arc::new(dataset)),
        Event::ModelReady {
            backend: "CPU".into(),
            architecture: Architecture::default(),
            checkpoint: Some("ssvae.ckpt".into()),
            problem: None,
            config: None,
            state: String::new(),
        },
        Event::Latent(Arc::new(LatentSnapshot {
            version: 1,
            latent_dim: 2,
            latents: (0..COUNT).flat_map(place).collect(),
            classes: (0..COUNT).map(|i| (i * 7 % 10) as u8).collect(),
            certainty: (0..COUNT).map(|i| (i * 31 % 97) as f32 / 97.0).collect(),
            margin: vec![0.0; COUNT],
        })),
    ] {
        app.world_mut().write_message(FromWorker(event));
    }
    for _ in 0..6 {
        app.update();
    }
    app
}

fn alone(schedule: &mut Schedule) {
    schedule.set_executor(SingleThreadedExecutor::new());
}

fn key(key_code: KeyCode, logical_key: Key, pressed: bool) -> WindowEvent {
    WindowEvent::KeyboardInput(input(key_code, logical_key, pressed))
}

fn tap(key_code: KeyCode, logical_key: Key) -> Vec<WindowEvent> {
    vec![
        key(key_code, logical_key.clone(), true),
        key(key_code, logical_key, false),
    ]
}

fn letter(key_code: KeyCode, name: &str) -> Vec<WindowEvent> {
    tap(key_code, Key::Character(name.into()))
}

fn chord(modifiers: &[(KeyCode, Key)], inner: Vec<WindowEvent>) -> Vec<WindowEvent> {
    let down = modifiers
        .iter()
        .map(|(code, name)| key(*code, name.clone(), true));
    let up = modifiers
        .iter()
        .rev()
        .map(|(code, name)| key(*code, name.clone(), false));
    down.chain(inner).chain(up).collect()
}

fn click(at: Vec2) -> Vec<WindowEvent> {
    vec![moved(at), left(true), left(false)]
}

/// What the window is told of an act.
fn events(act: Act, places: &[Vec2]) -> Vec<WindowEvent> {
    let ctrl = (KeyCode::ControlLeft, Key::Control);
    let shift = (KeyCode::ShiftLeft, Key::Shift);
    match act {
        Act::Digit(digit) => {
            const ROW: [KeyCode; 10] = [
                KeyCode::Digit0,
                KeyCode::Digit1,
                KeyCode::Digit2,
                KeyCode::Digit3,
                KeyCode::Digit4,
                KeyCode::Digit5,
                KeyCode::Digit6,
                KeyCode::Digit7,
                KeyCode::Digit8,
                KeyCode::Digit9,
            ];
            letter(ROW[usize::from(digit)], &digit.to_string())
        }
        Act::Click(serial) => click(places[serial as usize]),
        Act::ClickBeside => click(BESIDE),
        Act::Key(KeyAct::Next) => letter(KeyCode::KeyN, "n"),
        Act::Key(KeyAct::Previous) => letter(KeyCode::KeyP, "p"),
        Act::Key(KeyAct::Skip) => letter(KeyCode::KeyS, "s"),
        Act::Key(KeyAct::Predicted) => tap(KeyCode::Enter, Key::Enter),
        Act::Key(KeyAct::Delete) => letter(KeyCode::KeyD, "d"),
        Act::Key(KeyAct::Escape) => tap(KeyCode::Escape, Key::Escape),
        Act::Key(KeyAct::SelectAll) => chord(&[ctrl], letter(KeyCode::KeyA, "a")),
        Act::Key(KeyAct::Undo) => chord(&[ctrl], letter(KeyCode::KeyZ, "z")),
        Act::Key(KeyAct::Redo) => chord(&[ctrl, shift], letter(KeyCode::KeyZ, "Z")),
    }
}

fn random_act(random: &mut ChaCha8Rng) -> Act {
    use KeyAct::*;
    match random.random_range(0..40) {
        0..8 => Act::Key(Next),
        8..11 => Act::Key(Previous),
        11..14 => Act::Key(Skip),
        14..17 => Act::Key(Predicted),
        17..18 => Act::Key(Delete),
        18..19 => Act::Key(Escape),
        19..20 => Act::Key(SelectAll),
        20..23 => Act::Key(Undo),
        23..24 => Act::Key(Redo),
        24..29 => Act::Click(random.random_range(0..COUNT as u32)),
        29..30 => Act::ClickBeside,
        _ => Act::Digit(random.random_range(0..10)),
    }
}

fn primary_window(app: &mut App) -> Entity {
    let world = app.world_mut();
    let mut windows = world.query_filtered::<Entity, With<PrimaryWindow>>();
    windows.single(world).unwrap()
}

/// Hands an event over as the window system does.
fn send(world: &mut World, window: Entity, event: WindowEvent) {
    let event = match event {
        WindowEvent::KeyboardInput(input) => {
            let input = KeyboardInput { window, ..input };
            world.write_message(input.clone());
            WindowEvent::KeyboardInput(input)
        }
        WindowEvent::MouseButtonInput(input) => {
            let input = MouseButtonInput { window, ..input };
            world.write_message(input);
            WindowEvent::MouseButtonInput(input)
        }
        WindowEvent::CursorMoved(moved) => {
            let moved = CursorMoved { window, ..moved };
            world.write_message(moved.clone());
            WindowEvent::CursorMoved(moved)
        }
        other => other,
    };
    world.write_message(event);
}

#[test]
fn whatever_a_frame_holds_each_input_does_what_its_order_implies() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    let window = primary_window(&mut app);
    let world = app.world_mut();
    let view = *world.resource::<CloudView>();
    let places: Vec<Vec2> = (0..COUNT)
        .map(|i| {
            view.window_from_world(Vec3::new((i % 8) as f32, (i / 8) as f32, 0.0))
                .unwrap()
        })
        .collect();
    let order = world
        .run_system_cached(|known: SampleQuery| known.queue(Order::ToLabel, |queue| queue.first(COUNT)))
        .unwrap();
    assert_eq!(order.len(), COUNT, "the cloud stands");
    let mut model = Model {
        order,
        predicted: (0..COUNT).map(|i| (i * 7 % 10) as u8).collect(),
        labels: vec![None; COUNT],
        ..Model::default()
    };
    let mut random = ChaCha8Rng::seed_from_u64(18);
    for sequence in 0..SEQUENCES {
        let mut acts: Vec<Act> = (0..random.random_range(1..9))
            .map(|_| random_act(&mut random))
            .collect();
        if sequence % 8 == 0 {
            acts.splice(0..0, [Act::Key(KeyAct::SelectAll), Act::Key(KeyAct::Delete)]);
        }
        let mut raw = Vec::new();
        for &act in &acts {
            raw.extend(events(act, &places));
            model.follow(act);
        }
        for event in raw {
            send(app.world_mut(), window, event);
            if random.random_range(0..3) == 0 {
                app.update();
            }
        }
        app.update();
        app.update();
        let world = app.world();
        let labels = world.resource::<UserLabels>().0.as_slice();
        assert_eq!(labels, model.labels, "labels after sequence {sequence}: {acts:?}");
        let chosen: Vec<u32> = model.chosen.iter().copied().collect();
        assert_eq!(
            world.resource::<Chosen>().serials(),
            chosen,
            "chosen after sequence {sequence}: {acts:?}"
        );
        let selected = world.resource::<Selected>().0;
        assert_eq!(
            selected, model.selected,
            "selected after sequence {sequence}: {acts:?}"
        );
    }

    // And so it stands on the disk.
    let end = Instant::now() + Duration::from_secs(30);
    while app.world().resource::<LabelFile>().0.pending() > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    let (saved, problems) =
        ssvae_core::labels::read_labels(&folder.path().join("labels.csv"), COUNT).unwrap();
    assert_eq!((saved.as_slice(), problems.len()), (&model.labels[..], 0));
}

#[test]
fn the_next_sample_comes_from_an_order_by_all_labels_however_fast_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = learning_app(folder.path());
    let window = primary_window(&mut app);
    let end = Instant::now() + Duration::from_secs(30);
    let in_time = |app: &mut App| {
        std::thread::sleep(Duration::from_millis(2));
        app.update();
        assert!(Instant::now() < end);
    };
    while !app.world().resource::<Learning>().has_scores() {
        in_time(&mut app);
    }
    const DIGITS: u8 = 6;
    let acts = [Act::Key(KeyAct::Next)]
        .into_iter()
        .chain((0..DIGITS).map(Act::Digit));
    for event in acts.flat_map(|act| events(act, &[])) {
        send(app.world_mut(), window, event);
    }
    let labelled = |app: &App| app.world().resource::<UserLabels>().0.labelled();
    let (mut seen, mut orders, mut since) = (None, 0, Instant::now());
    while labelled(&app) < usize::from(DIGITS) || orders <= DIGITS {
        in_time(&mut app);
        let (selected, learning) = (
            app.world().resource::<Selected>().0,
            app.world().resource::<Learning>(),
        );
        if selected != seen {
            seen = selected;
            orders += 1;
            // Its own label, which it may have by now, is no part of the order that it came from.
            let own = labelled(&app) == usize::from(orders);
            // On a machine that is busy with other tests it is not waited for without end.
            let late = since.elapsed() > Duration::from_millis(450);
            since = Instant::now();
            assert!(
                own || late || !learning.is_behind(),
                "{orders} samples, {} labels",
                labelled(&app)
            );
        }
    }
    let labels = app.world().resource::<UserLabels>().0.as_slice();
    let given: BTreeSet<u8> = labels.iter().flatten().copied().collect();
    assert!(
        given.into_iter().eq(0..DIGITS),
        "each digit is for a sample of its own: {labels:?}"
    );
}

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
        let end = Instant::now() + Duration::from_secs(30);
        while open(app) != doubts {
            assert!(
                Instant::now() < end,
                "{} labels are doubted, not {doubts}",
                open(app)
            );
            std::thread::sleep(Duration::from_millis(2));
            app.update();
        }
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
        world.resource_mut::<Progress>().problems.mended(Cause::Saving);
        let store = &world.resource::<LabelFile>().0;
        for change in changes {
            store.request(&[change], Vec::new());
        }
        let end = Instant::now() + Duration::from_secs(30);
        while store.events().len() < changes.len() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        app.update();
        let world = app.world();
        let line = world.resource::<Feedback>().0.clone();
        assert_eq!(line.as_ref().map(|line| line.1), Some(told), "{line:?}");
        let cards = world.resource::<Progress>().problems.cards();
        assert!(cards.iter().any(|card| card.cause == Cause::Saving), "{cards:?}");
        assert_eq!(world.resource::<UserLabels>().0.get(refused.serial), None);
    }
}

/// Carries out what the panels ask for, and waits until it is so.
fn ask(app: &mut App, intent: Intent, done: impl Fn(&App) -> bool) {
    app.world_mut().write_message(UserIntent(intent));
    let end = Instant::now() + Duration::from_secs(30);
    app.update();
    while !done(app) {
        assert!(Instant::now() < end, "nothing comes of it");
        std::thread::sleep(Duration::from_millis(2));
        app.update();
    }
    // One frame more, for what follows from it.
    app.update();
}

fn press(app: &mut App, window: Entity, code: KeyCode, name: &str) {
    letter(code, name)
        .into_iter()
        .for_each(|event| send(app.world_mut(), window, event));
}

#[test]
fn what_a_run_changed_is_shown_in_the_cloud_and_a_run_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    write_images(folder.path());
    let mut app = app(folder.path());
    let window = primary_window(&mut app);
    let before = app.world().resource::<Progress>().snapshot.clone().unwrap();
    let tell = |app: &mut App, event| {
        app.world_mut().write_message(FromWorker(event));
        app.update();
    };
    tell(
        &mut app,
        Event::TrainingStarted {
            config: Default::default(),
            backend: "CPU".into(),
        },
    );
    let mut after = LatentSnapshot::clone(&before);
    after.version = 2;
    for serial in [3, 5, 7] {
        after.classes[serial] = (before.classes[serial] + 1) % 10;
        after.latents[2 * serial] += serial as f32;
    }
    tell(&mut app, Event::Latent(Arc::new(after.clone())));
    tell(
        &mut app,
        Event::TrainingFinished {
            status: ssvae_core::training::message::RunStatus::Completed,
            message: String::new(),
        },
    );
    let is_shown = |app: &App| app.world().resource::<Comparison>().shown.is_some();
    press(&mut app, window, KeyCode::KeyC, "c");
    ask(&mut app, Intent::FitView, is_shown);
    let shown = |app: &App| {
        app.world()
            .resource::<Comparison>()
            .shown
            .as_ref()
            .unwrap()
            .change
            .clone()
    };
    assert_eq!(shown(&app).count(), 3);
    assert_eq!(*app.world().resource::<ColorMode>(), ColorMode::Changed);
    let moves: Vec<u32> = app
        .world()
        .resource::<Comparison>()
        .shown
        .as_ref()
        .unwrap()
        .moves
        .iter()
        .map(|pair| pair.0)
        .collect();
    assert_eq!(moves, [7, 5, 3]);
    // Both ends of the way stand in the cloud, and the slider alone decides between them.
    let latent = |snapshot: &LatentSnapshot, serial: usize| Vec2::from_slice(&snapshot.latents[2 * serial..]);
    let departures = |app: &App| app.world().resource::<Departures>().0.clone();
    assert_eq!(departures(&app)[7].truncate(), latent(&before, 7));
    for share in [0.25, 1.0, 0.0] {
        ask(&mut app, Intent::Morph(share), |app| {
            app.world().resource::<Transition>().eased() == share
        });
        assert_eq!(departures(&app)[7].truncate(), latent(&before, 7));
    }
    let chosen = |app: &App| app.world().resource::<Chosen>().serials().to_vec();
    let flip = (before.classes[5], after.classes[5]);
    ask(&mut app, Intent::ChooseChanged(Some(flip)), |app| {
        chosen(app) == [5]
    });
    ask(&mut app, Intent::ChooseChanged(None), |app| {
        chosen(app) == [3, 5, 7]
    });
    press(&mut app, window, KeyCode::KeyC, "c");
    ask(&mut app, Intent::ClearSelection, |app| !is_shown(app));
    assert_eq!(*app.world().resource::<ColorMode>(), ColorMode::UserLabels);
    assert!(
        !app.world().resource::<Transition>().has_departures()
            || app.world().resource::<Transition>().is_running()
    );

    // A run on record: its cloud, and the labels that it was given.
    let runs = folder.path().join("runs");
    fs::create_dir_all(&runs).unwrap();
    let mut labels = vec![None; COUNT];
    labels[2] = Some(4);
    labels[9] = Some(1);
    write(&cloud_path(&runs, "then"), &Cloud::new(&before, &labels)).unwrap();
    let stored = Stored {
        clouds: ["then".to_owned()].into(),
        ..Stored::default()
    };
    tell(&mut app, Event::Stored(Arc::new(stored)));
    let names = [StateName::Run("then".into()), StateName::Now];
    ask(&mut app, Intent::CompareStates(names), is_shown);
    assert_eq!(shown(&app).count(), 3);
    let own = |app: &App| app.world().resource::<UserLabels>().0.as_slice().to_vec();
    press(&mut app, window, KeyCode::KeyN, "n");
    press(&mut app, window, KeyCode::Digit7, "7");
    app.update();
    let earlier = own(&app);
    assert_eq!(earlier.iter().flatten().count(), 1);
    ask(&mut app, Intent::BringBack("then".into()), |app| {
        own(app) == labels
    });
    ask(&mut app, Intent::Undo, |app| own(app) == earlier);
}

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
            app.world_mut().write_message(FromWorker(event));
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
        app.world_mut()
            .write_message(FromWorker(Event::Unwritten(unwritten)));
        app.world_mut().write_message(FromWorker(Event::TrainingFinished {
            status: RunStatus::Stopped,
            message: "stopped".into(),
        }));
        app.update();
        app.update();
        let found = (*app.world().resource::<Closing>(), app.should_exit().is_some());
        assert_eq!(found, expected);
    }
}
