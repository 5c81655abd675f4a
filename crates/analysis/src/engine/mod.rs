#[cfg(test)]
mod tests;

use crate::clauses::find_clauses;
use crate::summary::summarise;
use crate::text::Document;
use crate::{Clause, Findings, risks};
use std::cmp::Reverse;

/// Analyses a document without the network. The result depends only on the document.
pub fn analyse(document: &Document) -> Findings {
    findings(document, find_clauses(&document.text), "embedded".to_owned())
}

/// Derives risks and a summary from clauses.
pub fn findings(document: &Document, clauses: Vec<Clause>, engine: String) -> Findings {
    let mut risks = risks::of_document(document);
    risks.extend(risks::assess(&document.text, &clauses));
    risks.sort_by_key(|risk| Reverse(risk.severity));
    Findings { summary: summarise(&document.text, &clauses, &risks), clauses, risks, engine }
}
