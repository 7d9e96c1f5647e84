//! A real window under Xvfb, driven with xdotool, watched through its event log and its pixels.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask, ImageFormat};
use x11rb::rust_connection::RustConnection;

use crate::outcome::Outcome;
use crate::wait::{pause, wait_for};

/// Whether an event is the one that is waited for.
type Wanted<'a> = &'a dyn Fn(&Value) -> bool;

/// Of the dashboard's window.
const TITLE: &str = "SSVAE Dashboard";

// Where some controls stand in a window of 1280×800.
/// Where the number of epochs is typed.
pub const EPOCHS_FIELD: [f64; 2] = [546.0, 704.0];
/// Starts a run.
pub const START: [f64; 2] = [388.0, 594.0];
/// Ends a run.
pub const STOP: [f64; 2] = [482.0, 594.0];
/// The class 5 in the legend.
pub const LEGEND_OF_5: [f64; 2] = [160.0, 220.0];
/// Nothing that the mouse changes.
pub const LEFT_PANEL: [f64; 2] = [120.0, 343.0];

/// Sends a process a signal, such as `TERM`.
pub fn send_signal(process: u32, name: &str) -> Outcome {
    let status = Command::new("kill")
        .args(["-s", name, &process.to_string()])
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("no signal {name} to {process}").into())
    }
}

/// Middle of the cloud's part of the window.
pub fn middle(view: &Value) -> Option<[f64; 2]> {
    let side = |i: usize| view["viewport"][i].as_f64();
    Some([side(0)? + side(2)? / 2.0, side(1)? + side(3)? / 2.0])
}

/// An X server without a screen, ended with the value.
pub struct Desktop {
    server: Child,
    display: String,
    /// The dashboard's binary.
    program: PathBuf,
}

impl Desktop {
    /// `program`: the dashboard's binary, which cargo names to integration tests alone (`CARGO_BIN_EXE_ssvae`). `size`:
    /// as in `1280x800`.
    pub fn start(program: &str, size: &str) -> Outcome<Self> {
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                // Without it the server starts anew when a window closes, and takes none meanwhile.
                "-noreset",
                "-nolisten",
                "tcp",
                "-screen",
                "0",
                &format!("{size}x24"),
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Xvfb: {error}; scripts/test.sh installs it"))?;
        let mut number = String::new();
        let output = server.stdout.take().ok_or("Xvfb has no output")?;
        BufReader::new(output).read_line(&mut number)?;
        Ok(Self {
            server,
            display: format!(":{}", number.trim()),
            program: program.into(),
        })
    }

