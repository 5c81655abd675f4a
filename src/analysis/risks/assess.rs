//! Runs the table of risks over the clauses.

use std::cell::LazyCell;
use std::sync::LazyLock;

use regex::Regex;

use super::{
    doubt, elsewhere,
    quantity::longest_days,
    table::{RISKS, RiskRule, When},
};
use crate::{
    analysis::segment::{normal_form, segment},
    domain::contract::analysis::{Clause, ClauseKind, Risk, Severity},
};

/// What is missing tells something only in a document that is a contract: one with this many kinds of clauses.
const CONTRACT_KINDS: usize = 3;

/// The patterns of a rule, compiled.
struct Patterns(Vec<Regex>);

static NEGATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:not|neither|nor|no|never|cannot|nothing)\b").expect("the pattern is constant, and tests run it")
});

static PATTERNS: LazyLock<Vec<Patterns>> = LazyLock::new(|| RISKS.iter().map(compile).collect());

/// The texts of all patterns.
#[cfg(test)]
pub fn patterns() -> impl Iterator<Item = &'static str> {
    RISKS.iter().flat_map(texts)
}

fn texts(rule: &RiskRule) -> Vec<&'static str> {
    match rule.when {
        When::Present(_) | When::Absent(..) => vec![],
        When::Says(_, text)
        | When::Affirms(_, text)
        | When::NoneSays(_, text)
        | When::Days(_, _, text)
        | When::SaysAndAbsent(_, text, ..) => vec![text],
        When::SaysWithout(_, text, without) => vec![text, without],
    }
}

fn compile(rule: &RiskRule) -> Patterns {
    let compiled = |text| Regex::new(text).expect("the patterns are constants, and a test compiles them all");
    Patterns(texts(rule).into_iter().map(compiled).collect())
}

/// The risks that follow from the clauses of a text, most severe first.
pub fn assess(text: &str, clauses: &[Clause]) -> Vec<Risk> {
    let view = View::new(clauses);
    if view.kinds() < CONTRACT_KINDS {
        return vec![unrecognised()];
    }
    let (mut risks, mut missing) = (Vec::new(), Vec::new());
    let sentences = LazyCell::new(|| segment(text));
    for (rule, patterns) in RISKS.iter().zip(PATTERNS.iter()) {
        let Some(risk) = apply(rule, &patterns.0, &view) else { continue };
        let near = match rule.when {
            When::Absent(kind, least) | When::SaysAndAbsent(_, _, kind, least) => {
                doubt::nearest(&sentences, kind, least).map(|sentence| doubt::uncertain(kind, &text[sentence.range.clone()]))
            }
            _ => None,
        };
        match near {
            Some(uncertain) => risks.push(uncertain),
            None if matches!(rule.when, When::Absent(..)) => missing.push(risk),
            None => risks.push(risk),
        }
    }
    if !missing.is_empty() && elsewhere::refers_to_other_terms(text) {
        risks.push(elsewhere::instead_of(&missing));
    } else {
        risks.append(&mut missing);
    }
    risks.sort_by_key(|risk| std::cmp::Reverse(risk.severity));
    risks
}

/// The clauses as the patterns see them.
struct View {
    clauses: Vec<(ClauseKind, String)>,
}

impl View {
    fn new(clauses: &[Clause]) -> Self {
        Self { clauses: clauses.iter().map(|clause| (clause.kind, normal_form(&clause.text))).collect() }
    }

    fn of(&self, kind: ClauseKind) -> impl Iterator<Item = &str> {
        self.clauses.iter().filter(move |(other, _)| *other == kind).map(|(_, text)| text.as_str())
    }

    fn has(&self, kind: ClauseKind) -> bool {
        self.of(kind).next().is_some()
    }

    fn kinds(&self) -> usize {
        ClauseKind::ALL.iter().filter(|kind| self.has(**kind)).count()
    }
}

fn apply(rule: &RiskRule, patterns: &[Regex], view: &View) -> Option<Risk> {
    let says = |text: &&str| patterns.first().is_some_and(|pattern| pattern.is_match(text));
    let not = |text: &&str| !patterns.get(1).is_some_and(|pattern| pattern.is_match(text));
    let mut days = None;
    let (kind, applies) = match rule.when {
        When::Present(kind) => (Some(kind), view.has(kind)),
        When::Absent(kind, _) => (None, !view.has(kind)),
        When::Says(kind, _) => (Some(kind), view.of(kind).any(|text| says(&text))),
        When::Affirms(kind, _) => (Some(kind), view.of(kind).any(|text| patterns.iter().any(|pattern| affirms(pattern, text)))),
        When::NoneSays(kind, _) => (Some(kind), view.has(kind) && !view.of(kind).any(|text| says(&text))),
        When::SaysWithout(kind, ..) => (Some(kind), view.of(kind).any(|text| says(&text) && not(&text))),
        When::SaysAndAbsent(kind, _, missing, _) => (Some(kind), view.of(kind).any(|text| says(&text)) && !view.has(missing)),
        When::Days(kind, least, _) => {
            days = view.of(kind).filter(says).filter_map(longest_days).max().filter(|days| *days >= least);
            (Some(kind), days.is_some())
        }
    };
    applies.then(|| Risk {
        severity: rule.severity,
        title: rule.title.to_owned(),
        explanation: rule.explanation.replace("{days}", &days.unwrap_or_default().to_string()),
        clause_kind: kind,
    })
}

