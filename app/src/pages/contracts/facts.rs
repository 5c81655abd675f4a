use super::analysis::anchor;
use crate::pages::prelude::*;
use lexicontract::domain::contract::analysis::Analysis;

const MAX_QUOTE_CHARS: usize = 140;
const MAX_PARTIES: usize = 4;

/// The label of each fact, the kind of clause that contains it, and the maximum number of quotes.
const KEY_FACTS: [(&str, ClauseKind, usize); 6] = [
    ("Parties", ClauseKind::Parties, MAX_PARTIES),
    ("Effective", ClauseKind::EffectiveDate, 1),
    ("Term", ClauseKind::ExpirationDate, 1),
    ("Renewal", ClauseKind::Renewal, 1),
    ("Notice", ClauseKind::RenewalNotice, 1),
    ("Governing law", ClauseKind::GoverningLaw, 1),
];

/// The key facts of a document, such as parties and term, as quotes with links to their clauses. `None` if none were found.
pub(super) fn key_facts(analysis: &Analysis, text: &str) -> Option<AnyView> {
    let mut seen: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for (name, kind, most) in KEY_FACTS {
        let found = quotes(&analysis.clauses, kind, text).into_iter().filter(|(_, quote)| !seen.contains(quote));
        let found: Vec<(usize, String)> = found.take(most).collect();
        seen.extend(found.iter().map(|(_, quote)| quote.clone()));
        if !found.is_empty() {
            let line = |(index, quote)| view! { <div>{quiet_link(quote, format!("#{}", anchor(index)))}</div> };
            rows.push((name, found.into_iter().map(line).collect_view()));
        }
    }
    (!rows.is_empty()).then(|| fact_rows(rows))
}

/// The distinct quotes from clauses of this kind, each with the index of its clause.
fn quotes(clauses: &[Clause], kind: ClauseKind, text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (index, clause) in clauses.iter().enumerate().filter(|(_, clause)| clause.kind == kind) {
        let quote = truncated(&clause.text);
        let is_role = kind == ClauseKind::Parties && is_quoted(clause, text);
        if !is_role && !found.iter().any(|(_, other)| *other == quote) {
            found.push((index, quote));
        }
    }
    found
}

/// Returns true if the clause follows a quotation mark. Contracts quote the role of a party, such as “Customer”, but not its
/// name.
fn is_quoted(clause: &Clause, text: &str) -> bool {
    let before = usize::try_from(clause.start - 1).ok().and_then(|at| text.chars().nth(at));
    before.is_some_and(|before| matches!(before, '"' | '\'' | '“' | '”' | '‘' | '„'))
}

fn truncated(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_QUOTE_CHARS) {
        None => line,
        Some((at, _)) => {
            let quote = line[..at].rsplit_once(' ').map_or(&line[..at], |(whole_words, _)| whole_words);
            format!("{quote} …")
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
    fn quoted_role_is_not_a_party() {
        let role = Clause { start: 6, end: 14, ..clause(ClauseKind::Parties, "Customer") };
        assert_eq!(quotes(std::slice::from_ref(&role), ClauseKind::Parties, "Acme (“Customer”)"), [(0, "Customer".to_owned())]);
        let quoted = Clause { start: 7, end: 15, ..role };
        assert_eq!(quotes(&[quoted], ClauseKind::Parties, "Acme (“Customer”)"), []);
    }

    #[test]
    fn repeated_parties_are_removed_and_long_quotes_truncated() {
        let clauses = [
            clause(ClauseKind::Parties, "Acme\nGmbH"),
            clause(ClauseKind::GoverningLaw, &"é ".repeat(200)),
            clause(ClauseKind::Parties, "Acme GmbH"),
            clause(ClauseKind::Parties, "Globex"),
        ];
        assert_eq!(quotes(&clauses, ClauseKind::Parties, ""), [(0, "Acme GmbH".to_owned()), (3, "Globex".to_owned())]);
        let law = &quotes(&clauses, ClauseKind::GoverningLaw, "")[0].1;
        assert!(law.ends_with(" …") && law.chars().count() <= MAX_QUOTE_CHARS + 2, "{law}");
    }
}
