//! Colours, statistics and the model.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;

use super::{click, dashboard, tall, type_into};
use crate::cloud::ColorMode;
use crate::ui::fixture::Fixture;
use crate::ui::{Dimension, Intent};
use ssvae_core::map::LayoutChoice;
use ssvae_core::model::config::{Architecture, NetworkKind};

#[test]
fn the_colour_mode_is_chosen() {
    for (name, mode) in [
        ("Predicted class", ColorMode::Predicted),
        ("True label", ColorMode::TrueLabel),
        ("Certainty", ColorMode::Certainty),
    ] {
        let mut window = dashboard(Fixture::default());
        window.state_mut().ui_state.preferences.show_truth = true;
        window.run_steps(2);
        assert_eq!(click(&mut window, name), [Intent::SetColorMode(mode)]);
    }
    assert_eq!(
        click(&mut dashboard(Fixture::default()), "User labels"),
        [],
        "it is chosen already"
    );
}

#[test]
fn the_legend_tells_classes_and_counts_or_the_scale() {
    let window = dashboard(Fixture::default());
    window.get_by_label("7: 46 points");
    window.get_by_label("Unlabelled: 59,558 points");
    let window = dashboard(Fixture {
        mode: ColorMode::Certainty,
        ..Fixture::default()
    });
    window.get_by_label_contains("Certainty from 0.1");
    assert!(window.query_by_label("7: 46 points").is_none());
}

#[test]
fn any_number_of_classes_has_a_legend_buttons_and_counts() {
    let place = |count| {
        let mut window = dashboard(Fixture::of_classes(count));
        window.get_by_label(&format!("{}: {} points", count - 1, count - 1));
        window.get_by_label(&format!("{}: {} labelled", count - 1, count - 1));
        window.get_by_label(&format!("Label {}", count - 1));
        assert_eq!(click(&mut window, "Label 1"), [Intent::Label(Some(1))]);
        let certainty = dashboard(Fixture {
            mode: ColorMode::Certainty,
            ..Fixture::of_classes(count)
        });
        certainty.get_by_label_contains(&format!("is a guess among {count},"));
        window.get_by_label("Fit view").rect()
    };
    let ten = dashboard(Fixture::default()).get_by_label("Fit view").rect();
    for count in [3, 11, 62, 256] {
        assert_eq!(place(count), ten, "{count}");
    }
}

#[test]
fn nothing_below_the_legend_moves_with_the_mode() {
    let place = |mode| {
        dashboard(Fixture {
            mode,
            ..Fixture::default()
        })
        .get_by_label("Fit view")
        .rect()
    };
    assert_eq!(place(ColorMode::UserLabels), place(ColorMode::Certainty));
}

#[test]
fn the_view_is_fitted_and_its_dimensions_chosen() {
    let mut flat = dashboard(Fixture::default());
    assert!(
        flat.query_by_label("3-D").is_none(),
        "a latent space of two dimensions leaves no choice"
    );
    assert_eq!(
        click(&mut flat, "Layout: map of the latents"),
        [Intent::SetLayout(LayoutChoice::LatentMap)]
    );
    assert_eq!(click(&mut flat, "Fit view"), [Intent::FitView]);
    let mut deep = dashboard(Fixture {
        latent_dim: 16,
        ..Fixture::default()
    });
    assert_eq!(click(&mut deep, "3-D"), [Intent::SetDimension(Dimension::Three)]);
    assert_eq!(click(&mut deep, "2-D"), [], "it is chosen already");
}

#[test]
fn it_says_what_the_positions_stand_for() {
    let components = dashboard(Fixture {
        latent_dim: 16,
        explained: Some(0.634),
        ..Fixture::default()
    });
    components.get_by_label("Principal components, 63 % of the variance");
    let mut map = dashboard(Fixture {
        layout: LayoutChoice::GraphMap,
        map_share: Some(0.25),
        ..Fixture::default()
    });
    map.get_by_label("UMAP of the similarity graph: 25 %");
    assert_eq!(
        click(&mut map, "3-D"),
        [Intent::SetDimension(Dimension::Three)],
        "a map of two dimensions of latents may have three"
    );
}

#[test]
fn statistics_count_labels() {
    let window = dashboard(Fixture::default());
    window.get_by_label("442 of 60,000 labelled");
    window.get_by_label("0.74 %");
    window.get_by_label("1: 50 labelled");
}

#[test]
fn a_fresh_model_takes_another_shape() {
    let mut window = tall(Fixture::default());
    window.get_by_label("dense, latent 2");
    window.get_by_label("CPU");
    window.get_by_label("epoch 3, the best of the run");
    click(&mut window, "New model…");
    click(&mut window, "Encoder: Conv");
    type_into(&mut window, "Latent dimensions", Role::SpinButton, "16");
    window.key_press(Key::Enter);
    window.run_steps(2);
    let architecture = Architecture {
        encoder: NetworkKind::Conv,
        latent_dim: 16,
        ..Architecture::default()
    };
    assert_eq!(
        click(&mut window, "Start from new weights"),
        [Intent::Reset {
            architecture,
            seed: 42
        }]
    );
    assert!(
        window.query_by_label("Start from new weights").is_none(),
        "the form is closed"
    );
}

#[test]
fn long_class_names_are_cut_and_move_nothing() {
    let mut fixture = Fixture::default();
    for class in &mut fixture.classes {
        class.name = "A rather long class name".repeat(3);
    }
    let window = dashboard(fixture);
    assert_eq!(
        window.state().viewport,
        dashboard(Fixture::default()).state().viewport
    );
}