/// Whether any match is free of a negation: "either party may not" is not a permission.
fn affirms(pattern: &Regex, text: &str) -> bool {
    pattern.find_iter(text).any(|found| !NEGATION.is_match(found.as_str()))
}

fn unrecognised() -> Risk {
    Risk {
        severity: Severity::Medium,
        title: "Hardly any contract clauses were recognised".to_owned(),
        explanation: "The document may be no contract, be written in another language than English, or have lost its text. Read it yourself."
            .to_owned(),
        clause_kind: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(kind: ClauseKind, text: &str) -> Clause {
        Clause { kind, text: text.to_owned(), start: 0, end: 1, confidence: 0.9 }
    }

    fn titles(extra: &[Clause]) -> Vec<String> {
        let mut clauses = vec![
            clause(ClauseKind::Agreement, "Supply Agreement"),
            clause(ClauseKind::GoverningLaw, "governed by the laws of Ohio"),
            clause(ClauseKind::LiabilityCap, "liability shall not exceed $1,000"),
        ];
        clauses.extend_from_slice(extra);
        assess("", &clauses).into_iter().map(|risk| risk.title).collect()
    }

    #[test]
    fn every_pattern_of_the_table_compiles() {
        assert_eq!(PATTERNS.len(), RISKS.len());
    }

    #[test]
    fn a_long_notice_is_named_with_its_days() {
        let clauses = [clause(ClauseKind::RenewalNotice, "notice of non-renewal at least ninety (90) days prior")];
        assert!(titles(&clauses).contains(&"Long notice to stop the renewal".to_owned()));
        let short = [clause(ClauseKind::RenewalNotice, "notice of non-renewal at least thirty (30) days prior")];
        assert!(!titles(&short).contains(&"Long notice to stop the renewal".to_owned()));
    }

    #[test]
    fn risks_come_with_the_most_severe_first() {
        let mut clauses = vec![clause(ClauseKind::Insurance, "insurance"), clause(ClauseKind::NonCompete, "shall not compete")];
        clauses.push(clause(ClauseKind::Agreement, "Agreement"));
        let risks = assess("", &clauses);
        assert!(risks.windows(2).all(|pair| pair[0].severity >= pair[1].severity));
        assert_eq!(risks[0].severity, Severity::High);
    }

    #[test]
    fn a_mutual_right_to_leave_is_no_one_sided_one() {
        let one = [clause(ClauseKind::TerminationForConvenience, "Supplier may terminate for convenience on 30 days notice")];
        let both =
            [clause(ClauseKind::TerminationForConvenience, "Either party may terminate for convenience on 30 days notice")];
        let title = "Only one side may leave without a reason".to_owned();
        assert!(titles(&one).contains(&title) && !titles(&both).contains(&title));
    }

    #[test]
    fn rights_that_are_not_given_away_change_no_hands() {
        let title = "Intellectual property changes hands".to_owned();
        for (text, changes_hands) in [
            ("Supplier hereby assigns all right, title and interest in the results to Customer", true),
            ("To the extent that they are not made for hire, Supplier shall assign all inventions to Customer", true),
            ("Nothing in this Agreement shall transfer any intellectual property to the other party", false),
            ("Neither party shall assign its patents to the other one under this Agreement", false),
            ("Supplier shall not transfer its copyrights", false),
        ] {
            assert_eq!(titles(&[clause(ClauseKind::IpOwnership, text)]).contains(&title), changes_hands, "{text}");
        }
    }

    #[test]
    fn what_is_no_contract_is_called_so_and_nothing_more() {
        assert_eq!(assess("", &[]).len(), 1);
    }

    #[test]
    fn what_another_agreement_regulates_is_not_called_missing() {
        let clauses = [
            clause(ClauseKind::Agreement, "Order Form"),
            clause(ClauseKind::LiabilityCap, "liability shall not exceed $1,000"),
            clause(ClauseKind::Payment, "shall pay each invoice within thirty days"),
        ];
        let text = "All other terms of the Master Services Agreement apply unchanged.";
        let titles: Vec<String> = assess(text, &clauses).into_iter().map(|risk| risk.title).collect();
        assert!(titles.contains(&"Other terms stand in another agreement".to_owned()), "{titles:?}");
        assert!(!titles.contains(&"No confidentiality".to_owned()), "{titles:?}");
    }
}
