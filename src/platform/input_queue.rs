//! Processes input in order. One frame may bring many keys, clicks and wheel turns, after a stall or on a slow machine. Each
//! event is handed on alone, and panels, cloud, selection, labels and queue carry it out before the next one. So the result
//! does not depend on how events fall into frames, and each event meets the modifiers and the state of its own moment.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bevy::ecs::message::{Message, MessageCursor, MessageUpdateSystems};
use bevy::input::gestures::{DoubleTapGesture, PanGesture, PinchGesture, RotationGesture};
use bevy::input::keyboard::{KeyboardFocusLost, KeyboardInput};
use bevy::input::mouse::{MouseButtonInput, MouseMotion, MouseWheel};
use bevy::input::touch::TouchInput;
use bevy::prelude::*;
use bevy::time::TimeSystems;
use bevy::window::{
    CursorEntered, CursorLeft, CursorMoved, FileDragAndDrop, Ime, RequestRedraw, WindowEvent, WindowFocused,
};

use crate::bridge::{Awaited, FolderListing, InputReplaySystems, PendingIntents};
use crate::platform::keyboard::is_modifier;

/// After this time a frame is drawn even if more input waits.
const PATIENCE: Duration = Duration::from_millis(150);

pub struct InputQueuePlugin;

impl Plugin for InputQueuePlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<WindowEvent>()
            .add_message::<RequestRedraw>()
            .init_resource::<InputQueue>()
            .configure_sets(
                First,
                InputReplaySystems.after(MessageUpdateSystems).after(TimeSystems),
            )
            .add_systems(First, replay.in_set(InputReplaySystems));
    }
}

/// Events that have not been handed on yet.
#[derive(Resource, Default)]
struct InputQueue {
    waiting: VecDeque<WindowEvent>,
    cursor: MessageCursor<WindowEvent>,
}

/// Whether an event can trigger an action. Others are handed on together with the next one that can: of modifiers, mouse
/// moves and released keys only the last state matters.
fn acts(event: &WindowEvent) -> bool {
    match event {
        WindowEvent::KeyboardInput(input) => input.state.is_pressed() && !is_modifier(&input.logical_key),
        WindowEvent::CursorMoved(_)
        | WindowEvent::CursorEntered(_)
        | WindowEvent::CursorLeft(_)
        | WindowEvent::MouseMotion(_) => false,
        _ => true,
    }
}

impl InputQueue {
    /// Whether no waiting event triggers an action or changes the meaning of a key.
    fn is_done_with(&self) -> bool {
        let changes = |event: &WindowEvent| match event {
            WindowEvent::KeyboardInput(input) => input.state.is_pressed() || is_modifier(&input.logical_key),
            event => acts(event),
        };
        !self.waiting.iter().any(changes)
    }

    /// The next event that triggers an action, with those before it; wheel turns in a row go together.
    fn next(&mut self) -> Option<Vec<WindowEvent>> {
        let at = self.waiting.iter().position(acts)?;
        let wheel = |event: &WindowEvent| matches!(event, WindowEvent::MouseWheel(_));
        let run = self
            .waiting
            .iter()
            .skip(at)
            .take_while(|event| wheel(event))
            .count();
        Some(self.waiting.drain(..at + run.max(1)).collect())
    }
}

impl InputQueue {
    /// Events that were taken, and that wait again.
    fn put_back(&mut self, events: Vec<WindowEvent>) {
        for event in events.into_iter().rev() {
            self.waiting.push_front(event);
        }
    }
}

fn replay(world: &mut World) {
    take_over(world, false);
    if is_held(world) {
        return;
    }
    let began = Instant::now();
    // Whether the layout may have changed since the panels were drawn, so that a click could miss.
    let mut unsettled = false;
    loop {
        let mut queue = world.resource_mut::<InputQueue>();
        let Some(mut events) = queue.next() else { break };
        let clicks = events.last().is_some_and(is_click);
        let last = queue.is_done_with();
        if last && !clicks {
            // Keys and the wheel are carried out completely before the panels are drawn.
            events.extend(queue.waiting.drain(..));
        }
        if (unsettled && clicks) || is_pending(world) {
            step(world);
            if is_held(world) {
                world.resource_mut::<InputQueue>().put_back(events);
                return;
            }
        }
        hand_on(world, events);
        if last && !clicks {
            return;
        }
        step(world);
        unsettled = true;
        take_over(world, true);
        if is_held(world) {
            return;
        }
        if began.elapsed() > PATIENCE && !world.resource::<InputQueue>().is_done_with() {
            world.write_message(RequestRedraw);
            return;
        }
    }
    // The frame itself gets the rest, which triggers nothing, and shows the result.
    let rest = world.resource_mut::<InputQueue>().waiting.drain(..).collect();
    hand_on(world, rest);
}

/// Whether the panels may answer an event with an intent, which is carried out after they are drawn.
fn is_click(event: &WindowEvent) -> bool {
    !matches!(event, WindowEvent::KeyboardInput(_) | WindowEvent::MouseWheel(_))
}

/// Whether input waits: for a ranking, or for a folder to be read.
fn is_held(world: &World) -> bool {
    let listing = world.get_resource::<FolderListing>();
    world.get_resource::<Awaited>().is_some_and(Awaited::is_on)
        || listing.is_some_and(FolderListing::is_awaited)
}

fn is_pending(world: &World) -> bool {
    world
        .get_resource::<PendingIntents>()
        .is_some_and(|pending| pending.0)
}

