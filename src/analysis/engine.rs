//! The embedded analyser: rules over sentences, no network, the same answer for the same text.

use super::{
    offsets::Offsets,
    opening::{Finding, read_opening},
    risks,
    score::find_clauses,
    segment::segment,
    summary,
    text::Document,
};
use crate::domain::contract::analysis::{Clause, ClauseKind, Findings};

/// Finds clauses, risks and a summary in a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Engine;

impl Engine {
    /// The analyser that is part of this program.
    pub fn embedded() -> Self {
        Self
    }

    /// Analyses a document. Pure; the offsets of the clauses are code points of its text.
    pub fn analyse(&self, document: &Document) -> Findings {
        findings(document, self.clauses(&document.text), "embedded".to_owned())
    }

    /// The clauses alone, in the document's order.
    pub fn clauses(&self, text: &str) -> Vec<Clause> {
        let sentences = segment(text);
        let mut found = read_opening(text, &sentences);
        found.extend(find_clauses(&sentences));
        clauses(text, found)
    }
}

/// Risks and summary always come from our own rules over document and clauses, whoever found those.
pub fn findings(document: &Document, clauses: Vec<Clause>, engine: String) -> Findings {
    let mut risks = risks::of_document(document);
    risks.extend(risks::assess(&document.text, &clauses));
    risks.sort_by_key(|risk| std::cmp::Reverse(risk.severity));
    let summary = summary::summarise(&document.text, &clauses, &risks);
    Findings { summary, clauses, risks, engine }
}

/// Sorts findings, merges overlapping ones of one kind, and counts in code points.
pub fn clauses(text: &str, mut found: Vec<Finding>) -> Vec<Clause> {
    found.sort_by_key(|finding| (order(finding.kind), finding.range.start, finding.range.end));
    let mut merged: Vec<Finding> = Vec::new();
    for finding in found {
        match merged.last_mut() {
            Some(last) if last.kind == finding.kind && finding.range.start < last.range.end => {
                last.range.end = last.range.end.max(finding.range.end);
                last.confidence = last.confidence.max(finding.confidence);
            }
            _ => merged.push(finding),
        }
    }
    merged.sort_by_key(|finding| (finding.range.start, order(finding.kind)));
    let offsets = Offsets::new(text);
    merged.into_iter().map(|finding| clause(text, &offsets, finding)).collect()
}

fn clause(text: &str, offsets: &Offsets<'_>, finding: Finding) -> Clause {
    Clause {
        kind: finding.kind,
        start: offsets.code_points(finding.range.start),
        end: offsets.code_points(finding.range.end),
        text: text[finding.range].to_owned(),
        confidence: finding.confidence,
    }
}

fn order(kind: ClauseKind) -> usize {
    ClauseKind::ALL.iter().position(|other| *other == kind).unwrap_or(ClauseKind::ALL.len())
}
