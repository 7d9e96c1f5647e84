//! A data folder, a labels file or a checkpoint that is dropped onto the window is opened, after a question.

use bevy::prelude::*;
use bevy::window::{FileDragAndDrop, RequestRedraw};

use crate::bridge::{IntentSystems, UserIntent};
use crate::ui::Intent;

pub struct FileDropPlugin;

impl Plugin for FileDropPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<FileDragAndDrop>()
            .add_systems(Update, receive.before(IntentSystems));
    }
}

fn receive(
    mut events: MessageReader<FileDragAndDrop>,
    mut intents: MessageWriter<UserIntent>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    for event in events.read() {
        if let FileDragAndDrop::DroppedFile { path_buf, .. } = event {
            intents.write(UserIntent(Intent::OpenPath(path_buf.clone())));
            redraw.write(RequestRedraw);
        }
    }
}
