//! Scores the clause finder against the expert spans of CUAD:
//! `cargo run -p analysis --example score_clauses --features engine [FOLDER] [validate:KIND]`.
//!
//! Contracts with an even index are for tuning (see `fit_rules`), the others for validation. A clause is correct if its Jaccard
//! similarity to an expert span of the same kind is at least 0.5. CUAD labels only two kinds of payment terms: minimum payments
//! and revenue shares. Therefore other payment terms count as wrong.

use std::collections::BTreeMap;
use std::ops::Range;

use analysis::{Clause, ClauseKind, find_clauses};

use cuad::Spans;

mod cuad;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments.iter().find(|word| !word.contains(':'));
    let contracts = match cuad::load(folder.map(String::as_str)) {
        Ok(contracts) => contracts,
        Err(reason) => return println!("skipped: {reason}"),
    };
    let wanted = arguments.iter().find_map(|word| word.split_once(':'));
    let mut tables = [BTreeMap::new(), BTreeMap::new()];
    for (index, contract) in contracts.iter().enumerate() {
        let found = find_clauses(&contract.text);
        count(&mut tables[index % 2], &found, &contract.spans);
        if let Some((half, kind)) = wanted
            && index % 2 == usize::from(half == "validate")
        {
            explain(&contract.title, kind, &contract.text, &found, &contract.spans);
        }
    }
    for (name, table) in ["tune", "validate"].into_iter().zip(&tables) {
        print(name, table);
    }
}

#[derive(Default)]
struct Counts {
    found: usize,
    found_right: usize,
    expected: usize,
    expected_found: usize,
    letters_found: i64,
    letters_expected: i64,
    letters_shared: i64,
    present: [usize; 3],
}

fn same(clause: &Clause, span: &Range<i64>) -> bool {
    let shared = (clause.end.min(span.end) - clause.start.max(span.start)).max(0);
    let all = (clause.end - clause.start) + (span.end - span.start) - shared;
    shared * 2 >= all
}

fn count(table: &mut BTreeMap<&'static str, Counts>, found: &[Clause], expected: &Spans) {
    for kind in ClauseKind::ALL.iter().copied() {
        let spans = expected.get(kind.into_str()).map_or(&[][..], Vec::as_slice);
        let clauses: Vec<&Clause> = found.iter().filter(|clause| clause.kind == kind).collect();
        let counts = table.entry(kind.into_str()).or_default();
        counts.found += clauses.len();
        counts.expected += spans.len();
        counts.found_right += clauses.iter().filter(|clause| spans.iter().any(|span| same(clause, span))).count();
        counts.expected_found += spans.iter().filter(|span| clauses.iter().any(|clause| same(clause, span))).count();
        counts.letters_found += clauses.iter().map(|clause| clause.end - clause.start).sum::<i64>();
        counts.letters_expected += spans.iter().map(|span| span.end - span.start).sum::<i64>();
        counts.letters_shared += clauses
            .iter()
            .flat_map(|clause| spans.iter().map(|span| (clause.end.min(span.end) - clause.start.max(span.start)).max(0)))
            .sum::<i64>();
        match (clauses.is_empty(), spans.is_empty()) {
            (false, false) => counts.present[0] += 1,
            (false, true) => counts.present[1] += 1,
            (true, false) => counts.present[2] += 1,
            (true, true) => {}
        }
    }
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn harmonic(left: f64, right: f64) -> f64 {
    if left + right == 0.0 { 0.0 } else { 2.0 * left * right / (left + right) }
}

fn print(name: &str, table: &BTreeMap<&'static str, Counts>) {
    println!("== {name}: spans (Jaccard >= 0.5) | letters | presence in the contract");
    let mut sums = [0.0; 3];
    let mut kinds = 0.0;
    for kind in ClauseKind::ALL.iter() {
        let Some(counts) = table.get(kind.into_str()).filter(|counts| counts.expected > 0) else { continue };
        let (precision, recall) = (ratio(counts.found_right, counts.found), ratio(counts.expected_found, counts.expected));
        let letters_precision = ratio(counts.letters_shared as usize, counts.letters_found as usize);
        let letters_recall = ratio(counts.letters_shared as usize, counts.letters_expected as usize);
        let [right, wrong, missed] = counts.present;
        let (there, seen) = (ratio(right, right + wrong), ratio(right, right + missed));
        let scores = [harmonic(precision, recall), harmonic(letters_precision, letters_recall), harmonic(there, seen)];
        println!(
            "{:28} P {precision:.2} R {recall:.2} F {:.2} ({:4}/{:4}) | P {letters_precision:.2} R {letters_recall:.2} F {:.2} | P {there:.2} R {seen:.2} F {:.2}",
            kind.into_str(),
            scores[0],
            counts.found,
            counts.expected,
            scores[1],
            scores[2],
        );
        kinds += 1.0;
        for (sum, score) in sums.iter_mut().zip(scores) {
            *sum += score;
        }
    }
    println!("{:28} F {:.3} | F {:.3} | F {:.3}", "mean", sums[0] / kinds, sums[1] / kinds, sums[2] / kinds);
}

fn explain(title: &str, kind: &str, text: &str, found: &[Clause], expected: &Spans) {
    let spans = expected.get(kind).map_or(&[][..], Vec::as_slice);
    let clauses: Vec<&Clause> = found.iter().filter(|clause| clause.kind.into_str() == kind).collect();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    println!("--- {title}");
    for clause in &clauses {
        let mark = if spans.iter().any(|span| same(clause, span)) { "right" } else { "WRONG" };
        println!("  {mark} {} {:.2} {}", clause.start, clause.confidence, words(&clause.text));
    }
    for span in spans.iter().filter(|span| !clauses.iter().any(|clause| same(clause, span))) {
        let slice: String = text.chars().skip(span.start as usize).take((span.end - span.start) as usize).collect();
        println!("  MISSED {} {}", span.start, words(&slice));
    }
}
