//! State of a group. A group inherits the state of the group around it.

use super::colors::Color;
use super::destination::Destination;
use crate::text::notices::Appearance;

/// Maximum depth of nested tables. Word supports no deeper nesting.
const MAXIMUM_TABLE_DEPTH: i32 = 16;
/// Maximum font size in half points that counts as too small to read.
const SMALL_HALF_POINTS: i32 = 4;

/// Part of the document that receives text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    #[default]
    Body,
    Footnote,
    Endnote,
    Header,
    Footer,
}

#[derive(Clone, Copy)]
pub struct State {
    pub destination: Destination,
    pub target: Target,
    /// Number of open text boxes.
    pub text_boxes: usize,
    /// True for the number or bullet of a list item.
    pub is_label: bool,
    pub characters: Characters,
    pub paragraph: Paragraph,
    /// Number of fallback characters after each `\u`, for readers that do not support Unicode.
    pub unicode_skip: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            destination: Destination::Text,
            target: Target::Body,
            text_boxes: 0,
            is_label: false,
            characters: Characters::default(),
            paragraph: Paragraph::default(),
            unicode_skip: 1,
        }
    }
}

#[derive(Clone, Copy, Default)]
pub struct Characters {
    /// Font number. `None` means the default font.
    pub font: Option<i32>,
    pub is_inserted: bool,
    pub is_deleted: bool,
    is_hidden: bool,
    is_struck: bool,
    is_struck_twice: bool,
    is_white: bool,
    is_small: bool,
    is_shaded: bool,
}

impl Characters {
    /// Applies a control word. `color` is the entry of the color table that `parameter` selects.
    pub fn set(&mut self, word: &str, parameter: Option<i32>, color: Color) {
        let is_on = parameter != Some(0);
        match word {
            "f" => self.font = parameter,
            "v" => self.is_hidden = is_on,
            "strike" => self.is_struck = is_on,
            "striked" => self.is_struck_twice = is_on,
            "revised" | "mvt" => self.is_inserted = is_on,
            "deleted" | "mvf" => self.is_deleted = is_on,
            "fs" => self.is_small = parameter.is_some_and(|size| size <= SMALL_HALF_POINTS),
            "cf" => self.is_white = color == Color::White,
            "cb" | "highlight" | "chcbpat" => self.is_shaded = color == Color::Other,
            "chshdng" => self.is_shaded |= parameter.is_some_and(|percent| percent > 0),
            _ => {}
        }
    }

    /// Returns the appearance of the text. `is_shaded` is true if the paragraph or table cell has a background color.
    pub fn appearance(&self, is_shaded: bool) -> Appearance {
        match () {
            () if self.is_hidden => Appearance::Hidden,
            () if self.is_struck || self.is_struck_twice => Appearance::Struck,
            () if self.is_small || (self.is_white && !self.is_shaded && !is_shaded) => Appearance::Faint,
            () => Appearance::Plain,
        }
    }
}

#[derive(Clone, Copy, Default)]
pub struct Paragraph {
    pub is_in_table: bool,
    pub is_shaded: bool,
    table_depth: i32,
}

impl Paragraph {
    pub fn set(&mut self, word: &str, parameter: Option<i32>, color: Color) {
        match word {
            "intbl" => self.is_in_table = parameter != Some(0),
            "itap" => self.table_depth = parameter.unwrap_or(0).clamp(0, MAXIMUM_TABLE_DEPTH),
            "cbpat" => self.is_shaded = color == Color::Other,
            "shading" => self.is_shaded |= parameter.is_some_and(|percent| percent > 0),
            _ => {}
        }
    }

    /// Returns the number of tables around the paragraph.
    pub fn tables(&self) -> usize {
        if self.is_in_table { usize::try_from(self.table_depth).unwrap_or(0).max(1) } else { 0 }
    }
}
