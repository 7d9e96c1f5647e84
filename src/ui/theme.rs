//! Colours, fonts and spacing of the panels, dark and light.

use egui::style::{Selection, WidgetVisuals};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Stroke, Style, TextStyle, Theme, Ui, Visuals, vec2,
};

/// The colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// Behind the cloud.
    pub background: Color32,
    /// Behind the controls; the window is cleared with it.
    pub panel: Color32,
    /// Behind what is set into a panel: fields, plots, empty images.
    pub inset: Color32,
    /// Behind what floats over the others.
    pub raised: Color32,
    /// Lines between panels.
    pub line: Color32,
    pub text: Color32,
    /// Text of second rank; at least 4.5:1 on a panel.
    pub weak_text: Color32,
    pub strong_text: Color32,
    /// What is chosen, and progress; white text stands on it.
    pub accent: Color32,
    pub success: Color32,
    pub warning: Color32,
    pub failure: Color32,
    /// Behind a failure.
    pub alarm: Color32,
    /// Training losses.
    pub train: Color32,
    /// Validation losses.
    pub validation: Color32,
    /// Controls: at rest, under the pointer, pressed, and their lines.
    controls: [(Color32, Color32); 3],
}

const fn hex(rgb: u32) -> Color32 {
    let [_, r, g, b] = rgb.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

const DARK: Look = Look {
    background: hex(0x14161a),
    panel: hex(0x1b1e24),
    inset: hex(0x121418),
    raised: hex(0x22262e),
    line: hex(0x30353f),
    text: hex(0xd9dde4),
    weak_text: hex(0x9da6b3),
    strong_text: hex(0xffffff),
    accent: hex(0x2f6fd0),
    success: hex(0x6fcf8e),
    warning: hex(0xf2b34c),
    failure: hex(0xff8580),
    alarm: hex(0x471f22),
    train: hex(0x6cb2ff),
    validation: hex(0xf5a94d),
    controls: [
        (hex(0x2c313a), hex(0x3b424e)),
        (hex(0x39404c), hex(0x636d7d)),
        (hex(0x444d5c), hex(0x8fbcff)),
    ],
};

const LIGHT: Look = Look {
    background: hex(0xfafafb),
    panel: hex(0xeceef2),
    inset: hex(0xffffff),
    raised: hex(0xf7f8fa),
    line: hex(0xc6ccd6),
    text: hex(0x23272e),
    weak_text: hex(0x545c68),
    strong_text: hex(0x000000),
    accent: hex(0x2363c4),
    success: hex(0x14703a),
    warning: hex(0x8a5200),
    failure: hex(0xb3261e),
    alarm: hex(0xf9dcda),
    train: hex(0x1f66c2),
    validation: hex(0xb05a00),
    controls: [
        (hex(0xdde1e8), hex(0xb9c0cc)),
        (hex(0xcfd5df), hex(0x7f8998)),
        (hex(0xbfc8d6), hex(0x2363c4)),
    ],
};

/// Size of a heading in points.
pub const HEADING: f32 = 14.0;

/// The colours on a dark or a light ground.
pub fn of(dark: bool) -> &'static Look {
    if dark { &DARK } else { &LIGHT }
}

/// The colours in use.
pub fn look(ui: &Ui) -> &'static Look {
    of(ui.visuals().dark_mode)
}

/// Gives the context both looks, once. [`choose`] says which is in use.
pub fn apply(ctx: &Context) {
    for (theme, look) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        ctx.set_style_of(theme, style(theme, look));
    }
    // A press without movement is a click, however long it takes: a busy machine may report the release late.
    ctx.options_mut(|options| options.input_options.max_click_duration = f64::INFINITY);
    ctx.set_theme(Theme::Dark);
}

/// Takes the dark or the light look.
pub fn choose(ctx: &Context, dark: bool) {
    let theme = if dark { Theme::Dark } else { Theme::Light };
    if ctx.theme() != theme {
        ctx.set_theme(theme);
    }
}

fn style(theme: Theme, look: &Look) -> Style {
    let mut style = Style {
        visuals: visuals(theme, look),
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
    style
}

fn visuals(theme: Theme, look: &Look) -> Visuals {
    let mut visuals = theme.default_visuals();
    visuals.panel_fill = look.panel;
    visuals.window_fill = look.raised;
    visuals.window_stroke = Stroke::new(1.0, look.controls[0].1);
    visuals.extreme_bg_color = look.inset;
    visuals.faint_bg_color = look.raised;
    visuals.weak_text_color = Some(look.weak_text);
    visuals.warn_fg_color = look.warning;
    visuals.error_fg_color = look.failure;
    visuals.disabled_alpha = 0.45;
    visuals.slider_trailing_fill = true;
    visuals.selection = Selection {
        bg_fill: look.accent,
        stroke: Stroke::new(1.0, Color32::WHITE),
    };
    let [rest, hovered, pressed] = look.controls;
    let widgets = &mut visuals.widgets;
    widgets.noninteractive = widget(look.panel, look.line, look.text);
    widgets.inactive = widget(rest.0, rest.1, look.text);
    widgets.hovered = widget(hovered.0, hovered.1, look.strong_text);
    widgets.active = widget(pressed.0, pressed.1, look.strong_text);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color32) -> f32 {
        let linear = |value: u8| {
            let value = f32::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
    }

    /// WCAG 2.2, contrast ratio.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        for look in [&DARK, &LIGHT] {
            for ground in [look.panel, look.inset, look.raised, look.background] {
                for text in [
                    look.text,
                    look.weak_text,
                    look.success,
                    look.warning,
                    look.failure,
                ] {
                    let ratio = contrast(text, ground);
                    assert!(ratio >= 4.5, "{text:?} on {ground:?}: {ratio}");
                }
            }
            for (text, ground) in [
                (Color32::WHITE, look.accent),
                (look.failure, look.alarm),
                (look.text, look.controls[0].0),
                (look.strong_text, look.controls[1].0),
            ] {
                assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
            }
        }
    }
}
