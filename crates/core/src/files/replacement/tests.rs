use std::fs::{self, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};

use super::*;
use crate::files::{FileError, Kind, write};

/// A file that begins with `ours`.
const OURS: Kind = Kind {
    what: "one of ours",
    recognises: |file| {
        let mut start = [0; 4];
        file.read_exact(&mut start)?;
        Ok(&start == b"ours")
    },
};

fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_is_not_ours_stays_and_is_named_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("thesis.docx");
    fs::write(&path, "three years of work").unwrap();
    let error = write(&path, &OURS, b"ours").unwrap_err();
    assert!(matches!(error, FileError::Foreign { .. }));
    let told = error.to_string();
    assert!(
        told.contains("thesis.docx: is not one of ours") && !told.contains('\n'),
        "{told}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), "three years of work");
    // It came while ours was written.
    let path = dir.path().join("b");
    let mut new = Replacement::begin(&path, &OURS).unwrap();
    new.write_all(b"ours, new").unwrap();
    fs::write(&path, "theirs").unwrap();
    assert!(new.finish().is_err());
    assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
    for (old, new) in [("", "ours 1"), ("ours 1", "ours 2")] {
        fs::write(&path, old).unwrap();
        write(&path, &OURS, new.as_bytes()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), new);
    }
    assert_eq!(entries(dir.path()), ["b", "thesis.docx"]);
}

#[test]
fn a_file_that_was_begun_and_dropped_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    drop(Replacement::begin(&dir.path().join("a"), &Kind::ANY).unwrap());
    assert_eq!(entries(dir.path()), [""; 0]);
    write(&dir.path().join("new/folder/a"), &Kind::NEW, b"x").unwrap();
    assert!(write(&dir.path().join("new/folder/a"), &Kind::NEW, b"y").is_err());
    let new = Replacement::begin(&dir.path().join("new/folder/a"), &Kind::ANY).unwrap();
    let error = new.finish_new().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read_to_string(dir.path().join("new/folder/a")).unwrap(), "x");
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_flushed_is_no_failure() {
    // A folder in /proc answers EINVAL, as do those of some network file systems.
    let folder = Path::new("/proc/self");
    let error = File::open(folder).unwrap().sync_all().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    flush_folder(folder).unwrap();
}

