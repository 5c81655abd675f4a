use super::charset::{Charset, of_code_page, of_font};
use std::collections::HashMap;

/// Maximum number of fonts. Documents have at most a few hundred.
const MAXIMUM_FONTS: usize = 4_096;
/// Start of the names of the fonts whose letters are pictures: Wingdings, Wingdings 2 and Wingdings 3.
const PICTURES: &[u8] = b"wingdings";

#[derive(Default)]
pub struct Fonts {
    charsets: HashMap<i32, Charset>,
    /// Number of the font whose definition is being read.
    defined: i32,
    /// Beginning of the name of this font, in lower case.
    name: Vec<u8>,
    default: i32,
}

impl Fonts {
    pub fn set_default(&mut self, font: i32) {
        self.default = font;
    }

    /// Reads a control word of the font table.
    pub fn define(&mut self, word: &str, parameter: Option<i32>) {
        let number = parameter.unwrap_or(0);
        let charset = match word {
            "f" => {
                self.defined = number;
                self.name.clear();
                return;
            }
            "fcharset" => of_font(number),
            "cpg" => of_code_page(number),
            _ => return,
        };
        if self.charsets.len() < MAXIMUM_FONTS || self.charsets.contains_key(&self.defined) {
            self.charsets.insert(self.defined, charset);
        }
    }

    /// Reads text of the font table, which is the name of the font.
    pub fn name(&mut self, text: &[u8]) {
        let text = if self.name.is_empty() { text.trim_ascii_start() } else { text };
        let room = PICTURES.len().saturating_sub(self.name.len());
        self.name.extend(text.iter().take(room).map(u8::to_ascii_lowercase));
        if let (PICTURES, Some(charset @ Charset::Symbol)) = (&self.name[..], self.charsets.get_mut(&self.defined)) {
            *charset = Charset::Pictures;
        }
    }

    /// Returns the character set of a font. `None` means the default font.
    pub fn charset(&self, font: Option<i32>) -> Charset {
        self.charsets.get(&font.unwrap_or(self.default)).copied().unwrap_or(Charset::Document)
    }
}
