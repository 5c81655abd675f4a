//! Finds the title, parties and date on the first page of a contract.

mod date;
mod parties;
mod title;

use super::finding::Finding;
use super::segment::Sentence;

const OPENING_BYTES: usize = 9_000;

pub fn find(text: &str, sentences: &[Sentence]) -> Vec<Finding> {
    let opening = &text[..text.floor_char_boundary(OPENING_BYTES)];
    let mut findings = Vec::from_iter(title::find(text, opening));
    findings.extend(parties::find(opening));
    findings.extend(date::find(text, opening, sentences));
    findings
}
