//! Notices that another program touched the labels file. It may not exist yet, so its folder is watched.

use std::path::Path;

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::file;

/// What happened to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    /// A program has written into it and not closed it yet, where the system tells when it does.
    Written,
    /// Who wrote it has closed it, or another file is in its place.
    Closed,
    Other,
}

/// Calls `touch` on the watcher's thread after anything that may have changed the file; `None` where the system
/// cannot watch its folder.
pub(super) fn watch(path: &Path, touch: impl Fn(Touch) + Send + 'static) -> Option<RecommendedWatcher> {
    let target = file::target(path);
    let names = [path, &target].map(|path| path.file_name().map(ToOwned::to_owned));
    let concerns = move |event: &notify::Event| {
        // Reading the file makes events too, ours included.
        let read =
            matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
        let ours = event
            .paths
            .iter()
            .any(|path| names.iter().any(|name| path.file_name() == name.as_deref()));
        event.need_rescan() || (ours && !read)
    };
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        Ok(event) if !concerns(&event) => {}
        Ok(event) => touch(match event.kind {
            EventKind::Modify(ModifyKind::Data(_)) if cfg!(target_os = "linux") => Touch::Written,
            EventKind::Access(_) | EventKind::Create(_) | EventKind::Remove(_) => Touch::Closed,
            EventKind::Modify(ModifyKind::Name(_)) => Touch::Closed,
            _ => Touch::Other,
        }),
        Err(_) => touch(Touch::Other),
    })
    .ok()?;
    watcher
        .watch(file::folder(path), RecursiveMode::NonRecursive)
        .ok()?;
    if file::folder(&target) != file::folder(path) {
        watcher
            .watch(file::folder(&target), RecursiveMode::NonRecursive)
            .ok()?;
    }
    Some(watcher)
}
