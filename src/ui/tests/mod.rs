//! What each panel shows and sends, found by accessible name.

mod audit;
mod changes;
mod class_search;
mod keyboard;
mod many;
mod opening;
mod results;
mod sample;
mod snapshots;
mod training;
mod view;
mod window;

use egui::accesskit::Role;
use egui::{Context, Event, Key, LayerId, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::commands::{self, Focus};
use super::fixture::Fixture;
use super::keys::{KeyPress, digit};
use super::layout::{self, Viewport};
use super::{Intent, UiState, ViewModel, theme};
use crate::cloud::Ground;

/// What can be used.
const CONTROLS: [Role; 6] = [
    Role::Button,
    Role::CheckBox,
    Role::RadioButton,
    Role::Slider,
    Role::SpinButton,
    Role::TextInput,
];

fn described(node: &egui_kittest::Node) -> String {
    let own = node.accesskit_node();
    let children = node.children().map(|child| described(&child)).collect::<String>();
    format!("{:?} {:?} {:?};{children}", own.role(), own.label(), own.value())
}

/// What the app would own.
struct App {
    fixture: Fixture,
    ui_state: UiState,
    intents: Vec<Intent>,
    viewport: Option<Viewport>,
    typing: bool,
}

fn window(size: [f32; 2], fixture: Fixture) -> Harness<'static, App> {
    let mut ui_state = UiState::default();
    ui_state.preferences.hints_read = true;
    let app = App {
        fixture,
        ui_state,
        intents: Vec::new(),
        viewport: None,
        typing: false,
    };
    let mut themed = false;
    let mut window = Harness::builder()
        .with_size(size)
        .with_max_steps(40)
        .build_ui_state(
            move |ui, app: &mut App| {
                let ctx = ui.ctx().clone();
                if !themed {
                    theme::apply(&ctx);
                    themed = true;
                }
                // The app clears its window with it.
                let ground = theme::of(app.ui_state.preferences.ground == Ground::Dark).panel;
                ctx.layer_painter(LayerId::background())
                    .rect_filled(ctx.content_rect(), 0.0, ground);
                let lookup = |serial| app.fixture.lookup(serial);
                let view = app.fixture.view(&lookup);
                press(&ctx, &view, &mut app.ui_state, &mut app.intents);
                app.viewport = Some(layout::show(&ctx, &view, &mut app.ui_state, &mut app.intents));
                app.typing = ctx.text_edit_focused();
            },
            app,
        );
    window.run_steps(3);
    window
}

/// Does what the app does with the keys of a step.
fn press(ctx: &Context, view: &ViewModel, ui_state: &mut UiState, intents: &mut Vec<Intent>) {
    let focus = Focus {
        typing: ctx.text_edit_focused(),
        control: ctx.memory(|memory| memory.focused().is_some()),
    };
    let pressed = ctx
        .input(|input| input.events.clone())
        .into_iter()
        .filter_map(|event| match event {
            Event::Key {
                key,
                pressed: true,
                repeat,
                modifiers,
                ..
            } => Some(KeyPress {
                key,
                digit: digit(key),
                modifiers: Modifiers {
                    ctrl: modifiers.command,
                    ..modifiers
                },
                repeat,
            }),
            _ => None,
        });
    for key in pressed {
        if commands::press(&key, focus, &view.into(), ui_state, intents) {
            ctx.input_mut(|input| {
                input
                    .events
                    .retain(|event| !matches!(event, Event::Key { .. } | Event::Text(_)));
            });
        }
    }
}

fn dashboard(fixture: Fixture) -> Harness<'static, App> {
    window([1280.0, 800.0], fixture)
}

/// A window in which everything is seen without scrolling.
fn tall(fixture: Fixture) -> Harness<'static, App> {
    window([1280.0, 1500.0], fixture)
}

/// Clicks what has this name and returns what was sent.
fn click(window: &mut Harness<'_, App>, name: &str) -> Vec<Intent> {
    window.get_by_label(name).click();
    window.run_steps(3);
    std::mem::take(&mut window.state_mut().intents)
}

fn enabled(window: &Harness<'_, App>, name: &str) -> bool {
    !window.get_by_label(name).accesskit_node().is_disabled()
}

fn type_into(window: &mut Harness<'_, App>, name: &str, role: Role, text: &str) {
    window.get_by_role_and_label(role, name).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(1);
    window.event(Event::Text(text.to_owned()));
    window.run_steps(1);
}
