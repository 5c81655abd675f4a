//! Documents that depend on another agreement, such as order forms. Clauses that such a document lacks are expected in the other
//! agreement.

use super::text_risk;
use crate::patterns::patterns;
use crate::text::listed;
use crate::{Risk, Severity};

patterns! {
    REFERENCE = r"(?i)\b(?:all|any)\s+(?:the\s+)?other\s+(?:terms|provisions)(?:\s+and\s+(?:conditions|provisions))?\s+of\s+the\s[^.;]{0,100}\b(?:agreement|contract|lease|license)\b[^.;]{0,60}\b(?:apply|applies|remain|continue|govern)|\bthis\s+(?:order\s+form|statement\s+of\s+work|amendment|addendum|work\s+order)\b[^.;]{0,60}\b(?:is\s+subject\s+to|is\s+governed\s+by|incorporates|forms?\s+(?:a\s+)?part\s+of)\s[^.;]{0,80}\b(?:agreement|contract)\b";
}

pub fn is_referenced(text: &str) -> bool {
    REFERENCE.is_match(text)
}

/// Creates the risk that replaces the risks of all missing clauses.
pub fn risk(missing: &[Risk]) -> Risk {
    let titles: Vec<String> = missing.iter().map(|risk| risk.title.to_lowercase()).collect();
    let explanation = format!(
        "This document refers to another agreement for what it does not regulate itself. Here there is {}. Read both together.",
        listed(&titles).unwrap_or_default()
    );
    text_risk(Severity::Low, "Terms in another agreement", &explanation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_references_to_the_terms_of_another_agreement_count() {
        for text in [
            "All other terms of the Master Services Agreement apply unchanged.",
            "All other terms and conditions of the\nLease shall remain in full force.",
            "This Statement of Work is subject to the terms of the Services Agreement.",
        ] {
            assert!(is_referenced(text), "{text}");
        }
        let alone = "This Agreement supersedes all other agreements. In a conflict, this Agreement prevails over an Order Form.";
        assert!(!is_referenced(alone));
    }
}
