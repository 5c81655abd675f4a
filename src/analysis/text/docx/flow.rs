//! Puts the letters of a part into lines: paragraphs, rows with cells, text boxes after the paragraph that anchors them.

use super::look::Look;

/// Outcome of adding text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    Kept,
    Hidden,
    Struck,
}

/// The text under construction.
#[derive(Default)]
pub struct Flow {
    text: String,
    /// Text boxes under construction, innermost last, each with the state of the paragraph around it.
    outer: Vec<Outer>,
    /// Finished text boxes of the current paragraph.
    boxes: String,
    rows: Vec<Row>,
    /// Properties of the current run.
    pub look: Look,
    paragraph_joins_next: bool,
}

struct Outer {
    text: String,
    boxes: String,
    look: Look,
    paragraph_joins_next: bool,
}

struct Row {
    start: usize,
    cell_start: usize,
    is_dropped: bool,
    depth: usize,
}

impl Flow {
    /// How many bytes of text there are.
    pub fn len(&self) -> usize {
        self.text.len() + self.boxes.len()
    }

    /// Adds text, unless it is hidden or struck out.
    pub fn push(&mut self, text: &str) -> Pushed {
        match () {
            () if self.look.is_hidden() => Pushed::Hidden,
            () if self.look.is_struck() => Pushed::Struck,
            () => {
                self.text.push_str(text);
                Pushed::Kept
            }
        }
    }

    pub fn start_paragraph(&mut self) {
        self.paragraph_joins_next = false;
    }

    /// The mark at the end of this paragraph was deleted: the next one goes on in the same line.
    pub fn join_paragraphs(&mut self) {
        self.paragraph_joins_next = true;
    }

    pub fn end_paragraph(&mut self) {
        if !self.paragraph_joins_next {
            self.text.push('\n');
        }
        let boxes = std::mem::take(&mut self.boxes);
        self.text.push_str(&boxes);
    }

    pub fn start_row(&mut self) {
        let start = self.text.len();
        self.rows.push(Row { start, cell_start: start, is_dropped: false, depth: self.outer.len() });
    }

    /// The row was deleted by a tracked change.
    pub fn drop_row(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.is_dropped = true;
        }
    }

    pub fn end_cell(&mut self) {
        let depth = self.outer.len();
        let Some(row) = self.rows.last_mut().filter(|row| row.depth == depth) else { return };
        let end = self.text[row.cell_start..].trim_end().len() + row.cell_start;
        self.text.truncate(end);
        self.text.push('\t');
        row.cell_start = self.text.len();
    }

    pub fn end_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        let end = self.text[row.start..].trim_end().len() + row.start;
        self.text.truncate(if row.is_dropped { row.start } else { end });
        if self.text.len() > row.start {
            self.text.push('\n');
        }
    }

    pub fn start_text_box(&mut self) {
        self.outer.push(Outer {
            text: std::mem::take(&mut self.text),
            boxes: std::mem::take(&mut self.boxes),
            look: std::mem::take(&mut self.look),
            paragraph_joins_next: std::mem::take(&mut self.paragraph_joins_next),
        });
    }

    pub fn end_text_box(&mut self) {
        let Some(outer) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.text, outer.text);
        self.boxes = outer.boxes;
        self.look = outer.look;
        self.paragraph_joins_next = outer.paragraph_joins_next;
        if !inner.trim().is_empty() && !self.boxes.contains(inner.as_str()) {
            self.boxes.push_str(&inner);
        }
    }

    /// The whole text.
    pub fn finish(self) -> String {
        self.text
    }
}
