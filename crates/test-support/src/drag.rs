//! A file manager from which a file is dragged onto the dashboard's window: the source's side of XDND 5
//! (freedesktop.org, Drag-and-Drop Protocol for the X Window System).

use std::path::Path;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, PropMode, SELECTION_NOTIFY_EVENT,
    SelectionNotifyEvent, SelectionRequestEvent, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::desktop::Desktop;
use crate::outcome::Outcome;
use crate::wait::wait_for;

const VERSION: u32 = 5;

struct Source {
    connection: RustConnection,
    target: u32,
}

/// Drops the file on the window, and waits until the window has taken it.
pub fn drop_file(desktop: &Desktop, path: &Path, [x, y]: [u32; 2]) -> Outcome {
    let (connection, screen) = RustConnection::connect(Some(desktop.display()))?;
    let root = connection.setup().roots[screen].root;
    let window = connection.generate_id()?;
    let aux = CreateWindowAux::new();
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &aux)?;
    let source = Source {
        connection,
        target: desktop.window()?,
    };
    let selection = source.atom("XdndSelection")?;
    let (uris, copy) = (source.atom("text/uri-list")?, source.atom("XdndActionCopy")?);
    source
        .connection
        .set_selection_owner(window, selection, x11rb::CURRENT_TIME)?;
    source.send("XdndEnter", [window, VERSION << 24, uris, 0, 0])?;
    let position = [window, 0, x << 16 | y, x11rb::CURRENT_TIME, copy];
    source.send("XdndPosition", position)?;

    let (status, finished) = (source.atom("XdndStatus")?, source.atom("XdndFinished")?);
    let (mut accepted, mut told) = (false, false);
    let look = || {
        while let Some(event) = source.connection.poll_for_event()? {
            match event {
                Event::SelectionRequest(request) => {
                    source.tell(&request, path)?;
                    told = true;
                }
                Event::ClientMessage(message) => {
                    let yes = message.data.as_data32()[1] & 1 == 1;
                    if message.type_ == status {
                        accepted |= yes;
                    } else if message.type_ == finished {
                        return Ok(Some(yes));
                    }
                }
                _ => {}
            }
            if accepted && std::mem::take(&mut told) {
                source.send("XdndDrop", [window, 0, x11rb::CURRENT_TIME, 0, 0])?;
            }
        }
        Ok(None)
    };
    if wait_for(look, || "nobody took the file".into())? {
        Ok(())
    } else {
        Err("the file was refused".into())
    }
}

impl Source {
    fn atom(&self, name: &str) -> Outcome<u32> {
        Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    }

    fn send(&self, name: &str, data: [u32; 5]) -> Outcome {
        let message = ClientMessageEvent::new(32, self.target, self.atom(name)?, data);
        self.connection
            .send_event(false, self.target, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    /// Says what is being dragged.
    fn tell(&self, request: &SelectionRequestEvent, path: &Path) -> Outcome {
        let uri = format!("file://{}\r\n", path.display());
        let (requestor, property, target) = (request.requestor, request.property, request.target);
        self.connection
            .change_property8(PropMode::REPLACE, requestor, property, target, uri.as_bytes())?;
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor,
            selection: request.selection,
            target,
            property,
        };
        self.connection
            .send_event(false, requestor, EventMask::NO_EVENT, answer)?
            .check()?;
        Ok(())
    }
}
