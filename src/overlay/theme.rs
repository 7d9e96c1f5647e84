//! The one look of the overlay.

use bevy_egui::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Stroke, Style, TextStyle, Theme, Visuals,
    style::Selection, style::WidgetVisuals, vec2,
};

/// Behind the cloud.
pub const BACKGROUND: Color32 = Color32::from_rgb(0x14, 0x16, 0x1a);
/// Behind the controls; the window is cleared with it.
pub const PANEL: Color32 = Color32::from_rgb(0x1b, 0x1e, 0x24);
/// Behind what is set into a panel: fields, plots, empty images.
pub const INSET: Color32 = Color32::from_rgb(0x12, 0x14, 0x18);
/// Lines between panels.
pub const LINE: Color32 = Color32::from_rgb(0x30, 0x35, 0x3f);
pub const TEXT: Color32 = Color32::from_rgb(0xd9, 0xdd, 0xe4);
/// Text of second rank; 6.7:1 on a panel.
pub const WEAK_TEXT: Color32 = Color32::from_rgb(0x9d, 0xa6, 0xb3);
pub const STRONG_TEXT: Color32 = Color32::from_rgb(0xff, 0xff, 0xff);
/// What is chosen, and progress.
pub const ACCENT: Color32 = Color32::from_rgb(0x2f, 0x6f, 0xd0);
pub const SUCCESS: Color32 = Color32::from_rgb(0x6f, 0xcf, 0x8e);
pub const WARNING: Color32 = Color32::from_rgb(0xf2, 0xb3, 0x4c);
pub const FAILURE: Color32 = Color32::from_rgb(0xff, 0x85, 0x80);
/// Training losses.
pub const TRAIN: Color32 = Color32::from_rgb(0x6c, 0xb2, 0xff);
/// Validation losses.
pub const VALIDATION: Color32 = Color32::from_rgb(0xf5, 0xa9, 0x4d);
/// Size of a heading in points.
pub const HEADING: f32 = 14.0;

/// Gives the context the overlay's look; once is enough.
pub fn apply(ctx: &Context) {
    ctx.set_theme(Theme::Dark);
    let mut style = Style {
        visuals: visuals(),
        ..Style::default()
    };
    style.text_styles = [
        (TextStyle::Small, 11.5, FontFamily::Proportional),
        (TextStyle::Body, 13.5, FontFamily::Proportional),
        (TextStyle::Button, 13.5, FontFamily::Proportional),
        (TextStyle::Heading, 18.0, FontFamily::Proportional),
        (TextStyle::Monospace, 12.0, FontFamily::Monospace),
    ]
    .map(|(text_style, size, family)| (text_style, FontId::new(size, family)))
    .into();
    style.spacing.item_spacing = vec2(6.0, 4.0);
    style.spacing.button_padding = vec2(8.0, 3.0);
    style.spacing.interact_size = vec2(40.0, 22.0);
    style.spacing.slider_rail_height = 5.0;
    style.spacing.tooltip_width = 320.0;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.7;
    style.animation_time = 0.0;
    ctx.set_style_of(Theme::Dark, style);
}

fn visuals() -> Visuals {
    let mut visuals = Visuals::dark();
    visuals.panel_fill = PANEL;
    visuals.window_fill = Color32::from_rgb(0x22, 0x26, 0x2e);
    visuals.window_stroke = Stroke::new(1.0, Color32::from_rgb(0x43, 0x4a, 0x57));
    visuals.extreme_bg_color = INSET;
    visuals.faint_bg_color = Color32::from_rgb(0x20, 0x24, 0x2b);
    visuals.weak_text_color = Some(WEAK_TEXT);
    visuals.warn_fg_color = WARNING;
    visuals.error_fg_color = FAILURE;
    visuals.disabled_alpha = 0.45;
    visuals.slider_trailing_fill = true;
    visuals.selection = Selection {
        bg_fill: ACCENT,
        stroke: Stroke::new(1.0, STRONG_TEXT),
    };
    let widgets = &mut visuals.widgets;
    widgets.noninteractive = widget(PANEL, LINE, TEXT);
    widgets.inactive = widget(
        Color32::from_rgb(0x2c, 0x31, 0x3a),
        Color32::from_rgb(0x3b, 0x42, 0x4e),
        TEXT,
    );
    widgets.hovered = widget(
        Color32::from_rgb(0x39, 0x40, 0x4c),
        Color32::from_rgb(0x63, 0x6d, 0x7d),
        STRONG_TEXT,
    );
    widgets.active = widget(
        Color32::from_rgb(0x44, 0x4d, 0x5c),
        Color32::from_rgb(0x8f, 0xbc, 0xff),
        STRONG_TEXT,
    );
    widgets.open = widgets.hovered;
    visuals
}

fn widget(fill: Color32, line: Color32, text: Color32) -> WidgetVisuals {
    WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(4),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    }
}
