//! CUAD v1 (Contract Understanding Atticus Dataset): contracts with labels by experts, in SQuAD format.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use analysis::ClauseKind;

/// Labelled spans for each kind of clause, in Unicode code points.
pub type Spans = BTreeMap<&'static str, Vec<Range<i64>>>;

pub struct Contract {
    pub title: String,
    pub text: String,
    pub spans: Spans,
}

/// Loads the contracts from `train.json.xz` in a folder. Contracts with an even index are for tuning, the others for validation.
pub fn load(folder: Option<&str>) -> Result<Vec<Contract>, String> {
    let folder = folder.map_or_else(usual_folder, PathBuf::from);
    let file = folder.join("train.json.xz");
    let output = Command::new("xz").arg("-dc").arg(&file).output().map_err(|error| format!("xz cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{} is absent", file.display()));
    }
    let data: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let contracts = data["data"].as_array().ok_or("no list of contracts")?;
    Ok(contracts.iter().map(contract).collect())
}

fn usual_folder() -> PathBuf {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let beside = root.join("../shared/data/cuad");
    if beside.exists() { beside } else { root.join("../../shared/data/cuad") }
}

fn contract(contract: &serde_json::Value) -> Contract {
    let paragraph = &contract["paragraphs"][0];
    Contract {
        title: contract["title"].as_str().unwrap_or_default().to_owned(),
        text: paragraph["context"].as_str().unwrap_or_default().to_owned(),
        spans: expected(paragraph),
    }
}

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
            spans.entry(kind.into_str()).or_default().push(start..start + i64::try_from(length).unwrap_or(0));
        }
    }
    // Several CUAD categories may map to the same kind of clause.
    for list in spans.values_mut() {
        list.sort_by_key(|span| (span.start, span.end));
        list.dedup();
    }
    spans
}
