//! The keys of a frame in the order in which they were pressed, each with the modifiers that were down by then: a slow
//! frame may hold the press and the release of both.

use bevy::input::keyboard::{Key, KeyCode, KeyboardFocusLost, KeyboardInput};
use bevy::prelude::*;
use bevy_egui::helpers::{bevy_to_egui_key, bevy_to_egui_physical_key};
use bevy_egui::{EguiInput, EguiPreUpdateSet, PrimaryEguiContext, egui};

/// Keeps [`Presses`], and egui's modifiers right.
pub struct KeyboardPlugin;

impl Plugin for KeyboardPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Presses>()
            .init_resource::<Held>()
            .add_systems(
                PreUpdate,
                (follow, correct)
                    .chain()
                    .after(EguiPreUpdateSet::ProcessInput)
                    .before(EguiPreUpdateSet::BeginPass),
            );
    }
}

/// Keys that went down in this frame, and whether Ctrl, Alt or Super was down then.
#[derive(Resource, Default, Debug)]
pub struct Presses {
    keys: Vec<(KeyCode, egui::Modifiers)>,
    /// All keys that went down or up, as egui knows them.
    all: Vec<(egui::Key, bool, egui::Modifiers)>,
}

impl Presses {
    /// Those that went down by themselves, or with Shift.
    pub fn plain(&self) -> impl Iterator<Item = KeyCode> {
        let plain = |modifiers: &egui::Modifiers| !(modifiers.ctrl || modifiers.alt || modifiers.command);
        self.keys
            .iter()
            .filter(move |(_, modifiers)| plain(modifiers))
            .map(|(key, _)| *key)
    }
}

/// Modifiers that are down.
#[derive(Resource, Default)]
struct Held(egui::Modifiers);

impl Held {
    /// Returns whether the key is a modifier.
    fn take(&mut self, input: &KeyboardInput) -> bool {
        let down = input.state.is_pressed();
        let held = &mut self.0;
        match input.logical_key {
            Key::Control => {
                held.ctrl = down;
                held.command = down;
            }
            Key::Shift => held.shift = down,
            Key::Alt => held.alt = down,
            // It makes no shortcut here, and no text either.
            Key::Super => held.mac_cmd = down,
            _ => return false,
        }
        true
    }
}

fn follow(
    mut inputs: MessageReader<KeyboardInput>,
    mut lost: MessageReader<KeyboardFocusLost>,
    mut held: ResMut<Held>,
    mut presses: ResMut<Presses>,
) {
    presses.keys.clear();
    presses.all.clear();
    if lost.read().count() > 0 {
        held.0 = egui::Modifiers::NONE;
    }
    for input in inputs.read() {
        let modifier = held.take(input);
        let pressed = input.state.is_pressed();
        if !modifier && pressed && !input.repeat {
            presses.keys.push((input.key_code, held.0));
        }
        let key = bevy_to_egui_key(&input.logical_key).or(bevy_to_egui_physical_key(&input.key_code));
        presses.all.extend(key.map(|key| (key, pressed, held.0)));
    }
}

/// bevy_egui gives all events of a frame the modifiers of its end.
fn correct(presses: Res<Presses>, mut inputs: Query<&mut EguiInput, With<PrimaryEguiContext>>) {
    if presses.all.is_empty() {
        return;
    }
    for mut input in &mut inputs {
        let events = std::mem::take(&mut input.0.events);
        input.0.events = corrected(events, &presses.all);
    }
}

fn corrected(events: Vec<egui::Event>, keys: &[(egui::Key, bool, egui::Modifiers)]) -> Vec<egui::Event> {
    let mut keys = keys.iter();
    let mut correct = Vec::with_capacity(events.len());
    for mut event in events {
        if let egui::Event::Key {
            key,
            pressed,
            modifiers,
            ..
        } = &mut event
            && let Some((_, _, right)) = keys.find(|(other, down, _)| (other, down) == (&*key, &*pressed))
        {
            *modifiers = *right;
            // With Ctrl a key is no text.
            let text = matches!(correct.last(), Some(egui::Event::Text(_)));
            if text && *pressed && right.ctrl && !right.alt {
                correct.pop();
            }
        }
        correct.push(event);
    }
    correct
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Event, Key as EguiKey, Modifiers};

    fn key(key: EguiKey, pressed: bool, modifiers: Modifiers) -> Event {
        Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers,
        }
    }

    #[test]
    fn a_shortcut_within_one_slow_frame_keeps_its_modifier() {
        let none = Modifiers::NONE;
        let ctrl = Modifiers::CTRL | Modifiers::COMMAND;
        // Ctrl down, 2 down and up, Ctrl up, n down: seen at the end, when nothing is held any more.
        let seen = vec![
            Event::Text("2".into()),
            key(EguiKey::Num2, true, none),
            key(EguiKey::Num2, false, none),
            Event::Text("n".into()),
            key(EguiKey::N, true, none),
        ];
        let order = [
            (EguiKey::Num2, true, ctrl),
            (EguiKey::Num2, false, ctrl),
            (EguiKey::N, true, none),
        ];
        let expected = [
            key(EguiKey::Num2, true, ctrl),
            key(EguiKey::Num2, false, ctrl),
            Event::Text("n".into()),
            key(EguiKey::N, true, none),
        ];
        assert_eq!(corrected(seen, &order), expected);
    }

    #[test]
    fn digits_with_ctrl_are_no_labels() {
        let mut app = App::new();
        app.add_message::<KeyboardInput>()
            .add_message::<KeyboardFocusLost>()
            .init_resource::<Held>()
            .init_resource::<Presses>()
            .add_systems(Update, follow);
        let mut send = |key_code, logical_key, pressed| {
            app.world_mut().write_message(KeyboardInput {
                key_code,
                logical_key,
                state: if pressed {
                    bevy::input::ButtonState::Pressed
                } else {
                    bevy::input::ButtonState::Released
                },
                text: None,
                repeat: false,
                window: Entity::PLACEHOLDER,
            });
        };
        let two = || Key::Character("2".into());
        send(KeyCode::ControlLeft, Key::Control, true);
        send(KeyCode::Digit2, two(), true);
        send(KeyCode::Digit2, two(), false);
        send(KeyCode::ControlLeft, Key::Control, false);
        send(KeyCode::Digit3, Key::Character("3".into()), true);
        app.update();
        let plain: Vec<KeyCode> = app.world().resource::<Presses>().plain().collect();
        assert_eq!(plain, [KeyCode::Digit3]);
    }
}
