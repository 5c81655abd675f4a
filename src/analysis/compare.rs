//! What changed from one text to another: line by line first, and within lines that differ word by word.
//!
//! Documents break their lines anew when a word is added, so that a line is rarely what changed; and a comparison by words
//! alone finds the same "the" everywhere.

use crate::domain::contract::diff::{Change, Passage, Piece};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::time::{Duration, Instant};

/// After this long the comparison gets coarser instead of longer.
const DIFF_TIMEOUT: Duration = Duration::from_secs(2);
/// Longer texts are compared up to this length, which is more than a browser page can usefully show.
const MAXIMUM_CHARACTERS: usize = 300_000;
/// More pieces are not shown: each is an element of a page.
const MAXIMUM_PIECES: usize = 20_000;
/// Changed lines with more words than this are shown as replaced: nobody reads a comparison of whole chapters word by word.
const MAXIMUM_WORDS: usize = 20_000;

/// The two texts as one, passage by passage, and whether their ends are left out.
pub fn compare(old: &str, new: &str) -> (Vec<Passage>, bool) {
    let deadline = Instant::now() + DIFF_TIMEOUT;
    let (old_shown, new_shown) = (beginning(old), beginning(new));
    let mut is_cut = old_shown.len() < old.len() || new_shown.len() < new.len();
    let (old, new) = (lines(old_shown), lines(new_shown));
    let mut passages: Vec<Passage> = Vec::new();
    let mut pieces = 0;
    for operation in capture_diff_slices_deadline(Algorithm::Patience, &old, &new, Some(deadline)) {
        if pieces >= MAXIMUM_PIECES {
            is_cut = true;
            break;
        }
        let passage = passage(&old, &new, operation, deadline, MAXIMUM_PIECES - pieces);
        pieces += passage.pieces.len();
        match passages.last_mut() {
            // Lines that only break elsewhere have not changed, and belong to those around them.
            Some(before) if !before.is_changed() && !passage.is_changed() => before.pieces.extend(passage.pieces),
            _ => passages.push(passage),
        }
    }
    // What seems to be added or removed at the end may only have its counterpart in what was left out.
    if is_cut && passages.len() > 1 && passages.last().is_some_and(Passage::is_changed) {
        passages.pop();
    }
    (passages, is_cut)
}

/// The whole lines within the first characters of a text.
fn beginning(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(MAXIMUM_CHARACTERS) else { return text };
    let whole_lines = text[..end].rfind('\n').map_or(end, |at| at + 1);
    &text[..whole_lines]
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

fn passage(old: &[Unit<'_>], new: &[Unit<'_>], operation: DiffOp, deadline: Instant, room: usize) -> Passage {
    let (before, after) = (joined(&old[operation.old_range()]), joined(&new[operation.new_range()]));
    let pieces = match operation {
        DiffOp::Equal { .. } => vec![piece(Change::Same, after)],
        DiffOp::Delete { .. } => vec![piece(Change::Removed, before)],
        DiffOp::Insert { .. } => vec![piece(Change::Added, after)],
        DiffOp::Replace { .. } => replaced(before, after, deadline, room),
    };
    Passage { pieces }
}

/// Word by word, or as a whole where that gives too many pieces.
fn replaced(before: String, after: String, deadline: Instant, room: usize) -> Vec<Piece> {
    let (old, new) = (words(&before), words(&after));
    if old.len().max(new.len()) <= MAXIMUM_WORDS {
        let operations = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline));
        let pieces: Vec<Piece> = operations.into_iter().flat_map(|operation| word_pieces(&old, &new, operation)).collect();
        if pieces.len() <= room {
            return pieces;
        }
    }
    vec![piece(Change::Removed, before), piece(Change::Added, after)]
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
        let pieces = compare(old, new).0.into_iter().flat_map(|passage| passage.pieces);
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
        let (passages, _) = compare("The supplier shall\ndeliver.\n", "The supplier\nshall deliver.\n");
        assert!(passages.iter().all(|passage| !passage.is_changed()), "{passages:?}");
    }

    #[test]
    fn empty_lines_are_no_change() {
        let (passages, _) = compare("1. Scope\nAll.\n2. Fees\n", "\n1. Scope\n\nAll.\n\n\n2. Fees\n");
        assert_eq!((passages.len(), passages[0].is_changed()), (1, false), "{passages:?}");
    }

    #[test]
    fn both_texts_can_be_read_back_from_the_comparison() {
        let old = "1. Scope\nServices as ordered.\n\n2. Fees\nNet 30 days.\n";
        let new = "1. Scope\nServices as ordered.\n1a. New\nText.\n\n2. Fees\nNet 45 days.";
        let (passages, is_cut) = compare(old, new);
        assert!(!is_cut);
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

    fn shown(passages: &[Passage]) -> usize {
        passages.iter().flat_map(|passage| &passage.pieces).map(|piece| piece.text.chars().count()).sum()
    }

    #[test]
    fn long_texts_are_compared_up_to_a_limit_and_say_so() {
        let text: String = (0..40_000).map(|number| format!("Line {number} of it\n")).collect();
        let (passages, is_cut) = compare(&text, &format!("A new first line\n{text}"));
        assert!(is_cut && shown(&passages) <= 2 * MAXIMUM_CHARACTERS, "{}", shown(&passages));
        assert!(passages[0].is_changed() && !passages.last().unwrap().is_changed(), "the end is no change");
        let (passages, is_cut) = compare(&"a".repeat(MAXIMUM_CHARACTERS + 1), "");
        assert_eq!((is_cut, shown(&passages)), (true, MAXIMUM_CHARACTERS));
        assert!(!compare(&"a".repeat(MAXIMUM_CHARACTERS), "").1);
    }

    #[test]
    fn the_number_of_pieces_is_limited() {
        let old: String = (0..30_000).map(|number| format!("{number} a\n")).collect();
        let count = |new: &str| {
            let (passages, is_cut) = compare(&old, new);
            (passages.iter().map(|passage| passage.pieces.len()).sum::<usize>(), is_cut)
        };
        assert_eq!(count(&old.replace('a', "b")), (2, false), "all of it is one passage");
        let (pieces, is_cut) = count(&old.replace("0 a", "0 b").replace("5 a", "5 b"));
        assert!(is_cut && pieces <= MAXIMUM_PIECES + 1 && pieces + 5 > MAXIMUM_PIECES, "{pieces}");
    }
}
