use super::days::longest_days;
use super::table::{RISKS, RiskRule, When};
use super::{other_agreement, text_risk, uncertain};
use crate::clauses::segment::{normalize, segment};
use crate::patterns::patterns;
use crate::{Clause, ClauseKind, Risk, Severity};
use regex::Regex;
use std::cell::LazyCell;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::LazyLock;

/// Minimum number of different kinds of clauses in a contract. A document with fewer kinds is probably not a contract, so its
/// missing clauses are not reported as risks.
const CONTRACT_KINDS: usize = 3;

patterns! {
    NEGATION = r"\b(?:not|neither|nor|no|never|cannot|nothing)\b";
}

static RULES: LazyLock<Vec<(&RiskRule, Vec<Regex>)>> = LazyLock::new(|| {
    let compile = |text| Regex::new(text).expect("constant patterns compile");
    RISKS.iter().map(|rule| (rule, rule.when.patterns().into_iter().map(compile).collect())).collect()
});

/// Returns the risks that follow from the clauses of a text, most severe first.
pub fn assess(text: &str, clauses: &[Clause]) -> Vec<Risk> {
    let clauses: Vec<(ClauseKind, String)> = clauses.iter().map(|clause| (clause.kind, normalize(&clause.text))).collect();
    if clauses.iter().map(|(kind, _)| kind).collect::<HashSet<_>>().len() < CONTRACT_KINDS {
        return vec![text_risk(
            Severity::Medium,
            "Hardly any contract clauses were recognised",
            "The document may not be a contract, may not be in English, or may have lost its text. Read it yourself.",
        )];
    }
    let (mut risks, mut missing) = (Vec::new(), Vec::new());
    let sentences = LazyCell::new(|| segment(text));
    for (rule, patterns) in RULES.iter() {
        let Some(risk) = apply(rule, patterns, &clauses) else { continue };
        let similar = match rule.when {
            When::Absent(kind, least) | When::SaysAndAbsent(_, _, kind, least) => {
                uncertain::most_similar(&sentences, kind, least).map(|sentence| (kind, &text[sentence.range.clone()]))
            }
            _ => None,
        };
        match similar {
            Some((kind, passage)) => risks.push(uncertain::risk(kind, passage)),
            None if matches!(rule.when, When::Absent(..)) => missing.push(risk),
            None => risks.push(risk),
        }
    }
    if !missing.is_empty() && other_agreement::is_referenced(text) {
        risks.push(other_agreement::risk(&missing));
    } else {
        risks.append(&mut missing);
    }
    risks.sort_by_key(|risk| Reverse(risk.severity));
    risks
}

fn apply(rule: &RiskRule, patterns: &[Regex], clauses: &[(ClauseKind, String)]) -> Option<Risk> {
    let of = |kind: ClauseKind| clauses.iter().filter(move |(other, _)| *other == kind).map(|(_, text)| text.as_str());
    let has = |kind: ClauseKind| of(kind).next().is_some();
    let says = |text: &&str| patterns.first().is_some_and(|pattern| pattern.is_match(text));
    let not = |text: &&str| !patterns.get(1).is_some_and(|pattern| pattern.is_match(text));
    let mut days = None;
    let (kind, applies) = match rule.when {
        When::Present(kind) => (Some(kind), has(kind)),
        When::Absent(kind, _) => (None, !has(kind)),
        When::Says(kind, _) => (Some(kind), of(kind).any(|text| says(&text))),
        When::Affirms(kind, _) => (Some(kind), of(kind).any(|text| patterns.iter().any(|pattern| affirms(pattern, text)))),
        When::NoneSays(kind, _) => (Some(kind), has(kind) && !of(kind).any(|text| says(&text))),
        When::SaysWithout(kind, ..) => (Some(kind), of(kind).any(|text| says(&text) && not(&text))),
        When::SaysAndAbsent(kind, _, missing, _) => (Some(kind), of(kind).any(|text| says(&text)) && !has(missing)),
        When::Days(kind, least, _) => {
            days = of(kind).filter(says).filter_map(longest_days).max().filter(|days| *days >= least);
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

/// Returns true if the pattern matches a passage without a negation. For example, "either party may not" grants no permission.
fn affirms(pattern: &Regex, text: &str) -> bool {
    pattern.find_iter(text).any(|found| !NEGATION.is_match(found.as_str()))
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
    fn the_wording_of_a_clause_determines_its_risk() {
        let notice = (ClauseKind::RenewalNotice, "Long notice period for non-renewal");
        let termination = (ClauseKind::TerminationForConvenience, "One-sided termination for convenience");
        let property = (ClauseKind::IpOwnership, "Transfer of intellectual property");
        for ((kind, title), text, is_risk) in [
            (notice, "notice of non-renewal at least ninety (90) days prior", true),
            (notice, "notice of non-renewal at least thirty (30) days prior", false),
            (termination, "Supplier may terminate for convenience on 30 days notice", true),
            (termination, "Either party may terminate for convenience on 30 days notice", false),
            (property, "Supplier hereby assigns all right, title and interest in the results to Customer", true),
            (property, "To the extent that they are not made for hire, Supplier shall assign all inventions to Customer", true),
            (property, "Nothing in this Agreement shall transfer any intellectual property to the other party", false),
            (property, "Neither party shall assign its patents to the other one under this Agreement", false),
            (property, "Supplier shall not transfer its copyrights", false),
        ] {
            assert_eq!(titles(&[clause(kind, text)]).iter().any(|found| found == title), is_risk, "{text}");
        }
    }

    #[test]
    fn the_most_severe_risk_comes_first() {
        let kinds = [ClauseKind::Insurance, ClauseKind::NonCompete, ClauseKind::Agreement];
        let risks = assess("", &kinds.map(|kind| clause(kind, "insurance")));
        assert!(risks.windows(2).all(|pair| pair[0].severity >= pair[1].severity));
        assert_eq!(risks[0].severity, Severity::High);
    }

    #[test]
    fn a_document_that_is_not_a_contract_has_one_risk() {
        assert_eq!(assess("", &[]).len(), 1);
    }

    #[test]
    fn clauses_of_a_referenced_agreement_are_not_missing() {
        let clauses = [
            clause(ClauseKind::Agreement, "Order Form"),
            clause(ClauseKind::LiabilityCap, "liability shall not exceed $1,000"),
            clause(ClauseKind::Payment, "shall pay each invoice within thirty days"),
        ];
        let text = "All other terms of the Master Services Agreement apply unchanged.";
        let titles: Vec<String> = assess(text, &clauses).into_iter().map(|risk| risk.title).collect();
        assert!(titles.contains(&"Terms in another agreement".to_owned()), "{titles:?}");
        assert!(!titles.contains(&"No confidentiality".to_owned()), "{titles:?}");
    }
}