/// Runs all schedules of a frame except drawing.
fn step(world: &mut World) {
    // Tests may lack some of these schedules.
    let _ = world.try_run_schedule(PreUpdate);
    let _ = world.try_run_schedule(Update);
    let _ = world.try_run_schedule(PostUpdate);
    let _ = world.try_run_schedule(Last);
}

/// Takes over new events, in front of (`ahead`) or behind the waiting ones.
fn take_over(world: &mut World, ahead: bool) {
    world.resource_scope(|world, mut queue: Mut<InputQueue>| {
        let Some(mut messages) = world.get_resource_mut::<Messages<WindowEvent>>() else {
            return;
        };
        let new: Vec<WindowEvent> = queue.cursor.read(&messages).cloned().collect();
        if new.is_empty() {
            return;
        }
        messages.clear();
        let (input, other): (Vec<_>, Vec<_>) = new.into_iter().partition(is_input);
        messages.write_batch(other);
        queue.cursor.clear(&messages);
        forget_input(world);
        if ahead {
            for event in input.into_iter().rev() {
                queue.waiting.push_front(event);
            }
        } else {
            queue.waiting.extend(input);
        }
    });
}

macro_rules! kinds_of_input {
    ($($kind:ident: $message:ty),* $(,)?) => {
        fn is_input(event: &WindowEvent) -> bool {
            matches!(event, $(WindowEvent::$kind(_))|*)
        }

        /// Removes input, which is handed on later in its order.
        fn forget_input(world: &mut World) {
            $(if let Some(mut messages) = world.get_resource_mut::<Messages<$message>>() {
                messages.clear();
            })*
        }

        /// Writes events both as `WindowEvent`s and as messages of their own types, as Bevy does.
        fn hand_on(world: &mut World, events: Vec<WindowEvent>) {
            for event in &events {
                match event {
                    $(WindowEvent::$kind(message) => write(world, message.clone()),)*
                    _ => {}
                }
            }
            world.resource_scope(|world, mut queue: Mut<InputQueue>| {
                if let Some(mut messages) = world.get_resource_mut::<Messages<WindowEvent>>() {
                    messages.write_batch(events);
                    queue.cursor.clear(&messages);
                }
            });
        }
    };
}

kinds_of_input! {
    KeyboardInput: KeyboardInput,
    KeyboardFocusLost: KeyboardFocusLost,
    MouseButtonInput: MouseButtonInput,
    MouseMotion: MouseMotion,
    MouseWheel: MouseWheel,
    CursorMoved: CursorMoved,
    CursorEntered: CursorEntered,
    CursorLeft: CursorLeft,
    Ime: Ime,
    FileDragAndDrop: FileDragAndDrop,
    TouchInput: TouchInput,
    PinchGesture: PinchGesture,
    RotationGesture: RotationGesture,
    DoubleTapGesture: DoubleTapGesture,
    PanGesture: PanGesture,
    WindowFocused: WindowFocused,
}

fn write<M: Message>(world: &mut World, message: M) {
    if let Some(mut messages) = world.get_resource_mut::<Messages<M>>() {
        messages.write(message);
    }
}

#[cfg(test)]
mod tests {
    use bevy::input::keyboard::{Key, KeyCode};

    use super::super::keyboard::tests::input;
    use super::*;
    use crate::bench::cloud::mouse::wheel;

    fn key(logical_key: Key, pressed: bool) -> WindowEvent {
        WindowEvent::KeyboardInput(input(KeyCode::KeyA, logical_key, pressed))
    }

    fn typed(character: &str, pressed: bool) -> WindowEvent {
        key(Key::Character(character.into()), pressed)
    }

    /// What each step of a frame was handed, as the keys that went down in it and the turns of the wheel.
    #[derive(Resource, Default)]
    struct Steps(Vec<String>);

    fn note(
        mut keys: MessageReader<KeyboardInput>,
        mut wheels: MessageReader<MouseWheel>,
        mut steps: ResMut<Steps>,
    ) {
        let mut line = String::new();
        for input in keys.read() {
            let sign = if input.state.is_pressed() { '+' } else { '-' };
            line.push(sign);
            match &input.logical_key {
                Key::Character(character) => line.push_str(character),
                other => line.push_str(&format!("{other:?}")),
            }
        }
        line.push_str(&"w".repeat(wheels.read().count()));
        steps.0.push(line);
    }

    #[test]
    fn each_key_of_a_frame_has_a_step_of_its_own_and_the_modifiers_of_its_moment() {
        let mut app = App::new();
        app.add_message::<KeyboardInput>()
            .add_message::<MouseWheel>()
            .init_resource::<Steps>()
            .init_schedule(First)
            .add_plugins(InputQueuePlugin)
            .add_systems(Update, note);
        let events = [
            typed("n", true),
            typed("n", false),
            key(Key::Control, true),
            typed("a", true),
            typed("a", false),
            key(Key::Control, false),
            typed("7", true),
            wheel(1.0),
            wheel(1.0),
        ];
        for event in events {
            match &event {
                WindowEvent::KeyboardInput(input) => {
                    app.world_mut().write_message(input.clone());
                }
                WindowEvent::MouseWheel(wheel) => {
                    app.world_mut().write_message(*wheel);
                }
                _ => {}
            }
            app.world_mut().write_message(event);
        }
        app.update();
        app.update();
        let steps = std::mem::take(&mut app.world_mut().resource_mut::<Steps>().0);
        // The last entry is the frame itself.
        assert_eq!(steps, ["+n", "-n+Control+a", "-a-Control+7", "ww", ""]);
    }
}
