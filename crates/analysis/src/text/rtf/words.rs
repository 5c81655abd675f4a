//! Control words that represent characters or change the format of the text.

use super::charset::{Charset, of_code_page};
use super::read::Reader;
use super::state::{Characters, Paragraph, Target};
use crate::text::ExtractError;

/// Returns the character that a control word represents.
pub fn character(word: &str) -> Option<char> {
    Some(match word {
        "tab" => '\t',
        "line" | "lbr" | "page" | "column" => '\n',
        "emspace" => '\u{2003}',
        "enspace" => '\u{2002}',
        "qmspace" => '\u{2005}',
        "endash" => '\u{2013}',
        "emdash" => '\u{2014}',
        "lquote" => '\u{2018}',
        "rquote" => '\u{2019}',
        "ldblquote" => '\u{201C}',
        "rdblquote" => '\u{201D}',
        "bullet" => '\u{2022}',
        _ => return None,
    })
}

impl Reader {
    pub fn text_word(&mut self, word: &str, parameter: Option<i32>) -> Result<(), ExtractError> {
        match word {
            "par" | "sect" => self.end_paragraph(),
            "cell" | "nestcell" => self.end_cell(word),
            "row" | "nestrow" => self.end_row(word),
            _ => {
                self.format(word, parameter);
                Ok(())
            }
        }
    }

    fn end_paragraph(&mut self) -> Result<(), ExtractError> {
        self.end_surrogate()?;
        let paragraph = &self.state.paragraph;
        self.row.end_paragraph(paragraph);
        self.output.end_paragraph(&self.state, self.row.tables(paragraph))
    }

    fn end_cell(&mut self, word: &str) -> Result<(), ExtractError> {
        self.end_surrogate()?;
        if word == "cell" {
            self.row.end_cell();
        }
        self.output.end_cell(self.state.target, self.tables(word == "nestcell"))
    }

    pub fn end_row(&mut self, word: &str) -> Result<(), ExtractError> {
        if word == "row" {
            self.row.end_row();
        }
        self.output.end_row(self.state.target, self.tables(word == "nestrow"))
    }

    fn tables(&self, is_nested: bool) -> usize {
        if is_nested { self.state.paragraph.tables().max(2) } else { 1 }
    }

    pub fn format(&mut self, word: &str, parameter: Option<i32>) {
        match word {
            "plain" => self.state.characters = Characters::default(),
            // The label of a list item belongs to the paragraph that follows. Therefore a `\pard` in the label does not reset the
            // properties of the paragraph.
            "pard" if !self.state.is_label => self.state.paragraph = Paragraph::default(),
            "uc" => self.state.unicode_skip = usize::try_from(parameter.unwrap_or(1)).unwrap_or(0),
            "ftnalt" if self.state.target == Target::Footnote => self.state.target = Target::Endnote,
            "ansicpg" => self.set_code_page(parameter.unwrap_or(0)),
            // Inserted and deleted table cells.
            "clins" | "cldel" => self.output.notices.has_tracked_changes = true,
            "mac" => self.set_code_page(10000),
            "pc" => self.set_code_page(437),
            "pca" => self.set_code_page(850),
            "deff" => self.fonts.set_default(parameter.unwrap_or(0)),
            _ => {
                let color = self.colors.get(parameter);
                self.state.characters.set(word, parameter, color);
                self.state.paragraph.set(word, parameter, color);
                self.row.set(word, parameter, color);
            }
        }
    }

    fn set_code_page(&mut self, number: i32) {
        let charset = of_code_page(number);
        if charset != Charset::Document {
            self.document_charset = charset;
        }
    }
}
