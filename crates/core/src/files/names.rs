//! Names of files that belong to another one.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Links that are followed, as many as Linux follows.
const LINKS: usize = 40;

/// The file that a path stands for: a link is followed, also one whose target does not exist yet.
pub fn target(path: &Path) -> PathBuf {
    let mut target = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&target) {
            Ok(link) => target = folder(&target).join(link),
            Err(_) => break,
        }
    }
    target
}

/// Whether two paths lead to one file that is there.
pub fn is_same_file(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// The folder that a file is in.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The file beside `path` whose name has `ending` in the place of the extension `own`, or after the whole name where it has
/// another one: `a.ckpt` and `lr0.001` have `a.json` and `lr0.001.json`.
pub fn beside(path: &Path, own: &str, ending: &str) -> PathBuf {
    let name = match path.extension() {
        Some(extension) if extension == own => path.file_stem(),
        _ => path.file_name(),
    };
    let mut name = name.unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// [`beside`], or the file that earlier versions wrote, which cut any name at its last dot: where it is there, the new one
/// is not, and neither is the one that it would belong to by now.
pub fn existing_beside(path: &Path, own: &str, ending: &str) -> PathBuf {
    let now = beside(path, own, ending);
    let owner = path.with_extension(own);
    let earlier = beside(&owner, own, ending);
    if earlier != path && !now.exists() && !owner.exists() && earlier.is_file() {
        earlier
    } else {
        now
    }
}

/// The first of `<name><ending>`, `<name>.2<ending>` and so on that does not exist.
pub fn free_name(path: &Path, ending: &str) -> PathBuf {
    let named = |number: String| {
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(number);
        name.push(ending);
        PathBuf::from(name)
    };
    let mut name = named(String::new());
    let mut numbers = 2_u32..;
    // A link that leads nowhere is something, too.
    while name.symlink_metadata().is_ok() {
        match numbers.next() {
            Some(number) => name = named(format!(".{number}")),
            None => break,
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_never_cut_at_a_dot_of_their_own() {
        let json = |path: &str| beside(Path::new(path), "ckpt", ".json");
        assert_eq!(json("x/ssvae.ckpt"), Path::new("x/ssvae.json"));
        assert_eq!(json("lr0.001.ckpt"), Path::new("lr0.001.json"));
        for other in ["lr0.001", "lr0.01", "m.json", "m.msgpack", ".ckpt"] {
            assert_eq!(json(other), Path::new(&format!("{other}.json")));
        }
    }

    #[test]
    fn what_an_earlier_version_wrote_is_found_unless_it_is_anothers() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        let settings = || existing_beside(&at("a.msgpack"), "ckpt", ".json");
        assert_eq!(settings(), at("a.msgpack.json"));
        fs::write(at("a.json"), "{}").unwrap();
        assert_eq!(settings(), at("a.json"));
        fs::write(at("a.ckpt"), "").unwrap();
        assert_eq!(settings(), at("a.msgpack.json"), "it is of a.ckpt");
    }

    #[test]
    fn a_free_name_takes_nothing_from_anybody() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("q.ckpt");
        assert_eq!(free_name(&path, ".bak"), dir.path().join("q.ckpt.bak"));
        fs::write(dir.path().join("q.ckpt.bak"), "mine").unwrap();
        fs::create_dir(dir.path().join("q.ckpt.2.bak")).unwrap();
        assert_eq!(free_name(&path, ".bak"), dir.path().join("q.ckpt.3.bak"));
    }
}
