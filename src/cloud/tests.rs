//! The cloud without a window and without a GPU: messages in, components and messages out.

use std::sync::Arc;
use std::time::Duration;

use bevy::input::InputPlugin;
use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;

use super::data::bounds::CloudBounds;
use super::data::sample::{Attributes, Serial};
use super::data::stale::Stale;
use super::*;

fn app() -> App {
    let mut app = App::new();
    app.add_plugins((MinimalPlugins, InputPlugin, TransformPlugin, CloudPlugin))
        .insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_millis(100)));
    app
}

fn send(app: &mut App, positions: &[Vec3], animate: bool) {
    let placement = Placement {
        positions: positions.to_vec(),
        classes: (0..positions.len() as u8).collect(),
        certainty: vec![0.5; positions.len()],
        ..Placement::default()
    };
    app.world_mut().write_message(NewPositions {
        placement: Arc::new(placement),
        animate,
        from: None,
    });
    app.update();
}

fn component<C: Component + Clone>(app: &App, serial: u32) -> C {
    let entity = app.world().resource::<Samples>().entity(serial).unwrap();
    app.world().get::<C>(entity).unwrap().clone()
}

fn label(app: &App, serial: u32) -> Option<u8> {
    component::<Attributes>(app, serial).user.get()
}

fn departure(app: &App, serial: usize) -> Vec3 {
    app.world().resource::<Departures>().0[serial]
}

const LINE: [Vec3; 3] = [Vec3::ZERO, Vec3::X, Vec3::new(2.0, 0.0, 0.0)];

#[test]
fn the_first_positions_make_entities_with_the_labels_that_came_ahead() {
    let mut app = app();
    app.world_mut()
        .write_message(ReplaceTrueLabels(Arc::new(vec![Some(7), None])));
    app.world_mut()
        .write_message(ReplaceUserLabels(Arc::new(vec![None, Some(4)])));
    app.world_mut().write_message(LabelChanged {
        serial: 2,
        before: None,
        after: Some(9),
        timed: false,
    });
    app.update();
    send(&mut app, &LINE, true);
    assert_eq!(app.world().resource::<Samples>().len(), 3);
    for serial in 0..3 {
        assert_eq!(component::<Serial>(&app, serial), Serial(serial));
        assert_eq!(component::<Latent>(&app, serial).0, LINE[serial as usize]);
        assert_eq!(
            component::<Attributes>(&app, serial).predicted.get(),
            Some(serial as u8)
        );
    }
    assert_eq!(
        [label(&app, 0), label(&app, 1), label(&app, 2)],
        [None, Some(4), Some(9)]
    );
    assert_eq!(component::<Attributes>(&app, 0).truth.get(), Some(7));
    assert_eq!(app.world().resource::<Labelled>().order(), [1, 2]);
    assert_eq!(
        app.world().resource::<CloudBounds>().0,
        Some((Vec3::ZERO, LINE[2]))
    );
    assert!(!app.world().resource::<Transition>().is_running());
}

#[test]
fn one_label_touches_one_point() {
    let mut app = app();
    send(&mut app, &LINE, false);
    *app.world_mut().resource_mut::<Stale>() = Stale::default();
    app.world_mut().write_message(LabelChanged {
        serial: 1,
        before: None,
        after: Some(3),
        timed: false,
    });
    app.world_mut().write_message(LabelChanged {
        serial: 99,
        before: None,
        after: Some(3),
        timed: false,
    });
    app.update();
    assert_eq!(label(&app, 1), Some(3));
    let stale = app.world().resource::<Stale>();
    assert_eq!(
        (&stale.points[..], stale.attributes, stale.positions),
        (&[1][..], false, false)
    );
    app.world_mut().write_message(LabelChanged {
        serial: 1,
        before: None,
        after: None,
        timed: false,
    });
    app.update();
    assert_eq!(label(&app, 1), None);
    assert!(app.world().resource::<Labelled>().order().is_empty());
    app.world_mut()
        .write_message(ReplaceUserLabels(Arc::new(vec![Some(1), None, Some(2)])));
    app.update();
    assert_eq!(
        [label(&app, 0), label(&app, 1), label(&app, 2)],
        [Some(1), None, Some(2)]
    );
}

#[test]
fn new_targets_are_approached_from_where_the_points_are_displayed() {
    let mut app = app();
    send(&mut app, &LINE, false);
    send(&mut app, &[Vec3::Y; 3], true);
    assert_eq!(departure(&app, 2), LINE[2]);
    assert_eq!(component::<Latent>(&app, 2).0, Vec3::Y);
    for _ in 0..3 {
        app.update();
    }
    let progress = app.world().resource::<Transition>().eased();
    assert!(progress > 0.0 && progress < 1.0);
    send(&mut app, &[Vec3::NAN, Vec3::ZERO, Vec3::ZERO], true);
    let departed = departure(&app, 2);
    assert!(
        departed.distance(Vec3::Y) > 1e-3 && departed.distance(LINE[2]) > 1e-3,
        "{departed}"
    );
    assert!(component::<Latent>(&app, 0).0.is_nan());
    for _ in 0..10 {
        app.update();
    }
    assert_eq!(app.world().resource::<Transition>().eased(), 1.0);
    assert!(
        app.world().resource::<Departures>().0.is_empty(),
        "a cloud at rest comes from nowhere"
    );
    // A sample that comes back has no way to come from.
    send(&mut app, &[Vec3::X; 3], true);
    assert_eq!(departure(&app, 0), Vec3::X);
}

#[test]
fn a_data_set_of_another_size_replaces_the_entities() {
    let mut app = app();
    send(&mut app, &LINE, false);
    send(&mut app, &LINE[..2], true);
    assert_eq!(app.world().resource::<Samples>().len(), 2);
    assert_eq!(app.world_mut().query::<&Serial>().iter(app.world()).count(), 2);
}

#[test]
fn a_selection_can_be_commanded_but_not_beyond_the_cloud() {
    let mut app = app();
    send(&mut app, &LINE, false);
    let mut changes = app.world().resource::<Messages<SelectionChanged>>().get_cursor();
    for (request, expected) in [
        (Some(2), Some(2)),
        (Some(3), None),
        (Some(0), Some(0)),
        (None, None),
    ] {
        app.world_mut().write_message(Select(request));
        app.update();
        assert_eq!(app.world().resource::<Selected>().0, expected);
        let last = changes
            .read(app.world().resource::<Messages<SelectionChanged>>())
            .last()
            .copied();
        assert_eq!(last, Some(SelectionChanged(expected)));
    }
}
