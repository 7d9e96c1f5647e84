//! A list over the window that is narrowed by typing: arrows move in it, Enter takes the current row.

use egui::{
    Align2, Area, Context, Frame, Id, Key, Modifiers, Order, Response, ScrollArea, TextEdit, Ui, WidgetInfo,
    WidgetType, vec2,
};

const WIDTH: f32 = 460.0;
const ROWS: f32 = 300.0;

/// What the list is for.
pub struct TypeAhead {
    /// Tells it from other lists.
    pub id: &'static str,
    /// The name of the field.
    pub name: &'static str,
    pub hint: &'static str,
    /// What is said where nothing fits.
    pub without: &'static str,
    /// What is said below the rows; nothing where it is empty.
    pub below: &'static str,
}

/// What came of a frame.
pub struct Typed<T> {
    /// The row that is current.
    pub current: Option<T>,
    /// The row that was taken.
    pub picked: Option<T>,
    /// Whether it stays open.
    pub stays: bool,
}

/// Draws the list with what was found for the query, by `row`, which is told whether the row is current.
pub fn show<T: Copy>(
    ctx: &Context,
    list: &TypeAhead,
    query: &mut String,
    found: &[T],
    mut row: impl FnMut(&mut Ui, T, bool) -> Response,
) -> Typed<T> {
    let before = query.clone();
    // Escape is handled with the other keys: it closes what is open.
    let (up, down, enter) = ctx.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        (
            pressed(Key::ArrowUp),
            pressed(Key::ArrowDown),
            pressed(Key::Enter),
        )
    });
    let last = found.len().saturating_sub(1);
    let place = Id::new(list.id).with("row");
    let at: usize = ctx.data(|data| data.get_temp(place)).unwrap_or(0);
    let mut at = if down {
        (at + 1).min(last)
    } else if up {
        at.saturating_sub(1)
    } else {
        at.min(last)
    };
    let current = found.get(at).copied();
    let mut picked = current.filter(|_| enter);
    let area = Area::new(Id::new(list.id))
        .order(Order::Foreground)
        .anchor(Align2::CENTER_TOP, vec2(0.0, 80.0))
        .show(ctx, |ui| {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_width(WIDTH);
                let field = TextEdit::singleline(query)
                    .hint_text(list.hint)
                    .desired_width(WIDTH);
                let field = ui.add(field);
                field.widget_info(|| WidgetInfo::labeled(WidgetType::TextEdit, true, list.name));
                field.request_focus();
                ScrollArea::vertical()
                    .max_height(ROWS)
                    .min_scrolled_height(ROWS)
                    .auto_shrink(false)
                    .show(ui, |ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        for (i, &item) in found.iter().enumerate() {
                            let response = row(ui, item, i == at);
                            if i == at && (up || down) {
                                response.scroll_to_me(None);
                            }
                            if response.clicked() {
                                picked = Some(item);
                            }
                        }
                        if found.is_empty() {
                            ui.weak(list.without);
                        }
                    });
                if !list.below.is_empty() {
                    ui.weak(list.below);
                }
            });
        });
    if *query != before || picked.is_some() {
        at = 0;
    }
    let (seen, pass) = (Id::new(list.id).with("pass"), ctx.cumulative_pass_nr());
    let last: Option<u64> = ctx.data(|data| data.get_temp(seen));
    ctx.data_mut(|data| {
        data.insert_temp(place, at);
        data.insert_temp(seen, pass);
    });
    // The click that opened it was elsewhere, too.
    let is_new = last.is_none_or(|last| last + 1 < pass);
    let stays = picked.is_none() && (is_new || !area.response.clicked_elsewhere());
    if !stays {
        ctx.request_repaint();
    }
    Typed {
        current,
        picked,
        stays,
    }
}
