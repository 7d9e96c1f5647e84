//! The loop's first half by ear: what a screen reader hears of the real window over AT-SPI, and what it can do there.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use pollster::block_on;
use ssvae_test_support::desktop::{Dashboard, Desktop};
use ssvae_test_support::{Outcome, copy_of_the_data, wait_for};

/// The program, which cargo names to integration tests alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, Proxy, connection::Builder};

const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

// AtspiRole, as atspi-constants.h numbers them.
const FRAME: u32 = 23;
/// Check boxes, buttons, radio buttons, sliders, spin buttons, toggle buttons and entries.
const CONTROLS: [u32; 7] = [7, 43, 44, 51, 52, 62, 79];

/// A session of its own, in which somebody listens.
struct Session {
    daemon: Child,
    address: String,
}

impl Session {
    fn start(folder: &Path) -> Outcome<Self> {
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            // Where the bus of the screen readers lies.
            .env("XDG_RUNTIME_DIR", folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("dbus-daemon: {error}; scripts/test.sh installs it"))?;
        let mut address = String::new();
        let output = daemon.stdout.take().ok_or("the bus has no output")?;
        BufReader::new(output).read_line(&mut address)?;
        let address = address.trim().to_owned();
        Ok(Self { daemon, address })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// Something in the window, as a screen reader knows it.
#[derive(Clone, Debug)]
struct Node {
    bus: String,
    path: OwnedObjectPath,
    role: u32,
    name: String,
}

/// A screen reader without a voice.
struct Reader(Connection);

impl Reader {
    /// Says that it listens, and connects to where the windows speak.
    async fn new(session: &str) -> Outcome<Self> {
        let session = Builder::address(session)?.build().await?;
        let status = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Status").await?;
        status.set_property("ScreenReaderEnabled", true).await?;
        let bus = Proxy::new(&session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus").await?;
        let address: String = bus.call("GetAddress", &()).await?;
        Ok(Self(Builder::address(address.as_str())?.build().await?))
    }

    async fn call<T>(&self, node: (&str, &str), interface: &str, method: &str) -> zbus::Result<T>
    where
        T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        let (bus, path) = node;
        Proxy::new(&self.0, bus, path, interface)
            .await?
            .call(method, &())
            .await
    }

    async fn node(&self, (bus, path): (String, OwnedObjectPath)) -> zbus::Result<Node> {
        let proxy = Proxy::new(&self.0, bus.clone(), path.clone(), ACCESSIBLE).await?;
        let role = proxy.call("GetRole", &()).await?;
        let name: OwnedValue = proxy.get_property("Name").await?;
        let name = match &*name {
            Value::Str(name) => name.to_string(),
            _ => String::new(),
        };
        Ok(Node {
            bus,
            path,
            role,
            name,
        })
    }

    /// Everything that there is to hear, in order.
    async fn all(&self) -> zbus::Result<Vec<Node>> {
        let root = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root");
        let mut open: Vec<(String, OwnedObjectPath)> = self.call(root, ACCESSIBLE, "GetChildren").await?;
        let mut found = Vec::new();
        while let Some(next) = open.pop() {
            let node = self.node(next).await?;
            let children: Vec<(String, OwnedObjectPath)> = self
                .call((&node.bus, node.path.as_str()), ACCESSIBLE, "GetChildren")
                .await?;
            open.extend(children.into_iter().rev());
            found.push(node);
        }
        Ok(found)
    }

    /// What is heard once something of this name is there.
    fn heard(&self, name: &str) -> Outcome<(Vec<Node>, Node)> {
        // What goes while it is looked at is no error.
        let hear = || block_on(self.all()).unwrap_or_default();
        let look = || {
            let all = hear();
            let node = all.iter().find(|node| node.name.starts_with(name)).cloned();
            Ok(node.map(|node| (all, node)))
        };
        wait_for(look, || {
            let names: Vec<String> = hear().into_iter().map(|node| node.name).collect();
            format!("{name:?} was not heard in {names:?}")
        })
    }

    fn press(&self, node: &Node) -> Outcome {
        block_on(async {
            let action = Proxy::new(
                &self.0,
                node.bus.as_str(),
                node.path.as_str(),
                "org.a11y.atspi.Action",
            );
            let done: bool = action.await?.call("DoAction", &(0_i32,)).await?;
            if done {
                Ok(())
            } else {
                Err(format!("{:?} cannot be pressed", node.name).into())
            }
        })
    }
}

#[test]
fn a_screen_reader_hears_every_control_and_labels_a_sample() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let session = Session::start(folder)?;
    let reader = block_on(Reader::new(&session.address))?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let environment = [("DBUS_SESSION_BUS_ADDRESS", session.address.as_str())];
    let mut window = Dashboard::open_in(&desktop, folder, &[], &environment)?;
    window.opened()?;

    let (all, sample) = reader.heard("Go to ")?;
    let frame = all.iter().find(|node| node.role == FRAME);
    assert_eq!(
        frame.map(|node| node.name.as_str()),
        Some("mnist – SSVAE Dashboard")
    );
    let controls: Vec<&Node> = all.iter().filter(|node| CONTROLS.contains(&node.role)).collect();
    assert!(controls.len() > 60, "{} controls", controls.len());
    for control in controls {
        assert!(!control.name.is_empty(), "{control:?} has no name");
    }

    // Nobody moves the mouse and no frame is due: what the reader asks for comes through all the same.
    reader.press(&sample)?;
    let serial = window.wait("selected")?["serial"].as_u64().ok_or("no serial")?;
    assert!(
        sample.name.starts_with(&format!("Go to {serial}:")),
        "{sample:?}, not {serial}"
    );
    let (_, label) = reader.heard("Label 3")?;
    reader.press(&label)?;
    assert_eq!(window.wait("labelled")?["saved"], true);
    let rows = std::fs::read_to_string(folder.join("data/mnist/labels.csv"))?;
    assert_eq!(rows.lines().nth(1), Some(format!("{serial},3").as_str()));
    reader.heard("1 of 60,000 labelled")?;
    window.close(&desktop)
}
