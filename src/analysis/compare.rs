//! What changed from one text to another: line by line first, and within lines that differ word by word.
//!
//! Documents break their lines anew when a word is added, so that a line is rarely what changed; and a comparison by words
//! alone finds the same "the" everywhere.

use crate::domain::comparison::{Change, Passage, Piece};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::time::{Duration, Instant};

/// After this long the comparison gets coarser instead of longer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Changed lines with more words than this are shown as replaced: nobody reads a comparison of whole chapters word by word.
const MAXIMUM_WORDS: usize = 20_000;

/// The two texts as one, passage by passage.
pub fn compare(old: &str, new: &str) -> Vec<Passage> {
    let deadline = Instant::now() + PATIENCE;
    let (old, new) = (lines(old), lines(new));
    let mut passages: Vec<Passage> = Vec::new();
    for operation in capture_diff_slices_deadline(Algorithm::Patience, &old, &new, Some(deadline)) {
        let passage = passage(&old, &new, operation, deadline);
        match passages.last_mut() {
            // Lines that only break elsewhere have not changed, and belong to those around them.
            Some(before) if !before.is_changed() && !passage.is_changed() => before.pieces.extend(passage.pieces),
            _ => passages.push(passage),
        }
    }
    passages
}

/// The lines of a text, each with the blank ones that follow it.
fn lines(text: &str) -> Vec<Unit<'_>> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() && at > start {
            lines.push(Unit(&text[start..at]));
            start = at;
        }
        at += line.len();
    }
    if at > start {
        lines.push(Unit(&text[start..at]));
    }
    lines
}

fn passage(old: &[Unit<'_>], new: &[Unit<'_>], operation: DiffOp, deadline: Instant) -> Passage {
    let (before, after) = (joined(&old[operation.old_range()]), joined(&new[operation.new_range()]));
    let pieces = match operation {
        DiffOp::Equal { .. } => vec![piece(Change::Same, after)],
        DiffOp::Delete { .. } => vec![piece(Change::Removed, before)],
        DiffOp::Insert { .. } => vec![piece(Change::Added, after)],
        DiffOp::Replace { .. } => replaced(before, after, deadline),
    };
    Passage { pieces }
}

fn replaced(before: String, after: String, deadline: Instant) -> Vec<Piece> {
    let (old, new) = (words(&before), words(&after));
    if old.len().max(new.len()) > MAXIMUM_WORDS {
        return vec![piece(Change::Removed, before), piece(Change::Added, after)];
    }
    let operations = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
    operations.into_iter().flat_map(|operation| word_pieces(&old, &new, operation)).collect()
}

fn words(text: &str) -> Vec<Unit<'_>> {
    text.split_inclusive(char::is_whitespace).map(Unit).collect()
}

/// A line or a word with the blanks behind it, which do not matter when it is compared.
#[derive(Clone, Copy)]
struct Unit<'t>(&'t str);

fn joined(units: &[Unit<'_>]) -> String {
    units.iter().map(|unit| unit.0).collect()
}

impl PartialEq for Unit<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0.trim_end() == other.0.trim_end()
    }
}

impl Eq for Unit<'_> {}

impl std::hash::Hash for Unit<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.trim_end().hash(state);
    }
}

fn word_pieces(old: &[Unit<'_>], new: &[Unit<'_>], operation: DiffOp) -> Vec<Piece> {
    let (before, after) = (joined(&old[operation.old_range()]), joined(&new[operation.new_range()]));
    match operation {
        DiffOp::Equal { .. } => vec![piece(Change::Same, after)],
        DiffOp::Delete { .. } => vec![piece(Change::Removed, before)],
        DiffOp::Insert { .. } => vec![piece(Change::Added, after)],
        DiffOp::Replace { .. } => vec![piece(Change::Removed, before), piece(Change::Added, after)],
    }
}

/// Blanks alone are no change.
fn piece(change: Change, text: String) -> Piece {
    let change = if text.trim().is_empty() { Change::Same } else { change };
    Piece { change, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> String {
        let pieces = compare(old, new).into_iter().flat_map(|passage| passage.pieces);
        pieces
            .map(|piece| match piece.change {
                Change::Same => piece.text,
                Change::Removed => format!("[-{}-]", piece.text),
                Change::Added => format!("[+{}+]", piece.text),
            })
            .collect()
    }

    #[test]
    fn a_changed_word_is_told_within_its_line() {
        let (old, new) = ("Term\nThe term is two years.\nEnd\n", "Term\nThe term is three years.\nEnd\n");
        assert_eq!(told(old, new), "Term\nThe term is [-two -][+three +]years.\nEnd\n");
    }

    #[test]
    fn a_line_that_only_breaks_elsewhere_is_the_same() {
        let passages = compare("The supplier shall\ndeliver.\n", "The supplier\nshall deliver.\n");
        assert!(passages.iter().all(|passage| !passage.is_changed()), "{passages:?}");
    }

    #[test]
    fn empty_lines_are_no_change() {
        let passages = compare("1. Scope\nAll.\n2. Fees\n", "\n1. Scope\n\nAll.\n\n\n2. Fees\n");
        assert_eq!((passages.len(), passages[0].is_changed()), (1, false), "{passages:?}");
    }

    #[test]
    fn both_texts_can_be_read_back_from_the_comparison() {
        let old = "1. Scope\nServices as ordered.\n\n2. Fees\nNet 30 days.\n";
        let new = "1. Scope\nServices as ordered.\n1a. New\nText.\n\n2. Fees\nNet 45 days.";
        let passages = compare(old, new);
        let read = |left_out: Change| -> String {
            let pieces = passages.iter().flat_map(|passage| &passage.pieces).filter(|piece| piece.change != left_out);
            pieces.map(|piece| piece.text.trim_end()).collect::<Vec<_>>().join(" ")
        };
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(plain(&read(Change::Added)), plain(old));
        assert_eq!(plain(&read(Change::Removed)), plain(new));
    }

    #[test]
    fn nothing_against_nothing_is_nothing_and_everything_may_be_new() {
        assert_eq!(told("", ""), "");
        assert_eq!(told("", "a\n"), "[+a\n+]");
        assert_eq!(told("a\n", ""), "[-a\n-]");
    }
}
