//! Cuts a document's text where its clauses begin and end. Clauses may overlap, or lie within one another.

use super::analysis::anchor;
use crate::parts::layout::document::Stretch;
use lexicontract::domain::contract::analysis::Clause;

/// More characters of a document are not shown: nobody reads a thousand pages in a browser.
const MAXIMUM_SHOWN: usize = 300_000;

/// The text in stretches, and whether it was cut at its end.
pub(crate) fn stretches(text: &str, clauses: &[Clause]) -> (Vec<Stretch>, bool) {
    let characters: Vec<char> = text.chars().take(MAXIMUM_SHOWN + 1).collect();
    let length = characters.len().min(MAXIMUM_SHOWN);
    let spans: Vec<Span> = clauses.iter().enumerate().filter_map(|(index, clause)| Span::of(index, clause, length)).collect();
    let mut cuts: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).chain([0, length]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let stretches = cuts.windows(2).map(|ends| stretch(&characters, ends[0], ends[1], &spans)).collect();
    (stretches, characters.len() > MAXIMUM_SHOWN)
}

/// Where a clause stands.
struct Span {
    index: usize,
    label: &'static str,
    start: usize,
    end: usize,
}

impl Span {
    /// `None` for positions outside the text.
    fn of(index: usize, clause: &Clause, length: usize) -> Option<Self> {
        let start = usize::try_from(clause.start).ok()?;
        let end = usize::try_from(clause.end).ok()?.min(length);
        (start < end).then_some(Self { index, label: clause.kind.label(), start, end })
    }
}

fn stretch(characters: &[char], start: usize, end: usize, spans: &[Span]) -> Stretch {
    let begins = spans.iter().filter(|span| span.start == start).map(|span| (anchor(span.index), span.label)).collect();
    Stretch {
        text: characters[start..end].iter().collect(),
        is_clause: spans.iter().any(|span| span.start <= start && end <= span.end),
        begins,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lexicontract::domain::contract::analysis::ClauseKind;

    fn clause(kind: ClauseKind, start: i64, end: i64) -> Clause {
        Clause { kind, text: String::new(), start, end, confidence: 1.0 }
    }

    fn told(text: &str, clauses: &[Clause]) -> String {
        let (stretches, _) = stretches(text, clauses);
        let told = stretches.into_iter().map(|stretch| {
            let begins: String = stretch.begins.iter().map(|(id, _)| format!("{id}:")).collect();
            if stretch.is_clause { format!("[{begins}{}]", stretch.text) } else { stretch.text }
        });
        told.collect()
    }

    #[test]
    fn a_clause_is_marked_where_it_stands_in_code_points() {
        assert_eq!(told("für é immer", &[clause(ClauseKind::Renewal, 4, 5)]), "für [clause-0:é] immer");
    }

    #[test]
    fn clauses_that_overlap_share_a_stretch() {
        let clauses = [clause(ClauseKind::Renewal, 0, 6), clause(ClauseKind::RenewalNotice, 3, 9)];
        assert_eq!(told("abcdefghijk", &clauses), "[clause-0:abc][clause-1:def][ghi]jk");
    }

    #[test]
    fn positions_outside_the_text_mark_nothing_and_break_nothing() {
        let clauses = [clause(ClauseKind::Audit, -1, 2), clause(ClauseKind::Audit, 2, 99), clause(ClauseKind::Audit, 3, 1)];
        assert_eq!(told("abc", &clauses), "ab[clause-1:c]");
        assert_eq!(told("", &clauses), "");
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_and_says_so() {
        let (shown, is_cut) = stretches(&"x".repeat(MAXIMUM_SHOWN + 1), &[]);
        assert!(is_cut && shown.iter().map(|stretch| stretch.text.len()).sum::<usize>() == MAXIMUM_SHOWN);
    }
}
