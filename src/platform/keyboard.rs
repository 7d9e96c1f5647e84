//! Pressed keys, named by the user's layout → commands → intents.

use bevy::ecs::system::SystemParam;
use bevy::input::keyboard::{Key, KeyCode, KeyboardFocusLost, KeyboardInput};
use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_egui::helpers::{bevy_to_egui_key, bevy_to_egui_physical_key};
use bevy_egui::{EguiContext, EguiInput, PrimaryEguiContext, egui};

use crate::bridge::{
    Closing, IntentSystems, KeyPressSystems, Latents, LoadedDataset, ModelState, PanelState, PendingOpen,
    Probe, TrainingRun, UserIntent,
};
use crate::cloud::PointFilter;
use crate::ui::KeyPress;
use crate::ui::commands::{self, CommandState, Focus};

/// Provides [`KeyPresses`].
pub struct KeyboardPlugin;

impl Plugin for KeyboardPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<KeyPresses>()
            .init_resource::<Held>()
            .add_systems(PreUpdate, follow)
            .add_systems(Update, press.in_set(KeyPressSystems).before(IntentSystems));
    }
}

/// Keys that went down in this step.
#[derive(Resource, Default, Debug)]
pub struct KeyPresses(pub Vec<KeyPress>);

/// Modifiers that are down.
#[derive(Resource, Default, Debug)]
struct Held {
    modifiers: egui::Modifiers,
    alt_graph: bool,
    super_key: bool,
}

/// Whether a key changes the meaning of others and does nothing by itself.
pub fn is_modifier(key: &Key) -> bool {
    matches!(
        key,
        Key::Control | Key::Shift | Key::Alt | Key::AltGraph | Key::Super | Key::Meta | Key::Hyper
    )
}

impl Held {
    fn follow(&mut self, input: &KeyboardInput) {
        let down = input.state.is_pressed();
        match input.logical_key {
            Key::Control => {
                self.modifiers.ctrl = down;
                self.modifiers.command = down;
            }
            Key::Shift => self.modifiers.shift = down,
            Key::Alt => self.modifiers.alt = down,
            Key::AltGraph => self.alt_graph = down,
            Key::Super | Key::Meta | Key::Hyper => self.super_key = down,
            _ => {}
        }
    }

    fn press(&self, input: &KeyboardInput) -> Option<KeyPress> {
        if !input.state.is_pressed() || self.alt_graph || self.super_key {
            return None;
        }
        let digit = digit(input);
        let named = bevy_to_egui_key(&input.logical_key);
        if digit.is_none() && moves_on_the_keypad(input) {
            return None;
        }
        Some(KeyPress {
            key: named.or(bevy_to_egui_physical_key(&input.key_code))?,
            digit,
            modifiers: self.modifiers,
            repeat: input.repeat,
        })
    }
}

/// Whether a keypad key moves a cursor or deletes, as without NumLock.
fn moves_on_the_keypad(input: &KeyboardInput) -> bool {
    use KeyCode::*;
    let pad = matches!(
        input.key_code,
        Numpad0
            | Numpad1
            | Numpad2
            | Numpad3
            | Numpad4
            | Numpad5
            | Numpad6
            | Numpad7
            | Numpad8
            | Numpad9
            | NumpadDecimal
    );
    pad && !matches!(input.logical_key, Key::Character(_))
}

/// The digit that a key types, or else its position in the digit row: French layouts type digits with Shift only.
fn digit(input: &KeyboardInput) -> Option<u8> {
    use KeyCode::*;
    const ROW: [KeyCode; 10] = [
        Digit0, Digit1, Digit2, Digit3, Digit4, Digit5, Digit6, Digit7, Digit8, Digit9,
    ];
    if let Key::Character(text) = &input.logical_key
        && let [digit @ b'0'..=b'9'] = text.as_bytes()
    {
        return Some(digit - b'0');
    }
    ROW.iter()
        .position(|key| *key == input.key_code)
        .map(|digit| digit as u8)
}

fn follow(
    mut inputs: MessageReader<KeyboardInput>,
    mut lost: MessageReader<KeyboardFocusLost>,
    mut held: ResMut<Held>,
    mut presses: ResMut<KeyPresses>,
) {
    presses.0.clear();
    if lost.read().count() > 0 {
        *held = Held::default();
    }
    for input in inputs.read() {
        held.follow(input);
        if !is_modifier(&input.logical_key) {
            presses.0.extend(held.press(input));
        }
    }
}

/// What commands need to know.
#[derive(SystemParam)]
struct CommandFacts<'w> {
    dataset: Res<'w, LoadedDataset>,
    latents: Res<'w, Latents>,
    model: Res<'w, ModelState>,
    run: Res<'w, TrainingRun>,
    probe: Res<'w, Probe>,
    filter: Res<'w, PointFilter>,
    to_open: Res<'w, PendingOpen>,
    closing: Res<'w, Closing>,
}

