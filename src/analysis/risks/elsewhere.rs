//! Documents that regulate a part only, such as an order form under a master agreement: what they lack stands elsewhere.

use std::sync::LazyLock;

use regex::Regex;

use crate::domain::contract::analysis::{Risk, Severity};

static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:all|any)\s+(?:the\s+)?other\s+(?:terms|provisions)(?:\s+and\s+(?:conditions|provisions))?\s+of\s+the\s[^.;]{0,100}\b(?:agreement|contract|lease|license)\b[^.;]{0,60}\b(?:apply|applies|remain|continue|govern)|\bthis\s+(?:order\s+form|statement\s+of\s+work|amendment|addendum|work\s+order)\b[^.;]{0,60}\b(?:is\s+subject\s+to|is\s+governed\s+by|incorporates|forms?\s+(?:a\s+)?part\s+of)\s[^.;]{0,80}\b(?:agreement|contract)\b",
    )
    .expect("the pattern is constant, and a test runs it")
});

/// Whether the document says that another agreement holds for the rest.
pub fn refers_to_other_terms(text: &str) -> bool {
    REFERENCE.is_match(text)
}

/// One risk instead of those of what is missing.
pub fn instead_of(missing: &[Risk]) -> Risk {
    let titles: Vec<String> = missing.iter().map(|risk| risk.title.to_lowercase()).collect();
    Risk {
        severity: Severity::Low,
        title: "Other terms stand in another agreement".to_owned(),
        explanation: format!(
            "This document refers to another agreement for what it does not regulate itself. Here there is {}. Read both together.",
            crate::analysis::summary::listed(&titles).unwrap_or_default()
        ),
        clause_kind: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_stands_alone_does_not_refer_to_others() {
        for text in [
            "All other terms of the Master Services Agreement apply unchanged.",
            "All other terms and conditions of the\nLease shall remain in full force.",
            "This Statement of Work is subject to the terms of the Services Agreement.",
        ] {
            assert!(refers_to_other_terms(text), "{text}");
        }
        let alone = "This Agreement supersedes all other agreements. In a conflict, this Agreement prevails over an Order Form.";
        assert!(!refers_to_other_terms(alone));
    }
}
