use super::paint::paint;
use crate::text::hidden_text::HiddenText;
use lopdf::Document;
use pdf_inspector::{PositionFrame, TextItem, extract_text_with_positions_mem_in_frame};
use std::collections::HashSet;

/// Largest font size that counts as invisible, in points.
pub const SMALL_POINTS: f32 = 2.0;
/// Minimum length of white text that counts as hidden. Shorter white text usually is the label of a colored cell, or marks the
/// position of a signature.
const MINIMUM_WHITE_LETTERS: usize = 40;
const MAXIMUM_PAGES: usize = 500;
const MINIMUM_WHITE: u8 = 250;

/// Adds the hidden text on the pages: text that is not painted, white text on white, and very small text. Ignores the text in
/// form XObjects.
pub fn find(bytes: &[u8], document: Document, mut hidden: HiddenText) -> HiddenText {
    let mut faint = HashSet::new();
    for (number, page) in (1_u32..).zip(document.page_iter().take(MAXIMUM_PAGES)) {
        let paint = paint(&document, page);
        hidden.add_letters(paint.invisible_bytes());
        if paint.has_faint_text() {
            faint.insert(number);
        }
    }
    // Frees the memory, because `pdf-inspector` opens the document again.
    drop(document);
    if !faint.is_empty() {
        let items = extract_text_with_positions_mem_in_frame(bytes, Some(&faint), PositionFrame::Sheet);
        for item in items.unwrap_or_default().iter().filter(|item| is_faint(item)) {
            hidden.separate();
            hidden.add(&item.text);
        }
    }
    hidden
}

fn is_faint(item: &TextItem) -> bool {
    let is_small = item.height > 0.0 && item.height <= SMALL_POINTS;
    let is_white = item.fill_color.is_some_and(|color| color.iter().all(|part| *part >= MINIMUM_WHITE));
    is_small || (is_white && item.render_mode == Some(0) && item.text.chars().count() >= MINIMUM_WHITE_LETTERS)
}