impl CommandFacts<'_> {
    fn state(&self) -> CommandState<'_> {
        CommandState {
            has_cloud: self.latents.snapshot.is_some(),
            has_model: self.model.architecture.is_some(),
            has_vectors: self.dataset.vectors().is_some(),
            run: self.run.state,
            ends: self.model.provenance.ends(),
            latent_dim: self.model.architecture.as_ref().map_or(2, |it| it.latent_dim),
            probe: self.probe.mode,
            filter: &self.filter.0,
            asks_to_open: self.to_open.0.is_some(),
            asks_to_close: self.closing.question().is_some(),
        }
    }
}

fn press(
    presses: Res<KeyPresses>,
    facts: CommandFacts,
    mut contexts: Query<(&mut EguiContext, &mut EguiInput), With<PrimaryEguiContext>>,
    mut panels: ResMut<PanelState>,
    mut messages: MessageWriter<UserIntent>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    if presses.0.is_empty() {
        return;
    }
    let Ok((mut context, mut input)) = contexts.single_mut() else {
        return;
    };
    let context = context.get_mut();
    let focus = Focus {
        typing: context.text_edit_focused(),
        control: context.memory(|memory| memory.focused().is_some()),
    };
    let mut intents = Vec::new();
    for press in &presses.0 {
        let panels = &mut panels.0;
        if commands::press(press, focus, &facts.state(), panels, &mut intents) {
            consume(&mut input.0.events);
            redraw.write(RequestRedraw);
        }
    }
    messages.write_batch(intents.into_iter().map(UserIntent));
}

/// Removes a key that triggered a command from egui's input.
fn consume(events: &mut Vec<egui::Event>) {
    events.retain(|event| match event {
        egui::Event::Key { pressed, .. } => !pressed,
        egui::Event::Text(_) | egui::Event::Copy | egui::Event::Cut => false,
        _ => true,
    });
}

#[cfg(test)]
pub(crate) mod tests {
    use bevy::input::ButtonState;

    use super::*;

    pub fn input(key_code: KeyCode, logical_key: Key, pressed: bool) -> KeyboardInput {
        KeyboardInput {
            key_code,
            logical_key,
            state: if pressed {
                ButtonState::Pressed
            } else {
                ButtonState::Released
            },
            text: None,
            repeat: false,
            window: Entity::PLACEHOLDER,
        }
    }

    fn character(key_code: KeyCode, text: &str) -> KeyboardInput {
        input(key_code, Key::Character(text.into()), true)
    }

    fn presses(
        inputs: impl IntoIterator<Item = KeyboardInput>,
    ) -> Vec<(egui::Key, Option<u8>, egui::Modifiers)> {
        let mut app = App::new();
        app.add_message::<KeyboardInput>()
            .add_message::<KeyboardFocusLost>()
            .init_resource::<KeyPresses>()
            .init_resource::<Held>()
            .add_systems(PreUpdate, follow);
        for input in inputs {
            app.world_mut().write_message(input);
        }
        app.update();
        let presses = &app.world().resource::<KeyPresses>().0;
        presses
            .iter()
            .map(|press| (press.key, press.digit, press.modifiers))
            .collect()
    }

    #[test]
    fn letters_go_by_name_and_digits_by_name_or_row() {
        let none = egui::Modifiers::NONE;
        let found = presses([
            // Dvorak has D where others have H, and E where others have D.
            character(KeyCode::KeyH, "d"),
            character(KeyCode::KeyD, "e"),
            // A French row of digits, and its keypad.
            character(KeyCode::Digit6, "-"),
            character(KeyCode::Digit2, "é"),
            character(KeyCode::Numpad3, "3"),
            // Cyrillic goes by place.
            character(KeyCode::KeyN, "т"),
        ]);
        let expected = [
            (egui::Key::D, None, none),
            (egui::Key::E, None, none),
            (egui::Key::Minus, Some(6), none),
            (egui::Key::Num2, Some(2), none),
            (egui::Key::Num3, Some(3), none),
            (egui::Key::N, None, none),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_keypad_without_numlock_super_and_altgr_are_no_labels() {
        for modifier in [Key::Super, Key::AltGraph] {
            let held = input(KeyCode::SuperLeft, modifier, true);
            assert_eq!(presses([held, character(KeyCode::Digit3, "3")]), []);
        }
        for (key_code, logical_key) in [
            (KeyCode::Numpad7, Key::Home),
            (KeyCode::NumpadDecimal, Key::Delete),
            (
                KeyCode::Numpad5,
                Key::Unidentified(bevy::input::keyboard::NativeKey::Unidentified),
            ),
        ] {
            assert_eq!(presses([input(key_code, logical_key, true)]), []);
        }
    }

    #[test]
    fn a_press_has_the_modifiers_of_its_moment() {
        let ctrl = egui::Modifiers::CTRL | egui::Modifiers::COMMAND;
        let found = presses([
            input(KeyCode::ControlLeft, Key::Control, true),
            character(KeyCode::Digit2, "2"),
            input(KeyCode::ControlLeft, Key::Control, false),
            character(KeyCode::Digit3, "3"),
        ]);
        assert_eq!(
            found,
            [
                (egui::Key::Num2, Some(2), ctrl),
                (egui::Key::Num3, Some(3), egui::Modifiers::NONE)
            ]
        );
    }
}
