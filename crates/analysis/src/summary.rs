use crate::patterns::patterns;
use crate::text::{listed, one_line};
use crate::{Clause, ClauseKind, Risk, Severity};

const NAMED_RISKS: usize = 3;
const NAMED_PARTIES: usize = 3;

patterns! {
    LAW = r"[Ll](?:aws?|AWS?)\s+(?:of|OF)\s+((?:the\s+|THE\s+)?(?:[Ss]tate|STATE|[Cc]ommonwealth|[Pp]rovince|[Pp]eople's\s+Republic|PEOPLE'S REPUBLIC|Republic)?(?:\s*of\s+(?:the\s+)?|\s+OF\s+)?[A-Z][\w']+(?:\s+(?:of\s+|and\s+)?[A-Z][\w']+){0,3})";
    DURATION = r"(?i)\b((?:\w+(?:-\w+)?\s+\(\d{1,3}\)|\d{1,3}|one|two|three|four|five|six|seven|ten|twelve|twenty)[\s-]+(?:years?|months?|days))\b";
}

pub fn summarise(text: &str, clauses: &[Clause], risks: &[Risk]) -> String {
    let sentences = [Some(what(text, clauses)), duration(clauses), law(clauses), Some(main_risks(risks))];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn all(clauses: &[Clause], kind: ClauseKind) -> impl Iterator<Item = &Clause> {
    clauses.iter().filter(move |clause| clause.kind == kind)
}

/// Returns the names of the parties. Excludes defined roles, which are in quotes in the text.
fn party_names(text: &str, clauses: &[Clause]) -> Vec<String> {
    let is_name = |clause: &&Clause| {
        let before = usize::try_from(clause.start - 1).ok().and_then(|at| text.chars().nth(at));
        !before.is_some_and(|before| matches!(before, '"' | '\u{201C}' | '\u{201D}' | '\''))
    };
    all(clauses, ClauseKind::Parties).filter(is_name).take(NAMED_PARTIES).map(|clause| one_line(&clause.text)).collect()
}

fn what(text: &str, clauses: &[Clause]) -> String {
    let title = all(clauses, ClauseKind::Agreement).next().map(|clause| one_line(&clause.text));
    let parties = listed(&party_names(text, clauses));
    match (title, parties) {
        // A name such as "Northwind Inc." already ends with a full stop.
        (Some(title), Some(parties)) => format!("\u{201C}{title}\u{201D}, between {}.", parties.trim_end_matches('.')),
        (Some(title), None) => format!("\u{201C}{title}\u{201D}; the parties were not recognised."),
        (None, Some(parties)) => format!("A contract between {parties}; its title was not recognised."),
        (None, None) => "Neither a title nor parties were recognised in this document.".to_owned(),
    }
}

fn duration(clauses: &[Clause]) -> Option<String> {
    let lasts = all(clauses, ClauseKind::ExpirationDate).find_map(|clause| DURATION.find(&clause.text));
    let renews = all(clauses, ClauseKind::Renewal).any(|clause| clause.text.to_lowercase().contains("automatic"));
    let dated = all(clauses, ClauseKind::EffectiveDate).find(|clause| clause.text.len() <= 60);
    let mut parts = Vec::new();
    parts.extend(dated.map(|clause| format!("is dated {}", one_line(&clause.text).trim_end_matches([',', '.']))));
    parts.extend(lasts.map(|lasts| format!("names a term of {}", one_line(lasts.as_str()))));
    if renews {
        parts.push("renews automatically".to_owned());
    }
    listed(&parts).map(|parts| format!("It {parts}."))
}

fn law(clauses: &[Clause]) -> Option<String> {
    let clause = all(clauses, ClauseKind::GoverningLaw).next()?;
    Some(match LAW.captures(&clause.text).and_then(|captures| captures.get(1)) {
        Some(place) => format!("The governing law is that of {}.", one_line(place.as_str())),
        None => "It has a clause on the governing law.".to_owned(),
    })
}

fn main_risks(risks: &[Risk]) -> String {
    let serious = risks.iter().filter(|risk| risk.severity != Severity::Low);
    let titles: Vec<String> = serious.take(NAMED_RISKS).map(|risk| risk.title.to_lowercase()).collect();
    match listed(&titles) {
        Some(titles) => format!("Look first at: {titles}."),
        None => "No serious risk was recognised.".to_owned(),
    }
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
