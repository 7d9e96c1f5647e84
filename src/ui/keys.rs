//! A key that was pressed, as the table of commands knows it.

use egui::{Key, Modifiers};

/// A key that went down, with the modifiers that were down by then. Presses with Super belong to
/// the desktop and presses with AltGr make characters: neither is a `KeyPress`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// By the name that the keyboard layout gives it; by its place on layouts without Latin letters.
    pub key: Key,
    /// The digit that it stands for: by name, or by its place in the row of digits.
    pub digit: Option<u8>,
    pub modifiers: Modifiers,
    /// Whether it came because the key is held down.
    pub repeat: bool,
}

impl KeyPress {
    /// Whether this is the key of a shortcut. Shift matters only where the shortcut asks for it.
    pub fn fits(&self, (modifiers, key): (Modifiers, Key)) -> bool {
        let here = self.modifiers;
        let same_key = match digit(key) {
            Some(digit) => self.digit == Some(digit),
            None => self.key == key,
        };
        same_key
            && here.ctrl == modifiers.command
            && here.alt == modifiers.alt
            && (here.shift || !modifiers.shift)
    }

    /// Whether neither Ctrl nor Alt is down.
    pub fn is_plain(&self) -> bool {
        !(self.modifiers.ctrl || self.modifiers.alt)
    }
}

/// The digit of a key that is one.
pub fn digit(key: Key) -> Option<u8> {
    const DIGITS: [Key; 10] = [
        Key::Num0,
        Key::Num1,
        Key::Num2,
        Key::Num3,
        Key::Num4,
        Key::Num5,
        Key::Num6,
        Key::Num7,
        Key::Num8,
        Key::Num9,
    ];
    DIGITS
        .iter()
        .position(|digit| *digit == key)
        .map(|digit| digit as u8)
}