#[cfg(unix)]
mod unix {
    /// What another program puts there between the reading and the replacement stays.
    #[test]
    fn only_the_file_that_was_read_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "read").unwrap();
        let old = File::open(&path).unwrap();
        let begin = || {
            let mut new = Replacement::begin(&path, &Kind::ANY).unwrap();
            new.write_all(b"ours").unwrap();
            assert!(new.prepare_over(&old).unwrap());
            new
        };
        let placed = begin().finish_over(&old).unwrap().unwrap();
        assert!(placed.len() == 4 && fs::read_to_string(&path).unwrap() == "ours");
        let (new, other) = (begin(), dir.path().join("b"));
        fs::write(&other, "theirs").unwrap();
        fs::rename(&other, &path).unwrap();
        assert!(new.finish_over(&old).unwrap().is_none());
        assert_eq!(fs::read_to_string(&path).unwrap(), "theirs");
        assert_eq!(entries(dir.path()), ["a"]);
    }

    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links_are_followed_also_those_that_lead_nowhere_yet() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        fs::create_dir(at("real")).unwrap();
        symlink("real/later", at("inner")).unwrap();
        symlink("inner", at("link")).unwrap();
        for text in ["ours 1", "ours 2"] {
            write(&at("link"), &OURS, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(at("real/later")).unwrap(), text);
        }
        assert!(at("link").is_symlink() && at("inner").is_symlink());
        fs::write(at("real/later"), "theirs").unwrap();
        assert!(write(&at("link"), &OURS, b"ours").is_err());
        symlink("circle", at("circle")).unwrap();
        let told = write(&at("circle"), &Kind::ANY, b"x").unwrap_err().to_string();
        assert!(told.contains("circle: is a link that leads in circles"), "{told}");
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = dir.path().join("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = dir.path().join("null");
        symlink("/dev/null", &link).unwrap();
        for (path, found) in [
            (pipe.as_path(), "a named pipe"),
            (&socket, "a socket"),
            (&link, "a device"),
            (dir.path(), "a folder"),
        ] {
            let told = write(path, &Kind::ANY, b"x").unwrap_err().to_string();
            assert!(told.contains(found), "{told}");
        }
        assert!(fs::symlink_metadata(&pipe).is_ok_and(|found| !found.is_file()));
        assert_eq!(entries(dir.path()), ["null", "pipe", "socket"]);
    }

    #[test]
    fn a_file_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        for mode in [0o640, 0o664, 0o600, 0o604] {
            fs::write(&path, "x").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            write(&path, &Kind::ANY, b"y").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, mode);
            fs::remove_file(&path).unwrap();
        }
    }

    /// Writes the file by the test below, which is ignored by itself, in a process that `command` begins.
    fn write_by(command: &mut Command, path: &Path) -> Output {
        let test = "files::replacement::tests::unix::write_it_once";
        let arguments = ["--exact", "--ignored", "--nocapture", test];
        command
            .args(arguments)
            .env("SSVAE_TEST_PATH", path)
            .output()
            .unwrap()
    }

    /// This test's binary as another user of group 3000, as root may. A copy, since it may lie where nobody else can read.
    fn by_another_user(folder: &Path) -> Command {
        use std::os::unix::process::CommandExt;

        let program = folder.join("program");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new(program);
        command.uid(2003).gid(3000).current_dir("/");
        command
    }

    fn passed(output: &Output) {
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}{errors}"
        );
    }

    fn path_of_child() -> Option<PathBuf> {
        std::env::var_os("SSVAE_TEST_PATH").map(PathBuf::from)
    }

    #[test]
    #[ignore = "run by others of these tests, in a process of its own"]
    fn write_it_once() {
        if let Some(path) = path_of_child() {
            write(&path, &Kind::ANY, b"ours").unwrap();
        }
    }

    #[test]
    fn a_new_file_honours_the_umask() {
        let dir = tempfile::tempdir().unwrap();
        for (umask, mode) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
            let path = dir.path().join(umask);
            let mut command = Command::new("sh");
            command.args(["-c", &format!("umask {umask} && exec \"$0\" \"$@\"")]);
            command.arg(std::env::current_exe().unwrap());
            passed(&write_by(&mut command, &path));
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, mode, "{umask}");
        }
    }

    #[test]
    #[ignore = "only root may give files away; the scripts run it then"]
    fn a_file_of_a_group_stays_theirs_when_another_member_writes_it() {
        use std::os::unix::fs::chown;

        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        fs::write(&path, "Serial,label\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o664)).unwrap();
        chown(&path, Some(2002), Some(3000)).unwrap();
        chown(dir.path(), Some(2002), Some(3000)).unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o775)).unwrap();
        passed(&write_by(&mut by_another_user(dir.path()), &path));
        let now = fs::metadata(&path).unwrap();
        assert_eq!((now.uid(), now.gid(), now.mode() & 0o7777), (2002, 3000, 0o664));
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(entries(dir.path()), ["labels.csv", "program"]);
    }

    #[test]
    #[ignore = "mounts a file; the scripts run it where that is allowed"]
    fn a_file_that_is_a_mount_point_is_written_in_place() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "x").unwrap();
        let script = "mount --bind \"$SSVAE_TEST_PATH\" \"$SSVAE_TEST_PATH\" && exec \"$0\" \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["-rm", "sh", "-c", script]);
        command.arg(std::env::current_exe().unwrap());
        let output = write_by(&mut command, &path);
        passed(&output);
        assert_eq!(fs::read_to_string(&path).unwrap(), "ours");
        assert_eq!(entries(dir.path()), ["a"]);
    }

    #[test]
    fn a_protected_file_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        if OpenOptions::new().write(true).open(&path).is_err() {
            assert!(write(&path, &Kind::ANY, b"y").is_err());
            return;
        }
        // Root may write everything: another user tries it.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let output = write_by(&mut by_another_user(dir.path()), &path);
        assert!(!output.status.success(), "{output:?}");
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("1 failed"),
            "{output:?}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "x");
    }
}
