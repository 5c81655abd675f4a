//! Fits the weights and thresholds of the clause rules to the expert labels in CUAD:
//! `cargo run -p analysis --example fit_rules --features engine [FOLDER]`.
//!
//! Runs a regularized logistic regression for each rule on the contracts for tuning. A sentence is a positive example if experts
//! labelled at least half of the sentence. The threshold maximizes the sum of two scores. The first score counts sentences, and
//! is F1. The second score counts contracts, and is F0.5 if the presence of the clause is a risk, otherwise F1.

use std::collections::{BTreeMap, HashMap};

use analysis::{ClauseKind, Evidence, Rule, evidence};

use cuad::Contract;

#[expect(dead_code, reason = "only scores name the contracts")]
mod cuad;

/// Strength of the L2 regularization.
const PENALTY: f64 = 1.0;
const ROUNDS: usize = 25;
/// Kinds of clauses whose presence is a risk.
const ALARMING: &[ClauseKind] = &[ClauseKind::Exclusivity, ClauseKind::NonCompete, ClauseKind::UncappedLiability];

/// Candidate sentences in a contract. The first value of a sentence contains one flag per pattern, which is true if the pattern
/// matches. The second value is true if experts labelled the sentence.
type Seen = Vec<(Vec<bool>, bool)>;

fn main() {
    let contracts = match cuad::load(std::env::args().nth(1).as_deref()) {
        Ok(contracts) => contracts,
        Err(reason) => return println!("skipped: {reason}"),
    };
    let mut examples = BTreeMap::new();
    for contract in contracts.iter().step_by(2) {
        for (rule, evidence) in evidence(&contract.text) {
            let (_, contracts) = examples.entry(rule.kind).or_insert((rule, Vec::new()));
            contracts.push(labelled(rule, contract, &evidence));
        }
    }
    for (rule, contracts) in examples.into_values() {
        fit(rule, &contracts);
    }
}

fn labelled(rule: &Rule, contract: &Contract, evidence: &[Evidence]) -> (Seen, bool) {
    let spans = contract.spans.get(rule.kind.into_str()).map_or(&[][..], Vec::as_slice);
    let is_marked = |sentence: &Evidence| {
        let length = sentence.range.end - sentence.range.start;
        spans.iter().any(|span| (span.end.min(sentence.range.end) - span.start.max(sentence.range.start)) * 2 >= length)
    };
    let sentences = evidence.iter().map(|sentence| (sentence.matches.clone(), is_marked(sentence)));
    (sentences.collect(), !spans.is_empty())
}

fn fit(rule: &Rule, contracts: &[(Seen, bool)]) {
    let weights = regression(rule.headings.len() + rule.signals.len(), contracts);
    let rounded: Vec<f64> = weights.iter().map(|weight| (weight * 10.0).round() / 10.0).collect();
    let threshold = threshold(rule, &rounded, contracts);
    println!("{} threshold {threshold:.1} (now {:.1})", rule.kind.into_str(), rule.threshold);
    for (weight, (now, pattern)) in rounded.iter().zip(rule.headings.iter().chain(rule.signals)) {
        let shown: String = pattern.chars().take(90).collect();
        println!("  {weight:5.1} (now {now:4.1})  {shown}");
    }
}

