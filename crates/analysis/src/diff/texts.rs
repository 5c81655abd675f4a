//! Compares two texts line by line, and changed lines word by word. Added words move line breaks, so a comparison of lines alone
//! would show too many changes. A comparison of words alone would match unrelated occurrences of words such as "the".

use super::{Change, Passage, Piece};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use std::time::{Duration, Instant};

/// Timeout of an exact comparison. After the timeout, the comparison becomes coarser.
const DIFF_TIMEOUT: Duration = Duration::from_secs(2);
const MAXIMUM_CHARACTERS: usize = 300_000;
/// Maximum number of pieces. Each piece becomes an element on a web page.
const MAXIMUM_PIECES: usize = 20_000;
const MAXIMUM_WORDS: usize = 20_000;

/// Returns the passages of both texts. The returned flag is true if the ends of the texts are omitted.
pub fn compare(old: &str, new: &str) -> (Vec<Passage>, bool) {
    let deadline = Instant::now() + DIFF_TIMEOUT;
    let (old_shown, new_shown) = (beginning(old), beginning(new));
    let mut is_cut = old_shown.len() < old.len() || new_shown.len() < new.len();
    let (old, new) = (lines(old_shown), lines(new_shown));
    let mut passages: Vec<Passage> = Vec::new();
    let mut count = 0;
    for operation in operations(Algorithm::Patience, &old, &new, deadline) {
        if count >= MAXIMUM_PIECES {
            is_cut = true;
            break;
        }
        let pieces = match operation {
            DiffOp::Replace { .. } => replaced(&old, &new, operation, deadline, MAXIMUM_PIECES - count),
            _ => pieces(&old, &new, operation),
        };
        count += pieces.len();
        let passage = Passage { pieces };
        match passages.last_mut() {
            // Joins adjacent unchanged passages. Lines in which only the line breaks have changed count as unchanged.
            Some(before) if !before.is_changed() && !passage.is_changed() => before.pieces.extend(passage.pieces),
            _ => passages.push(passage),
        }
    }
    // If the texts are cut, a change at the end is not shown, because its counterpart may be in the omitted text.
    if is_cut && passages.len() > 1 && passages.last().is_some_and(Passage::is_changed) {
        passages.pop();
    }
    (passages, is_cut)
}

/// Returns the whole lines within the first `MAXIMUM_CHARACTERS` of a text.
fn beginning(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(MAXIMUM_CHARACTERS) else { return text };
    let whole_lines = text[..end].rfind('\n').map_or(end, |at| at + 1);
    &text[..whole_lines]
}

/// Splits a text into lines. Each line includes the blank lines that follow.
fn lines(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive('\n') {
        if !line.trim().is_empty() && at > start {
            lines.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    if at > start {
        lines.push(&text[start..at]);
    }
    lines
}

/// Compares lines or words, regardless of the whitespace at their ends.
fn operations(algorithm: Algorithm, old: &[&str], new: &[&str], deadline: Instant) -> Vec<DiffOp> {
    let [old, new] = [old, new].map(|units| units.iter().map(|unit| unit.trim_end()).collect::<Vec<_>>());
    capture_diff_slices_deadline(algorithm, &old, &new, Some(deadline))
}

fn pieces(old: &[&str], new: &[&str], operation: DiffOp) -> Vec<Piece> {
    let (before, after) = (old[operation.old_range()].concat(), new[operation.new_range()].concat());
    match operation {
        DiffOp::Equal { .. } => vec![piece(Change::Same, after)],
        DiffOp::Delete { .. } => vec![piece(Change::Removed, before)],
        DiffOp::Insert { .. } => vec![piece(Change::Added, after)],
        DiffOp::Replace { .. } => vec![piece(Change::Removed, before), piece(Change::Added, after)],
    }
}

/// Compares replaced lines by words. If there are too many words or pieces, returns all old lines as removed and all new lines as
/// added.
fn replaced(old: &[&str], new: &[&str], operation: DiffOp, deadline: Instant, room: usize) -> Vec<Piece> {
    let (before, after) = (old[operation.old_range()].concat(), new[operation.new_range()].concat());
    let (old_words, new_words) = (words(&before), words(&after));
    if old_words.len().max(new_words.len()) <= MAXIMUM_WORDS {
        let operations = operations(Algorithm::Myers, &old_words, &new_words, deadline);
        let by_words: Vec<Piece> =
            operations.into_iter().flat_map(|operation| pieces(&old_words, &new_words, operation)).collect();
        if by_words.len() <= room {
            return by_words;
        }
    }
    pieces(old, new, operation)
}

fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

/// Creates a piece. A piece of whitespace counts as unchanged.
fn piece(change: Change, text: String) -> Piece {
    let change = if text.trim().is_empty() { Change::Same } else { change };
    Piece { change, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(old: &str, new: &str) -> String {
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
    fn a_changed_word_is_marked_within_its_line() {
        let (old, new) = ("Term\nThe term is two years.\nEnd\n", "Term\nThe term is three years.\nEnd\n");
        assert_eq!(marked(old, new), "Term\nThe term is [-two -][+three +]years.\nEnd\n");
    }

    #[test]
    fn moved_line_breaks_are_not_changes() {
        let (passages, _) = compare("The supplier shall\ndeliver.\n", "The supplier\nshall deliver.\n");
        assert!(passages.iter().all(|passage| !passage.is_changed()), "{passages:?}");
    }

    #[test]
    fn empty_lines_are_not_changes() {
        let (passages, _) = compare("1. Scope\nAll.\n2. Fees\n", "\n1. Scope\n\nAll.\n\n\n2. Fees\n");
        assert_eq!((passages.len(), passages[0].is_changed()), (1, false), "{passages:?}");
    }

    #[test]
    fn both_texts_can_be_restored_from_the_comparison() {
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
    fn empty_texts_can_be_compared() {
        assert_eq!(marked("", ""), "");
        assert_eq!(marked("", "a\n"), "[+a\n+]");
        assert_eq!(marked("a\n", ""), "[-a\n-]");
    }

    fn shown(passages: &[Passage]) -> usize {
        passages.iter().flat_map(|passage| &passage.pieces).map(|piece| piece.text.chars().count()).sum()
    }

    #[test]
    fn long_texts_are_compared_up_to_a_limit() {
        let text: String = (0..40_000).map(|number| format!("Line {number} of it\n")).collect();
        let (passages, is_cut) = compare(&text, &format!("A new first line\n{text}"));
        assert!(is_cut && shown(&passages) <= 2 * MAXIMUM_CHARACTERS, "{}", shown(&passages));
        assert!(passages[0].is_changed() && !passages.last().unwrap().is_changed(), "the end is no change");
        let (passages, is_cut) = compare(&"a".repeat(MAXIMUM_CHARACTERS + 1), "");
        assert_eq!((is_cut, shown(&passages)), (true, MAXIMUM_CHARACTERS), "one long line");
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
