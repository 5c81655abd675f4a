use super::analysis::anchor;
use crate::pages::prelude::*;

const MAX_CHARS: usize = 300_000;

/// Splits the text of a document into segments at the boundaries of its clauses. Clauses can overlap or be nested. The returned
/// flag is true if the text was truncated to [`MAX_CHARS`].
pub(super) fn segments(text: &str, clauses: &[Clause]) -> (Vec<Segment>, bool) {
    let characters: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
    let length = characters.len().min(MAX_CHARS);
    let spans: Vec<Span> = clauses.iter().enumerate().filter_map(|(index, clause)| Span::of(index, clause, length)).collect();
    let mut cuts: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).chain([0, length]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let segments = cuts.windows(2).map(|ends| segment(&characters, ends[0], ends[1], &spans)).collect();
    (segments, characters.len() > MAX_CHARS)
}

struct Span {
    index: usize,
    label: &'static str,
    start: usize,
    end: usize,
}

impl Span {
    /// The span of the clause; `None` if the clause is outside of the text.
    fn of(index: usize, clause: &Clause, length: usize) -> Option<Self> {
        let start = usize::try_from(clause.start).ok()?;
        let end = usize::try_from(clause.end).ok()?.min(length);
        (start < end).then_some(Self { index, label: clause.kind.label(), start, end })
    }
}

fn segment(characters: &[char], start: usize, end: usize, spans: &[Span]) -> Segment {
    let starts = spans.iter().filter(|span| span.start == start).map(|span| (anchor(span.index), span.label)).collect();
    Segment {
        text: characters[start..end].iter().collect(),
        is_clause: spans.iter().any(|span| span.start <= start && end <= span.end),
        starts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(kind: ClauseKind, start: i64, end: i64) -> Clause {
        Clause { kind, text: String::new(), start, end, confidence: 1.0 }
    }

    fn marked(text: &str, clauses: &[Clause]) -> String {
        let (segments, _) = segments(text, clauses);
        let marked = segments.into_iter().map(|segment| {
            let starts: String = segment.starts.iter().map(|(id, _)| format!("{id}:")).collect();
            if segment.is_clause { format!("[{starts}{}]", segment.text) } else { segment.text }
        });
        marked.collect()
    }

    #[test]
    fn positions_are_code_points() {
        assert_eq!(marked("für é immer", &[clause(ClauseKind::Renewal, 4, 5)]), "für [clause-0:é] immer");
    }

    #[test]
    fn overlapping_clauses_share_a_segment() {
        let clauses = [clause(ClauseKind::Renewal, 0, 6), clause(ClauseKind::RenewalNotice, 3, 9)];
        assert_eq!(marked("abcdefghijk", &clauses), "[clause-0:abc][clause-1:def][ghi]jk");
    }

    #[test]
    fn positions_outside_the_text_are_ignored() {
        let clauses = [clause(ClauseKind::Audit, -1, 2), clause(ClauseKind::Audit, 2, 99), clause(ClauseKind::Audit, 3, 1)];
        assert_eq!(marked("abc", &clauses), "ab[clause-1:c]");
        assert_eq!(marked("", &clauses), "");
    }

    #[test]
    fn long_text_is_truncated() {
        let (shown, is_cut) = segments(&"x".repeat(MAX_CHARS + 1), &[]);
        assert!(is_cut && shown.iter().map(|segment| segment.text.len()).sum::<usize>() == MAX_CHARS);
    }
}
