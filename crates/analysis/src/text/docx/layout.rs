//! Arranges the text of a part in lines: paragraphs and table rows. Text boxes follow the paragraph that anchors them.

use super::formatting::Formatting;
use std::mem::take;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    Kept,
    Hidden,
    Struck,
}

#[derive(Default)]
pub struct Layout {
    /// Frame that receives text: the document, or the innermost text box.
    current: Frame,
    /// Frames around the current text box, innermost last.
    outer: Vec<Frame>,
    rows: Vec<Row>,
}

#[derive(Default)]
struct Frame {
    text: String,
    /// Text of the finished text boxes in the current paragraph.
    boxes: String,
    formatting: Formatting,
    paragraph_joins_next: bool,
}

struct Row {
    start: usize,
    cell_start: usize,
    is_deleted: bool,
    depth: usize,
}

impl Layout {
    pub fn len(&self) -> usize {
        self.current.text.len() + self.current.boxes.len()
    }

    pub fn formatting(&mut self) -> &mut Formatting {
        &mut self.current.formatting
    }

    /// Adds text, unless it is hidden or struck out.
    pub fn push(&mut self, text: &str) -> Pushed {
        if self.current.formatting.is_hidden() {
            Pushed::Hidden
        } else if self.current.formatting.is_struck() {
            Pushed::Struck
        } else {
            self.current.text.push_str(text);
            Pushed::Kept
        }
    }

    /// Starts a paragraph. `style` is the formatting of the default paragraph style.
    pub fn start_paragraph(&mut self, style: Formatting) {
        self.current.paragraph_joins_next = false;
        self.current.formatting = style;
    }

    /// Makes the next paragraph continue the line of this paragraph, whose end mark is deleted.
    pub fn join_paragraphs(&mut self) {
        self.current.paragraph_joins_next = true;
    }

    pub fn end_paragraph(&mut self) {
        if !self.current.paragraph_joins_next {
            self.current.text.push('\n');
        }
        let boxes = take(&mut self.current.boxes);
        self.current.text.push_str(&boxes);
    }

    pub fn start_row(&mut self) {
        let start = self.current.text.len();
        self.rows.push(Row { start, cell_start: start, is_deleted: false, depth: self.outer.len() });
    }

    pub fn delete_row(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.is_deleted = true;
        }
    }

    pub fn end_cell(&mut self) {
        let depth = self.outer.len();
        let text = &mut self.current.text;
        let Some(row) = self.rows.last_mut().filter(|row| row.depth == depth) else { return };
        text.truncate(text[row.cell_start..].trim_end().len() + row.cell_start);
        text.push('\t');
        row.cell_start = text.len();
    }

    pub fn end_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        let text = &mut self.current.text;
        let end = text[row.start..].trim_end().len() + row.start;
        text.truncate(if row.is_deleted { row.start } else { end });
        if text.len() > row.start {
            text.push('\n');
        }
    }

    pub fn start_text_box(&mut self) {
        self.outer.push(take(&mut self.current));
    }

    pub fn end_text_box(&mut self) {
        let Some(outer) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.current, outer).text;
        if !inner.trim().is_empty() && !self.current.boxes.contains(inner.as_str()) {
            self.current.boxes.push_str(&inner);
        }
    }

    pub fn finish(self) -> String {
        self.current.text
    }
}
