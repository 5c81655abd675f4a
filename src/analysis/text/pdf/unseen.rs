//! Text of a PDF that its reader does not see: shown in no colour, in white on white, or too small to read.

use std::collections::HashSet;

use lopdf::Document;
use pdf_inspector::{PositionFrame, TextItem, extract_text_with_positions_mem_in_frame};

use super::paint::paint;
use crate::analysis::text::unseen::Unseen;

/// Text of this height or less is no text for people.
pub const SMALLEST_POINTS: f32 = 2.0;
/// A shorter piece in white is the label of a coloured cell or the place of a signature.
const SHORTEST_WHITE_LETTERS: usize = 40;
/// So many pages are looked at.
const MAXIMUM_PAGES: usize = 500;
/// From here on, red, green and blue make white.
const WHITE: u8 = 250;

/// Adds text that a reader does not see. Looks at the pages themselves, not at form XObjects.
pub fn find(bytes: &[u8], document: Document, mut unseen: Unseen) -> Unseen {
    let mut faint = HashSet::new();
    for (number, page) in (1_u32..).zip(document.page_iter().take(MAXIMUM_PAGES)) {
        let paint = paint(&document, page);
        unseen.add_letters(paint.invisible_bytes);
        if paint.has_faint_text {
            faint.insert(number);
        }
    }
    // It opens the document itself.
    drop(document);
    if !faint.is_empty() {
        let items = extract_text_with_positions_mem_in_frame(bytes, Some(&faint), PositionFrame::Sheet);
        for item in items.unwrap_or_default().iter().filter(|item| is_faint(item)) {
            unseen.separate();
            unseen.add(&item.text);
        }
    }
    unseen
}

fn is_faint(item: &TextItem) -> bool {
    let is_small = item.height > 0.0 && item.height <= SMALLEST_POINTS;
    let is_white = item.fill_color.is_some_and(|color| color.iter().all(|part| *part >= WHITE));
    is_small || (is_white && item.render_mode == Some(0) && item.text.chars().count() >= SHORTEST_WHITE_LETTERS)
}
