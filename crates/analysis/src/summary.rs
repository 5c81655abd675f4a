//! Summarizes the findings in a few sentences.

use crate::{
    Clause, ClauseKind, Risk, Severity,
    patterns::patterns,
    text::{listed, one_line},
};

/// Maximum number of risks that the summary mentions.
const NAMED_RISKS: usize = 3;
/// Maximum number of parties that the summary mentions.
const NAMED_PARTIES: usize = 3;

patterns! {
    LAW = r"[Ll](?:aws?|AWS?)\s+(?:of|OF)\s+((?:the\s+|THE\s+)?(?:[Ss]tate|STATE|[Cc]ommonwealth|[Pp]rovince|[Pp]eople's\s+Republic|PEOPLE'S REPUBLIC|Republic)?(?:\s*of\s+(?:the\s+)?|\s+OF\s+)?[A-Z][\w']+(?:\s+(?:of\s+|and\s+)?[A-Z][\w']+){0,3})";
    DURATION = r"(?i)\b((?:\w+(?:-\w+)?\s+\(\d{1,3}\)|\d{1,3}|one|two|three|four|five|six|seven|ten|twelve|twenty)[\s-]+(?:years?|months?|days))\b";
}

/// Returns a summary of two to four sentences.
pub fn summarise(text: &str, clauses: &[Clause], risks: &[Risk]) -> String {
    let found = Found { text, clauses };
    let mut sentences = vec![what(&found)];
    sentences.extend(duration(&found));
    sentences.extend(law(&found));
    sentences.push(main_risks(risks));
    sentences.join(" ")
}

struct Found<'a> {
    text: &'a str,
    clauses: &'a [Clause],
}

impl<'a> Found<'a> {
    fn all(&self, kind: ClauseKind) -> impl Iterator<Item = &'a Clause> + use<'a> {
        self.clauses.iter().filter(move |clause| clause.kind == kind)
    }

    /// Returns the names of the parties. Excludes the defined roles, which are in quotes in the text.
    fn party_names(&self) -> Vec<String> {
        let is_name = |clause: &&Clause| {
            let before = usize::try_from(clause.start - 1).ok().and_then(|at| self.text.chars().nth(at));
            !before.is_some_and(|before| matches!(before, '"' | '\u{201C}' | '\u{201D}' | '\''))
        };
        self.all(ClauseKind::Parties).filter(is_name).take(NAMED_PARTIES).map(|clause| one_line(&clause.text)).collect()
    }
}

fn what(found: &Found<'_>) -> String {
    let title = found.all(ClauseKind::Agreement).next().map(|clause| one_line(&clause.text));
    let parties = listed(&found.party_names());
    match (title, parties) {
        (Some(title), Some(parties)) => sentence(&format!("\u{201C}{title}\u{201D}, between {parties}")),
        (Some(title), None) => format!("\u{201C}{title}\u{201D}; the parties were not recognised."),
        (None, Some(parties)) => format!("A contract between {parties}; its title was not recognised."),
        (None, None) => "Neither a title nor parties were recognised in this document.".to_owned(),
    }
}

fn duration(found: &Found<'_>) -> Option<String> {
    let lasts = found.all(ClauseKind::ExpirationDate).find_map(|clause| DURATION.find(&clause.text));
    let renews = found.all(ClauseKind::Renewal).any(|clause| clause.text.to_lowercase().contains("automatic"));
    let dated = found.all(ClauseKind::EffectiveDate).find(|clause| clause.text.len() <= 60);
    let mut parts = Vec::new();
    parts.extend(dated.map(|clause| format!("is dated {}", one_line(&clause.text).trim_end_matches([',', '.']))));
    parts.extend(lasts.map(|lasts| format!("names a term of {}", one_line(lasts.as_str()))));
    if renews {
        parts.push("renews automatically".to_owned());
    }
    listed(&parts).map(|parts| format!("It {parts}."))
}

fn law(found: &Found<'_>) -> Option<String> {
    let clause = found.all(ClauseKind::GoverningLaw).next()?;
    let Some(place) = LAW.captures(&clause.text).and_then(|captures| captures.get(1)) else {
        return Some("It has a clause on the governing law.".to_owned());
    };
    Some(format!("The governing law is that of {}.", one_line(place.as_str())))
}

fn main_risks(risks: &[Risk]) -> String {
    let serious = risks.iter().filter(|risk| risk.severity != Severity::Low);
    let titles: Vec<String> = serious.take(NAMED_RISKS).map(|risk| risk.title.to_lowercase()).collect();
    match listed(&titles) {
        Some(titles) => format!("Look first at: {titles}."),
        None => "No serious risk was recognised.".to_owned(),
    }
}

/// Ends a text with exactly one full stop, even if the text ends with "Inc.".
fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(kind: ClauseKind, text: &str, start: i64) -> Clause {
        Clause { kind, text: text.to_owned(), start, end: start + 1, confidence: 0.9 }
    }

    #[test]
    fn a_summary_names_what_was_found() {
        let clauses = [
            clause(ClauseKind::Agreement, "SUPPLY\nAGREEMENT", 0),
            clause(ClauseKind::Parties, "Northwind Inc.", 1),
            clause(ClauseKind::Parties, "Customer", 3),
            clause(ClauseKind::EffectiveDate, "May 6, 2019", 4),
            clause(ClauseKind::ExpirationDate, "for an initial term of five (5) years", 5),
            clause(ClauseKind::GoverningLaw, "governed by the laws of the State of New York.", 6),
        ];
        let summary = summarise("ab\"defghi", &clauses, &[]);
        assert_eq!(
            summary,
            "\u{201C}SUPPLY AGREEMENT\u{201D}, between Northwind Inc. It is dated May 6, 2019 and names a term of five (5) years. \
             The governing law is that of the State of New York. No serious risk was recognised."
        );
    }

    #[test]
    fn a_summary_without_findings_claims_nothing() {
        assert_eq!(
            summarise("", &[], &[]),
            "Neither a title nor parties were recognised in this document. No serious risk was recognised."
        );
    }
}
