//! The session file. Layout, colours, filter and view are restored at the next start; the file is written when something has
//! changed and at the end.
//!
//! It lies in the platform's folder for settings, or where `--session` says; a file that cannot be read is
//! ignored, since it holds nothing but settings.

#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use bevy::prelude::*;
use serde::{Deserialize, Serialize};

use crate::bridge::{
    Acquisition, ExitTask, ExitTasks, PanelState, QueueOrder, RecentlyOpened, SampleMap, Start,
};
use crate::cloud::CloudDimension;
use crate::cloud::{CloudView, ColorMode, PointFilter};
use crate::cloud::{Fit, Pose};
use crate::ui::{DigitKeys, Preferences};
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::active_learning::Basis;
use ssvae_core::files::{self, FileError, Kind, has_keys};
use ssvae_core::filter::Filter;
use ssvae_core::input;
use ssvae_core::map::LayoutChoice;

/// Existing files that `--session` may name.
pub const SESSION: Kind = Kind {
    what: "a session of this program",
    recognises: |file| has_keys(file, &["preferences"]),
};
/// Largest file that is read, in bytes; a session takes about a hundredth of it.
const LARGEST: u64 = 1 << 20;

/// Changes are collected for this long before they are written.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the last write may take.
const FAREWELL: Duration = Duration::from_secs(5);

/// What is restored at the next start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    preferences: Preferences,
    mode: ColorMode,
    order: Order,
    strategy: Strategy,
    basis: Basis,
    layout: LayoutChoice,
    recent: RecentlyOpened,
    /// Which classes the digits label, where it is not the first ten; the newest first.
    digits: Vec<Digits>,
    /// Settings that belong to the last data set.
    place: Option<Place>,
}

/// Which classes the digits label in a data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Digits {
    data_dir: PathBuf,
    keys: DigitKeys,
}

/// Data sets whose digits are kept.
const DATA_SETS: usize = 50;

/// Filter and view of a data set's cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    data_dir: PathBuf,
    weights: PathBuf,
    filter: Filter,
    /// Middle of the canvas in two dimensions and latent units per pixel, where the user has moved the view.
    view: Option<([f32; 2], f32)>,
}

/// The file, and what is in it.
#[derive(Resource)]
struct SessionFile {
    path: PathBuf,
    kind: &'static Kind,
    /// Absolute paths of this start.
    data_dir: PathBuf,
    weights: PathBuf,
    session: Session,
    changed: Option<Instant>,
    /// The session that is not on the disk yet.
    unwritten: Unwritten,
}

type Unwritten = Arc<Waiting>;

#[derive(Default)]
struct Waiting {
    /// The newest one.
    session: Mutex<Option<Session>>,
    /// Held by the writing thread.
    disk: Mutex<()>,
}

/// Notes what has changed, in `Last`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionFileSystems;

pub struct SessionFilePlugin;

impl Plugin for SessionFilePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, read_session).add_systems(
            Last,
            note_changes
                .run_if(resource_exists::<SessionFile>)
                .in_set(SessionFileSystems),
        );
    }
}

/// Where the session is stored by default.
fn usual_path() -> Option<PathBuf> {
    Some(dirs::config_dir()?.join("ssvae-dashboard/session.json"))
}

