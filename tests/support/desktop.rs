//! A real window under Xvfb, driven with xdotool, watched through its event log and its pixels.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt, EventMask, ImageFormat};
use x11rb::rust_connection::RustConnection;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Whether an event is the one that is waited for.
type Wanted<'a> = &'a dyn Fn(&Value) -> bool;

/// Of the dashboard's window.
const TITLE: &str = "SSVAE Dashboard";
/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

// Where some controls stand in a window of 1280×800.
pub const EPOCHS_FIELD: [f64; 2] = [546.0, 704.0];
pub const START: [f64; 2] = [388.0, 594.0];
pub const STOP: [f64; 2] = [482.0, 594.0];
/// The class 5 in the legend.
pub const LEGEND_OF_5: [f64; 2] = [160.0, 220.0];
/// Nothing that the mouse changes.
pub const LEFT_PANEL: [f64; 2] = [120.0, 343.0];

/// A data folder and a checkpoint, as in the checkout.
pub fn copy_of_the_data(folder: &Path) -> Result<()> {
    let data = folder.join("data/mnist");
    let weights = folder.join("artifacts/checkpoints");
    std::fs::create_dir_all(&data)?;
    std::fs::create_dir_all(&weights)?;
    for name in [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ] {
        std::fs::copy(Path::new("data/mnist").join(name), data.join(name))?;
    }
    std::fs::copy("tests/fixtures/dense.ckpt", weights.join("ssvae.ckpt"))?;
    Ok(())
}

/// Sends a process a signal, such as `TERM`.
pub fn send_signal(process: u32, name: &str) -> Result<()> {
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
}

impl Desktop {
    pub fn start(size: &str) -> Result<Self> {
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
        })
    }

    /// Ends the server under all its windows.
    pub fn crash(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    pub fn display(&self) -> &str {
        &self.display
    }

    pub fn xdotool(&self, arguments: &[&str]) -> Result<()> {
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
    pub fn focus(&self) -> Result<()> {
        self.xdotool(&["search", "--name", TITLE, "windowfocus", "--sync"])
    }

    pub fn move_to(&self, [x, y]: [f64; 2]) -> Result<()> {
        self.xdotool(&["mousemove", &format!("{x:.0}"), &format!("{y:.0}")])?;
        std::thread::sleep(Duration::from_millis(150));
        Ok(())
    }

    pub fn click(&self, at: [f64; 2]) -> Result<()> {
        self.move_to(at)?;
        self.xdotool(&["mousedown", "1"])?;
        std::thread::sleep(Duration::from_millis(60));
        self.xdotool(&["mouseup", "1"])?;
        // Two clicks within the time of a double click would fit the view.
        std::thread::sleep(Duration::from_millis(500));
        Ok(())
    }

    pub fn key(&self, name: &str) -> Result<()> {
        self.xdotool(&["key", name])?;
        std::thread::sleep(Duration::from_millis(100));
        Ok(())
    }

    /// The dashboard's window, as the X server numbers it.
    pub fn window(&self) -> Result<u32> {
        let found = Command::new("xdotool")
            .env("DISPLAY", &self.display)
            .args(["search", "--name", TITLE])
            .output()?;
        let text = String::from_utf8(found.stdout)?;
        Ok(text.lines().next().ok_or("no such window")?.parse()?)
    }

    /// Sends what a window manager's close button sends.
    fn ask_to_close(&self) -> Result<()> {
        let window = self.window()?;
        let (connection, _) = RustConnection::connect(Some(&self.display))?;
        let atom = |name: &[u8]| -> Result<u32> { Ok(connection.intern_atom(false, name)?.reply()?.atom) };
        let data = [atom(b"WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom(b"WM_PROTOCOLS")?, data);
        connection
            .send_event(false, window, EventMask::NO_EVENT, message)?
            .check()?;
        Ok(())
    }

    /// RGB of the square of `2·reach + 1` pixels around a point, row-major.
    pub fn pixels(&self, [x, y]: [f64; 2], reach: u16) -> Result<Vec<[u8; 3]>> {
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
    pub fn open(desktop: &Desktop, folder: &Path) -> Result<Self> {
        Self::open_with(desktop, folder, &[])
    }

    pub fn open_with(desktop: &Desktop, folder: &Path, arguments: &[&str]) -> Result<Self> {
        Self::open_in(desktop, folder, arguments, &[])
    }

    /// With more in its environment.
    pub fn open_in(
        desktop: &Desktop,
        folder: &Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let log = folder.join("events.jsonl");
        let _ = std::fs::remove_file(&log);
        let session = folder.join("session.json");
        if !session.exists() {
            std::fs::write(session, r#"{"preferences":{"hints_read":true,"images":false}}"#)?;
        }
        let process = Command::new(env!("CARGO_BIN_EXE_ssvae"))
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
    pub fn opened(&mut self) -> Result<(Value, Value)> {
        let [view, ready] = self.wait_each([("view", &|_| true), ("ready", &|_| true)])?;
        Ok((view, ready))
    }

    /// Of the process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends it a signal, such as `TERM`.
    pub fn signal(&self, name: &str) -> Result<()> {
        send_signal(self.id(), name)
    }

    /// Waits for the program's end; its exit code, if it ended by itself.
    pub fn ended(&mut self) -> Result<Option<i32>> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.process.try_wait()? {
                return Ok(status.code());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err("it did not end".into())
    }

    /// What it has said on the standard error, driver and display aside.
    pub fn complaints(&self) -> String {
        let text = std::fs::read_to_string(self.log.with_file_name("stderr.txt")).unwrap_or_default();
        let ours = text.lines().filter(|line| line.starts_with("ssvae: "));
        ours.map(|line| format!("{line}\n")).collect()
    }

    pub fn events(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// The next event of this name after the ones that were waited for.
    pub fn wait(&mut self, name: &str) -> Result<Value> {
        self.wait_for(name, |_| true)
    }

    pub fn wait_for(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Result<Value> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let events = self.events();
            for (i, event) in events.iter().enumerate().skip(self.read) {
                if event["event"] == name && fits(event) {
                    self.read = i + 1;
                    return Ok(event.clone());
                }
            }
            if let Some(status) = self.process.try_wait()? {
                return Err(format!("the dashboard ended ({status}) while `{name}` was waited for").into());
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Err(format!("no `{name}` came; the log ends with {:?}", self.events().last()).into())
    }

    /// What [`Dashboard::wait_for`] gives for each of several events that come in any order.
    pub fn wait_each<const N: usize>(&mut self, wanted: [(&str, Wanted); N]) -> Result<[Value; N]> {
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
    pub fn nth(&self, name: &str, place: usize) -> Result<Value> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let events = self.events().into_iter();
            let mut named = events.filter(|event| event["event"] == name);
            if let Some(event) = named.nth(place) {
                return Ok(event);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("there are only {} `{name}`", self.count(name)).into())
    }

    /// How many events of this name there are.
    pub fn count(&self, name: &str) -> usize {
        self.events()
            .iter()
            .filter(|event| event["event"] == name)
            .count()
    }

    /// Ends the process at once, in the middle of whatever it does.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Closes the window as its close button does, and waits for the program's end.
    pub fn close(mut self, desktop: &Desktop) -> Result<()> {
        desktop.ask_to_close()?;
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.process.try_wait()? {
                return if status.success() {
                    Ok(())
                } else {
                    Err(format!("it ended with {status}").into())
                };
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err("the window did not close".into())
    }
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
