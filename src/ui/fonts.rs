//! Fonts of the system for characters that egui's own lack, so that classes may have names in any script.

use std::collections::BTreeSet;

use egui::epaint::text::{FontInsert, FontPriority, InsertFontFamily};
use egui::{Context, FontData, FontFamily, FontId};
use fontdb::{Database, FaceInfo, Style};

/// Characters of a text without a glyph in any font that egui has loaded.
pub fn missing(ctx: &Context, text: &str) -> BTreeSet<char> {
    let font = FontId::proportional(13.5);
    let printable = text.chars().filter(|c| !c.is_control() && !c.is_whitespace());
    ctx.fonts_mut(|fonts| printable.filter(|&c| !fonts.has_glyph(&font, c)).collect())
}

/// Fonts of the system, as few as have glyphs for all of these characters that any has.
pub fn fallbacks(mut missing: BTreeSet<char>) -> Vec<FontInsert> {
    let mut database = Database::new();
    database.load_system_fonts();
    let mut faces: Vec<&FaceInfo> = database.faces().filter(|face| suits(face)).collect();
    faces.sort_by_key(|face| (face.monospaced, face.weight.0.abs_diff(400)));
    let mut fonts = Vec::new();
    while !missing.is_empty() {
        let covers = |face: &&FaceInfo| {
            let count = |data: &[u8], index| covered(data, index, &missing).len();
            database.with_face_data(face.id, count).unwrap_or(0)
        };
        // Of several that have as many glyphs the first counts.
        let best = faces
            .iter()
            .rev()
            .map(|face| (covers(face), face))
            .max_by_key(|(count, _)| *count);
        let Some((_, face)) = best.filter(|(count, _)| *count > 0) else {
            break;
        };
        let taken = database.with_face_data(face.id, |data, index| {
            for c in covered(data, index, &missing) {
                missing.remove(&c);
            }
            FontData {
                index,
                ..FontData::from_owned(data.to_vec())
            }
        });
        let Some(data) = taken else { break };
        let last = |family| InsertFontFamily {
            family,
            priority: FontPriority::Lowest,
        };
        let families = vec![last(FontFamily::Proportional), last(FontFamily::Monospace)];
        fonts.push(FontInsert::new(&face.post_script_name, data, families));
    }
    fonts
}

/// Colour fonts have no outlines, which is what egui draws.
fn suits(face: &FaceInfo) -> bool {
    face.style == Style::Normal && !face.post_script_name.contains("Emoji")
}

fn covered(data: &[u8], index: u32, wanted: &BTreeSet<char>) -> Vec<char> {
    let Ok(face) = ttf_parser::Face::parse(data, index) else {
        return Vec::new();
    };
    wanted
        .iter()
        .copied()
        .filter(|&c| face.glyph_index(c).is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_scripts_are_found_among_the_fonts_of_the_system() {
        let ctx = Context::default();
        let _ = ctx.run_ui(Default::default(), |_| {});
        assert!(missing(&ctx, "T-shirt, Größe 7\n").is_empty());
        let names = "シャツ";
        let lacking = missing(&ctx, names);
        assert_eq!(lacking.len(), 3);
        // scripts/test.sh sees to a font that has them.
        for font in fallbacks(lacking) {
            ctx.add_font(font);
        }
        let _ = ctx.run_ui(Default::default(), |_| {});
        assert_eq!(missing(&ctx, names), BTreeSet::new());
    }
}
