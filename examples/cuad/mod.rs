//! Contracts with expert labels: CUAD v1 in SQuAD form, read from the folder that is given as an argument.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;

use lexicontract::domain::contract::analysis::ClauseKind;

/// Where the labelled contracts of each kind are, in code points.
pub type Spans = BTreeMap<&'static str, Vec<Range<i64>>>;

/// A labelled contract.
pub struct Contract {
    pub title: String,
    pub text: String,
    pub spans: Spans,
}

/// The contracts of `train.json.xz` in a folder. The even ones are for tuning, the odd ones for validation.
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
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
