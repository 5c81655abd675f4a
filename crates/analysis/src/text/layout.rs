//! Arranges text in lines: paragraphs and table rows. Text boxes follow the paragraph that anchors them.

use std::collections::HashSet;
use std::mem::take;

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
    /// Texts of the finished text boxes in the current paragraph. A text box that repeats one of them is dropped.
    seen_boxes: HashSet<String>,
    /// Open paragraphs, innermost last. Paragraphs of a drawing frame that is not a text box are nested in the paragraph that
    /// anchors the drawing frame.
    paragraphs: Vec<ParagraphStart>,
    paragraph_joins_next: bool,
}

/// Lengths of `text` and `boxes` at the start of a paragraph.
struct ParagraphStart {
    text: usize,
    boxes: usize,
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

    pub fn push(&mut self, text: &str) {
        self.current.text.push_str(text);
    }

    pub fn start_paragraph(&mut self) {
        self.current.paragraph_joins_next = false;
        self.current.paragraphs.push(ParagraphStart { text: self.current.text.len(), boxes: self.current.boxes.len() });
    }

    /// Makes the next paragraph continue the line of this paragraph, because the mark at the end of this paragraph is deleted.
    pub fn join_paragraphs(&mut self) {
        self.current.paragraph_joins_next = true;
    }

    pub fn end_paragraph(&mut self) {
        self.current.paragraphs.pop();
        if !self.current.paragraph_joins_next {
            self.current.text.push('\n');
        }
        self.flush_boxes();
    }

    fn flush_boxes(&mut self) {
        self.current.seen_boxes = HashSet::new();
        if self.current.boxes.is_empty() {
            return;
        }
        let boxes = take(&mut self.current.boxes);
        self.current.text.push_str(&boxes);
        for paragraph in &mut self.current.paragraphs {
            paragraph.boxes = 0;
        }
    }

    /// Removes the innermost paragraph with its text boxes, and returns their text.
    pub fn remove_paragraph(&mut self) -> String {
        let Some(start) = self.current.paragraphs.pop() else { return String::new() };
        let boxes_start = self.current.boxes.floor_char_boundary(start.boxes);
        let boxes = self.current.boxes.split_off(boxes_start);
        let removed = self.current.text.get(start.text..).unwrap_or_default().to_owned() + &boxes;
        self.current.seen_boxes = HashSet::new();
        self.truncate(start.text);
        removed
    }

    /// Shortens the text of the current frame. If an open paragraph, row or cell starts after the new end, its start is moved to
    /// the new end, so that all starts stay valid positions in the text.
    fn truncate(&mut self, length: usize) {
        let Self { current, outer, rows } = self;
        let length = current.text.floor_char_boundary(length);
        current.text.truncate(length);
        for paragraph in current.paragraphs.iter_mut().rev().take_while(|paragraph| paragraph.text > length) {
            paragraph.text = length;
        }
        for row in rows.iter_mut().rev().take_while(|row| row.depth == outer.len() && row.cell_start > length) {
            row.start = row.start.min(length);
            row.cell_start = length;
        }
    }

    /// Removes whitespace from the end of the text, but nothing before `start`.
    fn trim_end(&mut self, start: usize) {
        let trimmed = self.current.text.get(start..).unwrap_or_default().trim_end().len();
        self.truncate(start + trimmed);
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
        let Some(start) = self.rows.last().filter(|row| row.depth == depth).map(|row| row.cell_start) else { return };
        self.trim_end(start);
        self.current.text.push('\t');
        if let Some(row) = self.rows.last_mut() {
            row.cell_start = self.current.text.len();
        }
    }

    pub fn end_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        if row.is_deleted {
            self.truncate(row.start);
        } else {
            self.trim_end(row.start);
        }
        if self.current.text.len() > row.start {
            self.current.text.push('\n');
        }
    }

    /// Starts or ends rows until the current frame has this number of nested rows. Used for formats that do not mark the start of
    /// a row.
    pub fn set_open_rows(&mut self, wanted: usize) {
        let depth = self.outer.len();
        let open = self.rows.iter().rev().take_while(|row| row.depth == depth).count();
        for _ in wanted..open {
            self.end_row();
        }
        for _ in open..wanted {
            self.start_line();
            self.start_row();
        }
    }

    /// Ends the current line, unless the line is empty or a cell begins here.
    fn start_line(&mut self) {
        let depth = self.outer.len();
        let start = self.rows.last().filter(|row| row.depth == depth).map_or(0, |row| row.cell_start);
        if self.current.text.len() > start && !self.current.text.ends_with('\n') {
            self.current.text.push('\n');
        }
    }

    pub fn start_text_box(&mut self) {
        self.outer.push(take(&mut self.current));
    }

    pub fn end_text_box(&mut self) {
        if self.outer.is_empty() {
            return;
        }
        self.set_open_rows(0);
        self.end_last_line();
        let Some(outer) = self.outer.pop() else { return };
        let inner = std::mem::replace(&mut self.current, outer).text;
        if !inner.trim().is_empty() && self.current.seen_boxes.insert(inner.clone()) {
            self.current.boxes.push_str(&inner);
        }
    }

    fn end_last_line(&mut self) {
        self.start_line();
        self.flush_boxes();
    }

    pub fn finish(mut self) -> String {
        while !self.outer.is_empty() {
            self.end_text_box();
        }
        self.set_open_rows(0);
        self.end_last_line();
        self.current.text
    }
}

/// Appends a note, header or footer to the text of a document, unless the same text was appended before.
pub fn append_once(text: &mut String, part: &str, seen: &mut HashSet<String>) {
    let part = part.trim();
    if !part.is_empty() && seen.insert(part.to_owned()) {
        text.push_str("\n\n");
        text.push_str(part);
    }
}