    /// Ends the server under all its windows.
    pub fn crash(&mut self) -> Outcome {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// As in `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// Runs `xdotool` with these arguments on the desktop.
    pub fn xdotool(&self, arguments: &[&str]) -> Outcome {
        let status = Command::new("xdotool")
            .env("DISPLAY", &self.display)
            .args(arguments)
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("xdotool {arguments:?} failed").into())
        }
    }

    /// Gives the dashboard's window the keyboard.
    pub fn focus(&self) -> Outcome {
        self.xdotool(&["search", "--name", TITLE, "windowfocus", "--sync"])
    }

    /// Moves the mouse to a point, in pixels, and rests for a moment.
    pub fn move_to(&self, [x, y]: [f64; 2]) -> Outcome {
        self.xdotool(&["mousemove", &format!("{x:.0}"), &format!("{y:.0}")])?;
        pause(150);
        Ok(())
    }

    /// Clicks a point, in pixels.
    pub fn click(&self, at: [f64; 2]) -> Outcome {
        self.move_to(at)?;
        self.xdotool(&["mousedown", "1"])?;
        pause(60);
        self.xdotool(&["mouseup", "1"])?;
        // Two clicks within the time of a double click would fit the view.
        pause(500);
        Ok(())
    }

    /// Presses a key or a combination, as `xdotool` names it.
    pub fn key(&self, name: &str) -> Outcome {
        self.xdotool(&["key", name])?;
        pause(100);
        Ok(())
    }

    /// The dashboard's window, as the X server numbers it.
    pub fn window(&self) -> Outcome<u32> {
        let found = Command::new("xdotool")
            .env("DISPLAY", &self.display)
            .args(["search", "--name", TITLE])
            .output()?;
        let text = String::from_utf8(found.stdout)?;
        Ok(text.lines().next().ok_or("no such window")?.parse()?)
    }

    /// Sends what a window manager's close button sends.
    fn ask_to_close(&self) -> Outcome {
        let window = self.window()?;
        let (connection, _) = RustConnection::connect(Some(&self.display))?;
        let atom = |name: &[u8]| -> Outcome<u32> { Ok(connection.intern_atom(false, name)?.reply()?.atom) };
        let data = [atom(b"WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom(b"WM_PROTOCOLS")?, data);
        connection
            .send_event(false, window, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    /// RGB of the square of `2·reach + 1` pixels around a point, row-major.
    pub fn pixels(&self, [x, y]: [f64; 2], reach: u16) -> Outcome<Vec<[u8; 3]>> {
        let (connection, screen) = RustConnection::connect(Some(&self.display))?;
        let root = connection.setup().roots[screen].root;
        let side = 2 * reach + 1;
        let (left, top) = (x as i16 - reach as i16, y as i16 - reach as i16);
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, root, left, top, side, side, !0)?
            .reply()?;
        Ok(image
            .data
            .chunks_exact(4)
            .map(|pixel| [pixel[2], pixel[1], pixel[0]])
            .collect())
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The dashboard in a window of the desktop, and its event log.
pub struct Dashboard {
    process: Child,
    log: PathBuf,
    /// Lines of the log that have been waited past.
    read: usize,
}

impl Dashboard {
    /// `folder` holds `data/mnist` and `artifacts`; the log is begun anew.
    pub fn open(desktop: &Desktop, folder: &Path) -> Outcome<Self> {
        Self::open_with(desktop, folder, &[])
    }

    /// With more on its command line.
    pub fn open_with(desktop: &Desktop, folder: &Path, arguments: &[&str]) -> Outcome<Self> {
        Self::open_in(desktop, folder, arguments, &[])
    }

    /// With more in its environment.
    pub fn open_in(
        desktop: &Desktop,
        folder: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Outcome<Self> {
        let log = folder.join("events.jsonl");
        let _ = std::fs::remove_file(&log);
        let session = folder.join("session.json");
        if !session.exists() {
            std::fs::write(session, r#"{"preferences":{"hints_read":true,"images":false}}"#)?;
        }
        let process = Command::new(&desktop.program)
            .current_dir(folder)
            .env("DISPLAY", &desktop.display)
            .envs(environment.iter().copied())
            .args([
                "--backend",
                "cpu",
                "--events",
                "events.jsonl",
                "--session",
                "session.json",
            ])
            .args(arguments)
            .stderr(std::fs::File::create(folder.join("stderr.txt"))?)
            .spawn()?;
        Ok(Self {
            process,
            log,
            read: 0,
        })
    }

    /// The first view and the readiness of the cloud, which come in either order.
    pub fn opened(&mut self) -> Outcome<(Value, Value)> {
        let [view, ready] = self.wait_each([("view", &|_| true), ("ready", &|_| true)])?;
        Ok((view, ready))
    }

    /// Of the process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) -> Outcome {
        send_signal(self.id(), name)
    }

    /// Waits for the program's end; its exit code, if it ended by itself.
    pub fn ended(&mut self) -> Outcome<Option<i32>> {
        Ok(self.exit("it did not end")?.code())
    }

    fn exit(&mut self, missing: &str) -> Outcome<ExitStatus> {
        wait_for(|| Ok(self.process.try_wait()?), || missing.into())
    }

    /// What it has said on the standard error, driver and display aside.
    pub fn complaints(&self) -> String {
        let text = std::fs::read_to_string(self.log.with_file_name("stderr.txt")).unwrap_or_default();
        let ours = text.lines().filter(|line| line.starts_with("ssvae: "));
        ours.map(|line| format!("{line}\n")).collect()
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Value> {
        events(&self.log)
    }

    /// The next event of this name after the ones that were waited for.
    pub fn wait(&mut self, name: &str) -> Outcome<Value> {
        self.wait_for(name, |_| true)
    }

    /// The next event of this name that fits, after the ones that were waited for.
    pub fn wait_for(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Outcome<Value> {
        let Self { process, log, read } = self;
        let look = || {
            let found = events(log)
                .into_iter()
                .enumerate()
                .skip(*read)
                .find(|(_, event)| event["event"] == name && fits(event));
            if let Some((i, event)) = found {
                *read = i + 1;
                return Ok(Some(event));
            }
            match process.try_wait()? {
                Some(status) => {
                    Err(format!("the dashboard ended ({status}) while `{name}` was waited for").into())
                }
                None => Ok(None),
            }
        };
        let last = || events(log).last().map(Value::to_string).unwrap_or_default();
        wait_for(look, || format!("no `{name}` came; the log ends with {}", last()))
    }

    /// What [`Dashboard::wait_for`] gives for each of several events that come in any order.
    pub fn wait_each<const N: usize>(&mut self, wanted: [(&str, Wanted); N]) -> Outcome<[Value; N]> {
        let (before, mut after) = (self.read, self.read);
        let mut found = [const { Value::Null }; N];
        for (event, (name, fits)) in found.iter_mut().zip(wanted) {
            self.read = before;
            *event = self.wait_for(name, fits)?;
            after = after.max(self.read);
        }
        self.read = after;
        Ok(found)
    }

    /// The event of this name at a place among them, from 0.
    pub fn nth(&self, name: &str, place: usize) -> Outcome<Value> {
        let look = || {
            let events = self.events().into_iter();
            Ok(events.filter(|event| event["event"] == name).nth(place))
        };
        wait_for(look, || format!("there are only {} `{name}`", self.count(name)))
    }

    /// How many events of this name there are.
    pub fn count(&self, name: &str) -> usize {
        self.events()
            .iter()
            .filter(|event| event["event"] == name)
            .count()
    }

    /// Ends the process at once, in the middle of whatever it does.
    pub fn kill(&mut self) -> Outcome {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Closes the window as its close button does, and waits for the program's end.
    pub fn close(mut self, desktop: &Desktop) -> Outcome {
        desktop.ask_to_close()?;
        let status = self.exit("the window did not close")?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("it ended with {status}").into())
        }
    }
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What an event log holds so far.
fn events(log: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect()
}
