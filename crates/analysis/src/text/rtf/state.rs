//! State of a group. A group inherits the state of the group around it.

use super::colors::{Color, WHITE};
use super::destination::Destination;
use super::shading::Shading;
use crate::text::notices::Appearance;

/// Maximum depth of nested tables. Word supports no deeper nesting.
const MAXIMUM_TABLE_DEPTH: i32 = 16;
/// Maximum font size in half points that counts as too small to read.
const SMALL_HALF_POINTS: i32 = 4;
/// Maximum luma of a background on which white text is readable. This is the luma of light gray (#C0C0C0). The lightest accent
/// color of Word's table styles, gold (#FFC000), has a luma of 191, which is just below this limit.
const MAXIMUM_DARK_LUMA: u8 = 192;

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
    /// True inside a hidden shape.
    pub is_hidden: bool,
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
            is_hidden: false,
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
    highlight: Color,
    shading: Shading,
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
            "cf" => self.is_white = color == Color::Luma(WHITE),
            "highlight" => self.highlight = color,
            "cb" | "chcbpat" => self.shading.background = color,
            "chcfpat" => self.shading.pattern = color,
            "chshdng" => self.shading.set_percentage(parameter),
            _ => {}
        }
    }

    /// Returns the appearance of the text. `block_luma` is the luma of the background of the paragraph or table cell.
    pub fn appearance(&self, block_luma: Option<u8>) -> Appearance {
        let luma = self.highlight.luma().or(self.shading.luma()).or(block_luma);
        let is_on_dark = luma.is_some_and(|luma| luma <= MAXIMUM_DARK_LUMA);
        match () {
            () if self.is_hidden => Appearance::Hidden,
            () if self.is_struck || self.is_struck_twice => Appearance::Struck,
            () if self.is_small || (self.is_white && !is_on_dark) => Appearance::Faint,
            () => Appearance::Plain,
        }
    }
}

#[derive(Clone, Copy, Default)]
pub struct Paragraph {
    pub is_in_table: bool,
    pub shading: Shading,
    table_depth: i32,
}

impl Paragraph {
    pub fn set(&mut self, word: &str, parameter: Option<i32>, color: Color) {
        match word {
            "intbl" => self.is_in_table = parameter != Some(0),
            "itap" => self.table_depth = parameter.unwrap_or(0).clamp(0, MAXIMUM_TABLE_DEPTH),
            "cbpat" => self.shading.background = color,
            "cfpat" => self.shading.pattern = color,
            "shading" => self.shading.set_percentage(parameter),
            _ => {}
        }
    }

    /// Returns the number of tables around the paragraph.
    pub fn tables(&self) -> usize {
        if self.is_in_table { usize::try_from(self.table_depth).unwrap_or(0).max(1) } else { 0 }
    }
}
