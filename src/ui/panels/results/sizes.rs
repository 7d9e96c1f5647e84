//! Sizes of the parts that stand side by side.

use egui::{Vec2, vec2};

/// Room for the names at the edges of the matrix.
pub const EDGE: f32 = 18.0;
/// Least and greatest size of a cell.
const CELL: (Vec2, Vec2) = (vec2(25.0, 10.5), vec2(29.0, 24.0));
/// Width of the table in a narrow and in a wide window.
const TABLE: (f32, f32) = (204.0, 236.0);
/// Width of the names of the classes in the table.
pub const NAME: f32 = 44.0;
/// Least width of a plot.
const PLOT: f32 = 180.0;
/// Gap between the parts.
pub const GAP: f32 = 12.0;

/// Sizes of the parts for the room that there is.
pub struct Sizes {
    /// Of a cell of the matrix.
    pub cell: Vec2,
    /// Width of the table.
    pub table: f32,
    /// Widths of the plot of accuracy by labels, and of each of the other two plots.
    pub labels: f32,
    pub plot: f32,
    /// Of the table and of all plots.
    pub height: f32,
}

impl Sizes {
    /// Matrix, table and one plot are in sight of ten classes, and the other plots as well where they have room.
    pub fn of(room: Vec2, classes: usize) -> Self {
        let classes = classes as f32;
        let y = (room.y - EDGE) / classes;
        let width = |cell: f32, table: f32| EDGE + classes * cell + table + 2.0 * GAP;
        let wide = room.x >= width(CELL.1.x, TABLE.1) + 3.0 * PLOT + 2.0 * GAP;
        let (x, table) = if wide {
            (CELL.1.x, TABLE.1)
        } else {
            (CELL.0.x, TABLE.0)
        };
        let cell = vec2(x, y.clamp(CELL.0.y, CELL.1.y));
        let rest = room.x - width(x, table);
        let (labels, plot) = if wide {
            let each = ((rest - 2.0 * GAP) / 3.0).floor();
            (each, each)
        } else {
            (rest.floor().max(PLOT), PLOT)
        };
        Self {
            cell,
            table,
            labels,
            plot,
            height: EDGE + classes * cell.y,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_fill_the_room_and_a_narrow_one_is_scrolled() {
        for width in [400.0, 900.0, 1300.0, 1800.0, 3000.0] {
            let sizes = Sizes::of(vec2(width, 200.0), 10);
            assert!(sizes.labels >= PLOT && sizes.plot >= PLOT, "{width}");
            let parts = EDGE + 10.0 * sizes.cell.x + sizes.table + sizes.labels + 2.0 * sizes.plot;
            assert!(
                width < 1300.0 || parts + 4.0 * GAP <= width + 2.0 * PLOT,
                "{width}: {parts}"
            );
            assert_eq!(sizes.height, EDGE + 10.0 * sizes.cell.y);
        }
    }
}
