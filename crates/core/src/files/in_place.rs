//! Writing into a file that cannot be replaced by another one: its owner or group would be lost, or it is a mount point.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Seek};
use std::path::{Path, PathBuf};

use super::flush::flush_folder;
use super::names::{folder, free_name, target};

const ENDING: &str = ".before-write";

/// Writes what `new` holds into `target`. What stood there lies beside it, on the disk, until the new content is there in
/// full; it is put back where that fails.
pub(super) fn write(target: &Path, new: &mut File) -> io::Result<Metadata> {
    let mut file = OpenOptions::new().read(true).write(true).open(target)?;
    let (backup, mut old) = back_up(target, &mut file)?;
    if let Err(error) = fill(&mut file, new) {
        // What was there before had room.
        if fill(&mut file, &mut old).is_ok() {
            let _ = fs::remove_file(&backup);
            return Err(error);
        }
        let backup = backup.display();
        return Err(io::Error::new(
            error.kind(),
            format!("{error}; what it held before is in {backup}"),
        ));
    }
    fs::remove_file(&backup)?;
    flush_folder(folder(target))?;
    file.metadata()
}

/// What a file held before it was written in place and the program or the system ended meanwhile.
pub fn interrupted(path: &Path) -> Option<PathBuf> {
    let mut name = target(path).into_os_string();
    name.push(ENDING);
    Some(PathBuf::from(name)).filter(|name| name.is_file())
}

fn back_up(target: &Path, file: &mut File) -> io::Result<(PathBuf, File)> {
    let path = free_name(target, ENDING);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        // Nobody sees more of it than of the file itself.
        options.mode(file.metadata()?.permissions().mode() & 0o700);
    }
    let mut backup = options.open(&path)?;
    let copied = io::copy(file, &mut backup)
        .and_then(|_| backup.sync_all())
        .and_then(|()| flush_folder(folder(target)));
    match copied {
        Ok(()) => Ok((path, backup)),
        Err(error) => {
            let _ = fs::remove_file(&path);
            Err(error)
        }
    }
}

fn fill(file: &mut File, from: &mut File) -> io::Result<()> {
    file.rewind()?;
    from.rewind()?;
    let length = io::copy(from, file)?;
    file.set_len(length)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_stays_the_same_one_and_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        for (old, text) in [("long, and longer", "short"), ("", "more"), ("x", "")] {
            fs::write(&path, old).unwrap();
            let mut other = File::open(&path).unwrap();
            let mut new = tempfile::tempfile().unwrap();
            io::Write::write_all(&mut new, text.as_bytes()).unwrap();
            write(&path, &mut new).unwrap();
            assert_eq!(
                io::read_to_string(&mut other).unwrap(),
                text,
                "through an old handle"
            );
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn what_stood_there_is_put_back_where_there_is_no_room() {
        // A file that cannot be read fails as one does that has no room.
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let mut new = File::create(dir.path().join("unreadable")).unwrap();
        assert!(write(&path, &mut new).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(interrupted(&path), None);
        fs::write(dir.path().join("a.csv.before-write"), "older").unwrap();
        assert_eq!(interrupted(&path), Some(dir.path().join("a.csv.before-write")));
        assert!(write(&path, &mut new).is_err());
        let kept = fs::read_to_string(dir.path().join("a.csv.before-write")).unwrap();
        assert_eq!(kept, "older");
    }
}
