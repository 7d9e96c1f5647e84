//! The window without a screen: what the tests of the bridge have in common.

mod audit;
mod closing;
mod comparison;
mod input;
mod labels;
mod map;
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
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::bench::cloud::mouse::{left, moved};
use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::doubts::Doubts;
use crate::bridge::labels::state::{LabelFile, UserLabels};
use crate::bridge::learning::state::Learning;
use crate::bridge::model::comparison::state::Comparison;
use crate::bridge::model::latents::Latents;
use crate::bridge::panels::closing::Closing;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::open_target::{OpenTarget, PendingOpen};
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::reopening::RestartArguments;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::queue::state::Awaited;
use crate::bridge::samples::sample_query::SampleQuery;
use crate::bridge::start::{Start, Wake};
use crate::bridge::worker::link::WorkerLink;
use crate::cli::Cli;
use crate::cloud::ColorMode;
use crate::cloud::{Chosen, CloudView, Selected};
use crate::cloud::{Departures, Transition};
use crate::platform::keyboard::tests::input;
use crate::ui::{AtClose, Cause, Close, FeedbackKind, Intent, StateName};
use ssvae_core::acquisition::Order;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::labels::Change;
use ssvae_core::model::config::Architecture;
use ssvae_core::outputs::clouds::{Cloud, cloud_path, write};
use ssvae_core::training::message::{Command, Event, LatentSnapshot, RunStatus};
use ssvae_core::training::record::Stored;
use ssvae_test_support::idx;

const COUNT: usize = 40;
/// Between two frames that nobody has asked for.
const PICTURE: Duration = Duration::from_millis(20);
/// How long another thread may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
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

/// A data folder of so many grey images of two by two pixels.
fn write_images(folder: &Path) {
    write_pixels(folder, |i| (i * 37 % 251) as u8);
}

fn write_pixels(folder: &Path, pixel: impl Fn(usize) -> u8) {
    let pixels: Vec<u8> = (0..COUNT * 4).map(pixel).collect();
    let images = idx(&[COUNT as u32, 2, 2], &pixels);
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

/// The worker's end of the channels.
#[derive(Resource)]
struct Worker {
    events: Sender<Event>,
    commands: Receiver<Command>,
}

/// Hears the threads that wake the window.
#[derive(Resource)]
struct Woken(Receiver<()>);

/// Hands an event over as the worker does.
fn tell(app: &App, event: Event) {
    app.world().resource::<Worker>().events.send(event).unwrap();
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
    let ((commands, sent), (event_sender, events)) = (unbounded(), unbounded());
    let (wake, woken) = bounded(1);
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
    .insert_resource(WorkerLink::new(commands, events))
    .insert_resource(Worker {
        events: event_sender,
        commands: sent,
    })
    .insert_resource(Wake(Arc::new(move |_| {
        let _ = wake.try_send(());
    })))
    .insert_resource(Woken(woken))
    .insert_resource(Start {
        options: Cli::try_parse_from(line).unwrap().window.into(),
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
        tell(&app, event);
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

/// The window's next frame: once another thread has woken it, or has not for the time of a picture.
fn next_frame(app: &mut App) {
    let _ = app.world().resource::<Woken>().0.recv_timeout(PICTURE);
    app.update();
}

/// Draws until it is so; otherwise `missing` says what is missing.
fn until(app: &mut App, missing: &str, holds: impl Fn(&App) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !holds(app) {
        assert!(Instant::now() < end, "{missing}");
        next_frame(app);
    }
}

/// Waits until all labels are on the disk, without drawing.
fn wait_for_the_disk(app: &App) {
    let labels = &app.world().resource::<LabelFile>().0;
    let audit = app.world().get_resource::<Audit>();
    let end = Instant::now() + PATIENCE;
    while labels.pending() + audit.map_or(0, Audit::pending) > 0 {
        assert!(Instant::now() < end, "labels are not saved");
        let _ = app.world().resource::<Woken>().0.recv_timeout(PICTURE);
    }
}

/// Carries out what the panels ask for.
fn ask(app: &mut App, intent: Intent) {
    app.world_mut().write_message(UserIntent(intent));
    app.update();
    app.update();
}

/// Carries out what the panels ask for, and waits until it is so.
fn ask_until(app: &mut App, intent: Intent, done: impl Fn(&App) -> bool) {
    app.world_mut().write_message(UserIntent(intent));
    app.update();
    until(app, "nothing comes of it", done);
    // One frame more, for what follows from it.
    app.update();
}

fn press(app: &mut App, window: Entity, code: KeyCode, name: &str) {
    letter(code, name)
        .into_iter()
        .for_each(|event| send(app.world_mut(), window, event));
}
