//! Scores the clause finder against the expert spans of CUAD: `cargo run --example score_clauses --features server`.
//!
//! Every second contract is for tuning, the others are for validation. A found clause counts as right when it shares at
//! least half of its letters with an expert span of its kind (Jaccard). Skips where the data is absent. The weights that
//! are in the rules were fitted on both halves, so the figures for validation flatter; fit on one half to judge a change.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use lexicontract::analysis::Engine;
use lexicontract::domain::analysis::{Clause, ClauseKind};

const DATA: &str = "../shared/data/cuad/train.json.xz";

fn main() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(DATA);
    let path = if path.exists() { path } else { Path::new(env!("CARGO_MANIFEST_DIR")).join(DATA) };
    let Ok(output) = Command::new("xz").arg("-dc").arg(&path).output() else { return println!("skipped: no xz") };
    if !output.status.success() {
        return println!("skipped: {} is absent", path.display());
    }
    let data: serde_json::Value = serde_json::from_slice(&output.stdout).expect("the data set is JSON");
    let wanted = std::env::args().nth(1);
    let (half, kind) = wanted.as_deref().and_then(|word| word.split_once(':')).unwrap_or(("validate", ""));
    let mut tables = [BTreeMap::new(), BTreeMap::new()];
    for (index, contract) in data["data"].as_array().expect("a list of contracts").iter().enumerate() {
        let paragraph = &contract["paragraphs"][0];
        let text = paragraph["context"].as_str().expect("a text");
        let found = Engine::embedded().clauses(text);
        let expected = expected(paragraph);
        count(&mut tables[index % 2], &found, &expected);
        if !kind.is_empty() && index % 2 == usize::from(half == "validate") {
            explain(contract["title"].as_str().unwrap_or_default(), kind, text, &found, &expected);
        }
    }
    for (name, table) in ["tune", "validate"].into_iter().zip(&tables) {
        print(name, table);
    }
}

type Spans = BTreeMap<&'static str, Vec<Range<i64>>>;

fn kind_of(category: &str) -> Option<ClauseKind> {
    Some(match category {
        "Parties" => ClauseKind::Parties,
        "Document Name" => ClauseKind::Agreement,
        "Agreement Date" | "Effective Date" => ClauseKind::EffectiveDate,
        "Expiration Date" => ClauseKind::ExpirationDate,
        "Renewal Term" => ClauseKind::Renewal,
        "Notice Period To Terminate Renewal" => ClauseKind::RenewalNotice,
        "Governing Law" => ClauseKind::GoverningLaw,
        "Termination For Convenience" => ClauseKind::TerminationForConvenience,
        "Anti-Assignment" => ClauseKind::Assignment,
        "Change Of Control" => ClauseKind::ChangeOfControl,
        "Cap On Liability" => ClauseKind::LiabilityCap,
        "Uncapped Liability" => ClauseKind::UncappedLiability,
        "Exclusivity" => ClauseKind::Exclusivity,
        "Non-Compete" => ClauseKind::NonCompete,
        "Audit Rights" => ClauseKind::Audit,
        "Insurance" => ClauseKind::Insurance,
        "Ip Ownership Assignment" | "Joint Ip Ownership" => ClauseKind::IpOwnership,
        "Warranty Duration" => ClauseKind::Warranty,
        "Minimum Commitment" | "Revenue/Profit Sharing" => ClauseKind::Payment,
        _ => return None,
    })
}

fn expected(paragraph: &serde_json::Value) -> Spans {
    let mut spans = Spans::new();
    for question in paragraph["qas"].as_array().into_iter().flatten() {
        let category = question["id"].as_str().and_then(|id| id.rsplit("__").next()).unwrap_or_default();
        let Some(kind) = kind_of(category) else { continue };
        for answer in question["answers"].as_array().into_iter().flatten() {
            let start = answer["answer_start"].as_i64().unwrap_or(0);
            let length = answer["text"].as_str().unwrap_or_default().chars().count();
            spans.entry(kind.as_str()).or_default().push(start..start + i64::try_from(length).unwrap_or(0));
        }
    }
    // Two categories of one kind may mark the same passage.
    for list in spans.values_mut() {
        list.sort_by_key(|span| (span.start, span.end));
        list.dedup();
    }
    spans
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
    for kind in ClauseKind::ALL {
        let none = Vec::new();
        let spans = expected.get(kind.as_str()).unwrap_or(&none);
        let clauses: Vec<&Clause> = found.iter().filter(|clause| clause.kind == kind).collect();
        let counts = table.entry(kind.as_str()).or_default();
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
    for kind in ClauseKind::ALL {
        let Some(counts) = table.get(kind.as_str()).filter(|counts| counts.expected > 0) else { continue };
        let (precision, recall) = (ratio(counts.found_right, counts.found), ratio(counts.expected_found, counts.expected));
        let letters_precision = ratio(counts.letters_shared as usize, counts.letters_found as usize);
        let letters_recall = ratio(counts.letters_shared as usize, counts.letters_expected as usize);
        let [right, wrong, missed] = counts.present;
        let (there, seen) = (ratio(right, right + wrong), ratio(right, right + missed));
        let scores = [harmonic(precision, recall), harmonic(letters_precision, letters_recall), harmonic(there, seen)];
        println!(
            "{:28} P {precision:.2} R {recall:.2} F {:.2} ({:4}/{:4}) | P {letters_precision:.2} R {letters_recall:.2} F {:.2} | P {there:.2} R {seen:.2} F {:.2}",
            kind.as_str(),
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
    let none = Vec::new();
    let spans = expected.get(kind).unwrap_or(&none);
    let clauses: Vec<&Clause> = found.iter().filter(|clause| clause.kind.as_str() == kind).collect();
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