fn read_session(
    mut commands: Commands,
    (start, exit_tasks): (Res<Start>, Res<ExitTasks>),
    mut recent: ResMut<RecentlyOpened>,
    mut panels: ResMut<PanelState>,
    mut mode: ResMut<ColorMode>,
    mut order: ResMut<QueueOrder>,
    (mut acquisition, mut map): (ResMut<Acquisition>, ResMut<SampleMap>),
    mut filter: ResMut<PointFilter>,
    mut fit: ResMut<Fit>,
) {
    let options = &start.options;
    // A screenshot depends on its options alone.
    let usual = || options.screenshot.is_none().then(usual_path).flatten();
    let Some(path) = options.session.clone().or_else(usual) else {
        panels.0.preferences.hints_read = true;
        return;
    };
    let session = read(&path);
    panels.0.preferences = session.preferences.clone();
    *mode = session.mode;
    order.0 = session.order;
    *acquisition = Acquisition {
        strategy: session.strategy,
        basis: session.basis,
    };
    map.layout = session.layout;
    *recent = session.recent.clone();
    let [data_dir, weights] = [&options.data_dir, &options.weights].map(|path| absolute(path));
    if let Some(own) = session.digits.iter().find(|own| own.data_dir == data_dir) {
        panels.0.digits = own.keys.clone();
    }
    if let Some(place) = &session.place
        && (&place.data_dir, &place.weights) == (&data_dir, &weights)
    {
        filter.0 = place.filter.clone();
        if let Some(([x, y], radius)) = place.view {
            fit.begin_at(Pose {
                focus: Vec3::new(x, y, 0.0),
                radius,
            });
        }
    }
    // A file in the default place belongs to this program, even if it is damaged.
    let kind = match options.session {
        Some(_) => &SESSION,
        None => &Kind::ANY,
    };
    let unwritten = Unwritten::default();
    let (file, left) = (path.clone(), unwritten.clone());
    exit_tasks.add(ExitTask {
        finish: Box::new(move || {
            write_what_is_left(&file, kind, &left);
            Ok(())
        }),
        patience: FAREWELL,
        late: {
            let file = path.clone();
            Box::new(move || {
                format!(
                    "{}: the session is not kept, the disk does not answer",
                    file.display()
                )
            })
        },
    });
    commands.insert_resource(SessionFile {
        path,
        kind,
        data_dir,
        weights,
        session,
        changed: None,
        unwritten,
    });
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Reads a session; values that are missing or out of range become the defaults.
pub fn read(path: &Path) -> Session {
    let text = input::read(path, LARGEST).unwrap_or_default();
    let mut session: Session = serde_json::from_slice(&text).unwrap_or_default();
    session.preferences = session.preferences.sane();
    for own in &mut session.digits {
        own.keys = std::mem::take(&mut own.keys).sane();
    }
    // A comparison is not restored.
    if session.mode == ColorMode::Changed {
        session.mode = ColorMode::default();
    }
    if let Some(place) = &mut session.place {
        place.filter = place.filter.clone().sane();
        let sane = |&([x, y], radius): &([f32; 2], f32)| x.is_finite() && y.is_finite() && radius > 0.0;
        place.view = place.view.filter(sane);
    }
    session
}

fn note_changes(
    panels: Res<PanelState>,
    mode: Res<ColorMode>,
    order: Res<QueueOrder>,
    (acquisition, map): (Res<Acquisition>, Res<SampleMap>),
    recent: Res<RecentlyOpened>,
    filter: Res<PointFilter>,
    (fit, view, dimension): (Res<Fit>, Res<CloudView>, Res<CloudDimension>),
    mut session_file: ResMut<SessionFile>,
) {
    let touched = panels.is_changed()
        || mode.is_changed()
        || order.is_changed()
        || acquisition.is_changed()
        || map.layout != session_file.session.layout
        || recent.is_changed()
        || filter.is_changed()
        || fit.is_changed()
        || view.is_changed()
        || dimension.is_changed();
    if touched {
        let now = session(
            &session_file,
            (
                &panels,
                &mode,
                &order,
                (*acquisition, map.layout),
                &filter,
                &recent,
            ),
            (&fit, &view, *dimension),
        );
        if now != session_file.session {
            let waiting = &session_file.unwritten.session;
            *waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(now.clone());
            session_file.session = now;
            session_file.changed.get_or_insert_with(Instant::now);
        }
    }
    if session_file
        .changed
        .is_some_and(|since| since.elapsed() > PATIENCE)
    {
        session_file.changed = None;
        let (path, kind, left) = (
            session_file.path.clone(),
            session_file.kind,
            session_file.unwritten.clone(),
        );
        // The window does not wait for the disk. If no thread can be started, the session is written with the next change.
        let _ = thread::Builder::new().name("session".into()).spawn(move || {
            // If another thread is still writing, it writes this session as well.
            if left.disk.try_lock().is_ok() {
                write_what_is_left(&path, kind, &left);
            }
        });
    }
}

fn write_what_is_left(path: &Path, kind: &'static Kind, left: &Unwritten) {
    let _one_at_a_time = left.disk.lock().unwrap_or_else(PoisonError::into_inner);
    let next = || left.session.lock().unwrap_or_else(PoisonError::into_inner).take();
    while let Some(session) = next() {
        // If it cannot be written, the next start uses the defaults.
        if let Err(error) = write(path, kind, &session) {
            debug!("the session is not kept: {error}");
        }
    }
}

/// The session as it is now.
fn session(
    session_file: &SessionFile,
    (panels, mode, order, (acquisition, layout), filter, recent): (
        &PanelState,
        &ColorMode,
        &QueueOrder,
        (Acquisition, LayoutChoice),
        &PointFilter,
        &RecentlyOpened,
    ),
    (fit, view, dimension): (&Fit, &CloudView, CloudDimension),
) -> Session {
    let view = (!fit.follows() && dimension == CloudDimension::Two)
        .then(|| (view.center.truncate().to_array(), 1.0 / view.pixels_per_unit));
    Session {
        preferences: panels.0.preferences.clone(),
        mode: *mode,
        order: order.0,
        strategy: acquisition.strategy,
        basis: acquisition.basis,
        layout,
        recent: recent.clone(),
        digits: digits(session_file, &panels.0.digits),
        place: Some(Place {
            data_dir: session_file.data_dir.clone(),
            weights: session_file.weights.clone(),
            filter: filter.0.clone(),
            view,
        }),
    }
}

/// The digits of all data sets, that of this start first.
fn digits(session_file: &SessionFile, keys: &DigitKeys) -> Vec<Digits> {
    let own = Digits {
        data_dir: session_file.data_dir.clone(),
        keys: keys.clone(),
    };
    let others = session_file.session.digits.iter();
    let others = others.filter(|other| other.data_dir != session_file.data_dir);
    let own = Some(own).filter(|own| own.keys != DigitKeys::default());
    let all = own.into_iter().chain(others.cloned());
    all.take(DATA_SETS).collect()
}

fn write(path: &Path, kind: &'static Kind, session: &Session) -> Result<(), FileError> {
    let text = serde_json::to_vec_pretty(session).map_err(|error| FileError::io(path)(error.into()))?;
    files::write(path, kind, &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_comes_back_and_a_broken_file_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings/session.json");
        let mut session = Session {
            mode: ColorMode::Certainty,
            order: Order::Serial,
            place: Some(Place {
                data_dir: "/data/x".into(),
                weights: "/w.ckpt".into(),
                filter: Filter::default(),
                view: Some(([1.0, -2.0], 0.01)),
            }),
            ..Session::default()
        };
        session.preferences.rescale(2);
        let mut keys = DigitKeys::default();
        keys.put(37, 3);
        let data_dir = "/data/x".into();
        session.digits = vec![Digits { data_dir, keys }];
        write(&path, &SESSION, &session).unwrap();
        assert_eq!(read(&path), session);
        std::fs::write(&path, "{\"mode\":").unwrap();
        assert_eq!(read(&path), Session::default());
        assert_eq!(read(Path::new("/nowhere")), Session::default());
    }
}