/// Fits a logistic regression by Newton's method. Groups the sentences that match the same patterns.
fn regression(patterns: usize, contracts: &[(Seen, bool)]) -> Vec<f64> {
    let mut counts: HashMap<&[bool], (f64, f64)> = HashMap::new();
    for (shown, marked) in contracts.iter().flat_map(|(seen, _)| seen) {
        let count = counts.entry(shown).or_default();
        count.0 += 1.0;
        count.1 += f64::from(u8::from(*marked));
    }
    // The last weight is the intercept. It is not returned, because the threshold replaces it.
    let mut weights = vec![0.0; patterns + 1];
    for _ in 0..ROUNDS {
        let mut gradient: Vec<f64> = weights.iter().map(|weight| -PENALTY * weight).collect();
        let mut curvature = vec![vec![0.0; patterns + 1]; patterns + 1];
        for (at, row) in curvature.iter_mut().enumerate() {
            row[at] = PENALTY;
        }
        for (shown, (all, marked)) in &counts {
            let active: Vec<usize> = (0..=patterns).filter(|at| *at == patterns || shown[*at]).collect();
            let sum: f64 = active.iter().map(|at| weights[*at]).sum();
            let chance = 1.0 / (1.0 + (-sum).exp());
            for row in &active {
                gradient[*row] += marked - all * chance;
                for column in &active {
                    curvature[*row][*column] += all * chance * (1.0 - chance);
                }
            }
        }
        for (weight, step) in weights.iter_mut().zip(solve(curvature, gradient)) {
            *weight += step;
        }
    }
    weights.truncate(patterns);
    weights
}

/// Solves a system of linear equations by Gaussian elimination. Regularization makes the matrix invertible.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for pivot in 0..size {
        for row in pivot + 1..size {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let upper = matrix[pivot].clone();
            for (value, above) in matrix[row].iter_mut().zip(upper).skip(pivot) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for pivot in (0..size).rev() {
        let known: f64 = (pivot + 1..size).map(|column| matrix[pivot][column] * right[column]).sum();
        right[pivot] = (right[pivot] - known) / matrix[pivot][pivot];
    }
    right
}

fn threshold(rule: &Rule, weights: &[f64], contracts: &[(Seen, bool)]) -> f64 {
    let beta = if ALARMING.contains(&rule.kind) { 0.5 } else { 1.0 };
    let scored: Vec<(Vec<(f64, bool)>, bool)> = contracts.iter().map(|(seen, has)| (scores(weights, seen), *has)).collect();
    let candidates = (5..100).map(|tenth| f64::from(tenth) / 10.0);
    let quality = |threshold: f64| quality(&scored, threshold, rule.cap, beta);
    candidates.max_by(|left, right| quality(*left).total_cmp(&quality(*right))).unwrap_or(rule.threshold)
}

/// Returns the score of each sentence, and whether experts labelled the sentence. The highest score comes first.
fn scores(weights: &[f64], seen: &Seen) -> Vec<(f64, bool)> {
    let score = |shown: &Vec<bool>| weights.iter().zip(shown).filter(|(_, shown)| **shown).map(|(weight, _)| weight).sum();
    let mut scores: Vec<(f64, bool)> = seen.iter().map(|(shown, marked)| (score(shown), *marked)).collect();
    scores.sort_by(|left, right| right.0.total_cmp(&left.0));
    scores
}

fn quality(contracts: &[(Vec<(f64, bool)>, bool)], threshold: f64, cap: usize, beta: f64) -> f64 {
    let (mut sentences, mut whole) = ([0.0; 3], [0.0; 3]);
    for (scores, has) in contracts {
        let found: Vec<bool> =
            scores.iter().take(cap).filter(|(score, _)| *score >= threshold).map(|(_, marked)| *marked).collect();
        let right = found.iter().filter(|marked| **marked).count();
        let marked = scores.iter().filter(|(_, marked)| *marked).count();
        for (sum, part) in sentences.iter_mut().zip([right, found.len() - right, marked - right]) {
            *sum += part as f64;
        }
        match (found.is_empty(), has) {
            (false, true) => whole[0] += 1.0,
            (false, false) => whole[1] += 1.0,
            (true, true) => whole[2] += 1.0,
            (true, false) => {}
        }
    }
    f_score(sentences, 1.0) + f_score(whole, beta)
}

/// Computes an F score from the numbers of true positives, false positives and false negatives.
fn f_score([right, wrong, missed]: [f64; 3], beta: f64) -> f64 {
    let weighted = (1.0 + beta * beta) * right;
    if right > 0.0 { weighted / (weighted + beta * beta * missed + wrong) } else { 0.0 }
}
