//! What the window's start meets, and what it opens.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use ssvae_test_support::Outcome;
use ssvae_test_support::desktop::{Dashboard, Desktop};

use crate::make::{fifo, good};

/// All that is read beside images, labels and checkpoint is a FIFO, which nobody writes to; the window opens all the same, and
/// has no socket of the network.
#[test]
fn fifos_do_not_hold_the_window_up_and_it_opens_no_network_socket() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    good(folder)?;
    fs::create_dir_all(folder.join("artifacts/checkpoints"))?;
    fs::create_dir_all(folder.join("artifacts/runs"))?;
    let fifos = [
        "data/classes.csv",
        "data/labels.history.jsonl",
        "data/labels.unsure.csv",
        "data/labels.audit.csv",
        "data/labels.accuracy.csv",
        "artifacts/checkpoints/ssvae.json",
        "artifacts/checkpoints/ssvae.last.ckpt",
        "artifacts/runs/20260101T000000.json",
    ];
    for name in fifos {
        fifo(&folder.join(name))?;
    }
    let desktop = Desktop::start(env!("CARGO_BIN_EXE_ssvae"), "1000x700")?;
    let mut window = Dashboard::open_in(
        &desktop,
        folder,
        &["--data-dir", "data", "--size", "1000x700"],
        &[("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")],
    )?;
    let (_, ready) = window.opened()?;
    assert_eq!(ready["points"], crate::reader::SAMPLES);
    let sockets = sockets(window.id())?;
    assert!(!sockets.is_empty(), "the X server is reached by a socket");
    let network = network(window.id())?;
    let open: Vec<_> = sockets.intersection(&network).collect();
    assert!(open.is_empty(), "sockets of the network: {open:?}");
    for name in fifos {
        let kind = fs::symlink_metadata(folder.join(name))?.file_type();
        assert!(
            std::os::unix::fs::FileTypeExt::is_fifo(&kind),
            "{name} is another file now"
        );
    }
    Ok(())
}

/// The looking itself finds a socket of the network where there is one.
#[test]
fn a_network_socket_would_be_found() -> Outcome {
    let _held = std::net::UdpSocket::bind("127.0.0.1:0")?;
    let _listening = std::net::TcpListener::bind("127.0.0.1:0")?;
    let id = std::process::id();
    assert!(sockets(id)?.intersection(&network(id)?).count() >= 2);
    Ok(())
}

/// Inodes of the sockets that a process has open.
fn sockets(id: u32) -> Result<HashSet<String>, Box<dyn std::error::Error>> {
    let mut sockets = HashSet::new();
    for entry in fs::read_dir(format!("/proc/{id}/fd"))? {
        let Ok(target) = fs::read_link(entry?.path()) else {
            continue;
        };
        let inode = target
            .to_str()
            .and_then(|name| name.strip_prefix("socket:[")?.strip_suffix(']'));
        sockets.extend(inode.map(str::to_owned));
    }
    Ok(sockets)
}

/// Inodes of all sockets of the network in a process's name space.
fn network(id: u32) -> Result<HashSet<String>, Box<dyn std::error::Error>> {
    let mut inodes = HashSet::new();
    for table in [
        "tcp", "tcp6", "udp", "udp6", "udplite", "raw", "raw6", "icmp", "icmp6",
    ] {
        let path = format!("/proc/{id}/net/{table}");
        if Path::new(&path).exists() {
            let text = fs::read_to_string(&path)?;
            let column = |line: &str| line.split_whitespace().nth(9).map(str::to_owned);
            inodes.extend(text.lines().skip(1).filter_map(column));
        }
    }
    Ok(inodes)
}
