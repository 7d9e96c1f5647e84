//! The session as it was left: read at the start, written when something has changed and at the end.
//!
//! It lies in the platform's folder for settings, or where `--session` says; a file that cannot be read is as good as
//! none, since nothing but comfort is lost with it.

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

use crate::cloud::camera::fit::{Fit, Pose};
use crate::cloud::camera::orbit::CloudDimension;
use crate::cloud::{CloudView, ColorMode, Shown};
use crate::ui::preferences::Preferences;
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::active_learning::Basis;
use ssvae_core::files::{self, FileError, Kind, has_keys};
use ssvae_core::filter::Filter;
use ssvae_core::input;

use super::shutdown::{Shutdown, Task};
use crate::bridge::Start;
use crate::bridge::learning::Acquisition;
use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::samples::sample_query::QueueOrder;

/// What `--session` may name where something is there.
pub const SESSION: Kind = Kind {
    what: "a session of this program",
    recognises: |file| has_keys(file, &["preferences"]),
};
/// Bytes of the file, of which a session takes one in a hundred.
const LARGEST: u64 = 1 << 20;

/// Changes are written together when so much time has passed.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the last time may take.
const FAREWELL: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    preferences: Preferences,
    mode: ColorMode,
    order: Order,
    strategy: Strategy,
    basis: Basis,
    /// What is about one data set, the last one.
    place: Option<Place>,
}

/// Filter and view of a data set's cloud.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    data_dir: PathBuf,
    weights: PathBuf,
    filter: Filter,
    /// Middle of the canvas in two dimensions and latent units per pixel, where the user has moved the view.
    view: Option<([f32; 2], f32)>,
}

/// Where it is kept, and what is kept there.
#[derive(Resource)]
struct Kept {
    path: PathBuf,
    kind: &'static Kind,
    /// Of this start, as [`Place`] has them.
    data_dir: PathBuf,
    weights: PathBuf,
    session: Session,
    changed: Option<Instant>,
    /// What is not on the disk yet.
    unwritten: Unwritten,
}

type Unwritten = Arc<Waiting>;

#[derive(Default)]
struct Waiting {
    /// The newest one.
    session: Mutex<Option<Session>>,
    /// Held by the thread that writes, for as long as the disk takes.
    disk: Mutex<()>,
}

/// PointVisibility at what is to be kept, in `Last`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keeping;

pub struct SessionFilePlugin;

impl Plugin for SessionFilePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, restore)
            .add_systems(Last, keep.run_if(resource_exists::<Kept>).in_set(Keeping));
    }
}

/// Where the session is kept unless the user says otherwise.
pub fn usual_path() -> Option<PathBuf> {
    Some(dirs::config_dir()?.join("ssvae-dashboard/session.json"))
}

fn restore(
    mut commands: Commands,
    (start, shutdown): (Res<Start>, Res<Shutdown>),
    mut form: ResMut<PanelState>,
    mut mode: ResMut<ColorMode>,
    mut walk: ResMut<QueueOrder>,
    mut acquisition: ResMut<Acquisition>,
    mut filter: ResMut<Shown>,
    mut fit: ResMut<Fit>,
) {
    let args = &start.args;
    // A picture shows what its options say, and not what somebody liked.
    let usual = || args.screenshot.is_none().then(usual_path).flatten();
    let Some(path) = args.session.clone().or_else(usual) else {
        form.0.preferences.hints_read = true;
        return;
    };
    let session = read(&path);
    form.0.preferences = session.preferences.clone();
    *mode = session.mode;
    walk.0 = session.order;
    *acquisition = Acquisition {
        strategy: session.strategy,
        basis: session.basis,
    };
    let [data_dir, weights] = [&args.common.data_dir, &args.common.weights].map(|path| absolute(path));
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
    // What stands in the usual place is ours, even where it is damaged.
    let kind = match args.session {
        Some(_) => &SESSION,
        None => &Kind::ANY,
    };
    let unwritten = Unwritten::default();
    let (file, left) = (path.clone(), unwritten.clone());
    shutdown.add(Task {
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
    commands.insert_resource(Kept {
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

/// Reads a session; what is none, or out of range, is as usual.
pub fn read(path: &Path) -> Session {
    let text = input::read(path, LARGEST).unwrap_or_default();
    let mut session: Session = serde_json::from_slice(&text).unwrap_or_default();
    session.preferences = session.preferences.sane();
    // No comparison outlives a start.
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

fn keep(
    form: Res<PanelState>,
    mode: Res<ColorMode>,
    walk: Res<QueueOrder>,
    acquisition: Res<Acquisition>,
    filter: Res<Shown>,
    (fit, view, dimension): (Res<Fit>, Res<CloudView>, Res<CloudDimension>),
    mut kept: ResMut<Kept>,
) {
    let touched = form.is_changed()
        || mode.is_changed()
        || walk.is_changed()
        || acquisition.is_changed()
        || filter.is_changed()
        || fit.is_changed()
        || view.is_changed()
        || dimension.is_changed();
    if touched {
        let now = session(
            &kept,
            (&form, &mode, &walk, *acquisition, &filter),
            (&fit, &view, *dimension),
        );
        if now != kept.session {
            let waiting = &kept.unwritten.session;
            *waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(now.clone());
            kept.session = now;
            kept.changed.get_or_insert_with(Instant::now);
        }
    }
    if kept.changed.is_some_and(|since| since.elapsed() > PATIENCE) {
        kept.changed = None;
        let (path, kind, left) = (kept.path.clone(), kept.kind, kept.unwritten.clone());
        // The window does not wait for the disk. A session that no thread can be begun for is written with the next change.
        let _ = thread::Builder::new().name("session".into()).spawn(move || {
            // Another thread that still writes takes this one as well.
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
        // Without a place to keep it the next start is as the first one.
        if let Err(error) = write(path, kind, &session) {
            debug!("the session is not kept: {error}");
        }
    }
}

/// As it is now.
fn session(
    kept: &Kept,
    (form, mode, walk, acquisition, filter): (&PanelState, &ColorMode, &QueueOrder, Acquisition, &Shown),
    (fit, view, dimension): (&Fit, &CloudView, CloudDimension),
) -> Session {
    let view = (!fit.follows() && dimension == CloudDimension::Two)
        .then(|| (view.center.truncate().to_array(), 1.0 / view.pixels_per_unit));
    Session {
        preferences: form.0.preferences.clone(),
        mode: *mode,
        order: walk.0,
        strategy: acquisition.strategy,
        basis: acquisition.basis,
        place: Some(Place {
            data_dir: kept.data_dir.clone(),
            weights: kept.weights.clone(),
            filter: filter.0.clone(),
            view,
        }),
    }
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
        write(&path, &SESSION, &session).unwrap();
        assert_eq!(read(&path), session);
        std::fs::write(&path, "{\"mode\":").unwrap();
        assert_eq!(read(&path), Session::default());
        assert_eq!(read(Path::new("/nowhere")), Session::default());
    }
}
