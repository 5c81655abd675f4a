//! Who, since when, until when, under which law: in the document's own words, each with the way to where they stand.

use super::analysis::anchor;
use crate::parts::layout::{list::fact_rows, prose::quiet_link};
use leptos::prelude::*;
use lexicontract::domain::contract::analysis::{Analysis, Clause, ClauseKind};

/// Longer words of a clause end in an ellipsis; the link leads to the rest.
const LONGEST: usize = 140;
/// More parties are in the document.
const MOST: usize = 4;

/// What a person wants to know first.
const WANTED: [(&str, ClauseKind, usize); 6] = [
    ("Parties", ClauseKind::Parties, MOST),
    ("Effective", ClauseKind::EffectiveDate, 1),
    ("Term", ClauseKind::ExpirationDate, 1),
    ("Renewal", ClauseKind::Renewal, 1),
    ("Notice", ClauseKind::RenewalNotice, 1),
    ("Governing law", ClauseKind::GoverningLaw, 1),
];

/// The facts that were found, each said once; nothing when none was. `text` is the document's.
pub(crate) fn key_facts(analysis: &Analysis, text: &str) -> Option<AnyView> {
    let mut said: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (name, kind, most) in WANTED {
        let found = quotes(&analysis.clauses, kind, text).into_iter().filter(|(_, words)| !said.contains(words));
        let found: Vec<(usize, String)> = found.take(most).collect();
        said.extend(found.iter().map(|(_, words)| words.clone()));
        if !found.is_empty() {
            rows.push((name.to_owned(), lines(found)));
        }
    }
    (!rows.is_empty()).then(|| fact_rows(rows))
}

fn lines(found: Vec<(usize, String)>) -> AnyView {
    found
        .into_iter()
        .map(|(index, words)| view! { <div>{quiet_link(words, format!("#{}", anchor(index)))}</div> })
        .collect_view()
        .into_any()
}

/// The clauses of a kind with their place among all; the same words are said once.
fn quotes(clauses: &[Clause], kind: ClauseKind, text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (index, clause) in clauses.iter().enumerate().filter(|(_, clause)| clause.kind == kind) {
        let words = shortened(&clause.text);
        let is_role = kind == ClauseKind::Parties && stands_in_quotes(clause, text);
        if !is_role && !found.iter().any(|(_, other)| *other == words) {
            found.push((index, words));
        }
    }
    found
}

/// A party's role, such as “Customer”, stands in quotes; its name does not.
fn stands_in_quotes(clause: &Clause, text: &str) -> bool {
    let before = usize::try_from(clause.start - 1).ok().and_then(|at| text.chars().nth(at));
    before.is_some_and(|before| matches!(before, '"' | '\'' | '“' | '”' | '‘' | '„'))
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        None => line,
        Some((at, _)) => {
            let whole_words = line[..at].rsplit_once(' ').map_or(&line[..at], |(words, _)| words);
            format!("{whole_words} …")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(kind: ClauseKind, text: &str) -> Clause {
        Clause { kind, text: text.to_owned(), start: 0, end: 1, confidence: 1.0 }
    }

    #[test]
    fn a_role_in_quotes_is_no_party() {
        let role = Clause { start: 6, end: 14, ..clause(ClauseKind::Parties, "Customer") };
        assert_eq!(quotes(std::slice::from_ref(&role), ClauseKind::Parties, "Acme (“Customer”)"), [(0, "Customer".to_owned())]);
        let quoted = Clause { start: 7, end: 15, ..role };
        assert_eq!(quotes(&[quoted], ClauseKind::Parties, "Acme (“Customer”)"), []);
    }

    #[test]
    fn the_same_party_is_named_once_and_a_long_clause_is_cut() {
        let clauses = [
            clause(ClauseKind::Parties, "Acme\nGmbH"),
            clause(ClauseKind::GoverningLaw, &"é ".repeat(200)),
            clause(ClauseKind::Parties, "Acme GmbH"),
            clause(ClauseKind::Parties, "Globex"),
        ];
        assert_eq!(quotes(&clauses, ClauseKind::Parties, ""), [(0, "Acme GmbH".to_owned()), (3, "Globex".to_owned())]);
        let law = &quotes(&clauses, ClauseKind::GoverningLaw, "")[0].1;
        assert!(law.ends_with(" …") && law.chars().count() <= LONGEST + 2, "{law}");
    }
}
