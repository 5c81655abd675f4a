use super::state::{State, Target};
use crate::text::layout::{Layout, append_once};
use crate::text::notices::{Appearance, Notices};
use crate::text::xml::MAXIMUM_PART_TEXT_BYTES;
use crate::text::{Document, ExtractError};
use std::collections::{BTreeMap, HashSet};
use std::mem::take;

/// Collects the text of the document, and appends notes, headers and footers at the end.
#[derive(Default)]
pub struct Output {
    body: Layout,
    /// Text of the open note, header or footer.
    extra: Layout,
    footnotes: String,
    endnotes: String,
    /// Distinct headers, followed by distinct footers. The key is (is a footer, order of the first occurrence).
    repeated: BTreeMap<(bool, usize), String>,
    seen: HashSet<String>,
    bytes: usize,
    pub notices: Notices,
}

impl Output {
    pub fn layout(&mut self, target: Target) -> &mut Layout {
        if target == Target::Body { &mut self.body } else { &mut self.extra }
    }

    /// Adds text to the layout. `tables` is the number of tables around the paragraph, and `luma` the luma of its background.
    pub fn push(&mut self, state: &State, tables: usize, luma: Option<u8>, text: &str) -> Result<(), ExtractError> {
        let characters = &state.characters;
        if text.is_empty() {
            return Ok(());
        }
        self.notices.has_tracked_changes |= characters.is_inserted || characters.is_deleted;
        if characters.is_deleted {
            return Ok(());
        }
        let appearance = if state.is_hidden { Appearance::Hidden } else { characters.appearance(luma) };
        self.notices.record(text, appearance);
        if appearance.is_read() {
            self.count(text.len())?;
            let layout = self.layout(state.target);
            layout.set_open_rows(tables);
            layout.push(text);
        }
        Ok(())
    }

    pub fn end_paragraph(&mut self, state: &State, tables: usize) -> Result<(), ExtractError> {
        self.notices.has_tracked_changes |= state.characters.is_inserted || state.characters.is_deleted;
        if state.characters.is_deleted {
            return Ok(());
        }
        self.count(1)?;
        self.notices.hidden_text.separate();
        let layout = self.layout(state.target);
        layout.set_open_rows(tables);
        layout.end_paragraph();
        Ok(())
    }

    pub fn end_cell(&mut self, target: Target, tables: usize) -> Result<(), ExtractError> {
        self.count(1)?;
        self.notices.hidden_text.separate();
        let layout = self.layout(target);
        layout.set_open_rows(tables);
        layout.end_paragraph();
        layout.end_cell();
        Ok(())
    }

    /// Ends a row. `tables` is the number of tables around the row, including its own table.
    pub fn end_row(&mut self, target: Target, tables: usize) -> Result<(), ExtractError> {
        self.count(1)?;
        self.layout(target).set_open_rows(tables.saturating_sub(1));
        Ok(())
    }

    /// Counts extracted bytes. Fails if the total size of the text exceeds the limit.
    fn count(&mut self, bytes: usize) -> Result<(), ExtractError> {
        self.bytes += bytes;
        if self.bytes > MAXIMUM_PART_TEXT_BYTES {
            Err(ExtractError::too_large("it holds more than 8 MB of text"))
        } else {
            Ok(())
        }
    }

    /// Ends a note, header or footer.
    pub fn end_extra(&mut self, target: Target) {
        let text = take(&mut self.extra).finish();
        let text = text.trim();
        let notes = match target {
            Target::Body => return,
            Target::Footnote => &mut self.footnotes,
            Target::Endnote => &mut self.endnotes,
            Target::Header | Target::Footer => {
                if !text.is_empty() && self.seen.insert(text.to_owned()) {
                    self.repeated.insert((target == Target::Footer, self.seen.len()), text.to_owned());
                }
                return;
            }
        };
        notes.push_str(text);
        notes.push('\n');
    }

    pub fn document(mut self) -> Document {
        let mut text = take(&mut self.body).finish();
        let mut seen = HashSet::new();
        for part in [&self.footnotes, &self.endnotes].into_iter().chain(self.repeated.values()) {
            append_once(&mut text, part, &mut seen);
        }
        self.notices.document(text)
    }
}
