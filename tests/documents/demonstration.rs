//! What the analysis says of the documents that a fresh simulator holds: what a newcomer sees first must be right. The
//! expected findings are files beside this one, to be read and judged by people.

use std::fmt::Write;
use std::path::Path;

use lexicontract::analysis::Engine;
use lexicontract::analysis::child::{Limits, extract_in_child};
use lexicontract::domain::contract::analysis::Findings;
use salesforce_simulator::samples::{SAMPLES, Sample};

/// Compares the findings of every document with those that were judged to be right.
pub async fn check() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/demonstration");
    let mut changed = Vec::new();
    for sample in SAMPLES {
        println!("findings of {}", sample.file_name);
        let findings = shown(&findings(sample).await);
        let expected = std::fs::read_to_string(folder.join(format!("{}.txt", sample.file_name))).unwrap_or_default();
        if findings != expected {
            let fresh = std::env::temp_dir().join(format!("{}.txt", sample.file_name));
            std::fs::write(&fresh, &findings).unwrap();
            changed.push(fresh);
        }
    }
    assert!(changed.is_empty(), "analysed in another way than expected; what was found is in {changed:?}");
}

async fn findings(sample: &Sample) -> Findings {
    let program = std::env::current_exe().unwrap();
    let document = extract_in_child(&program, sample.bytes, sample.file_name, Limits::default()).await.unwrap();
    Engine::embedded().analyse(&document)
}

fn shown(findings: &Findings) -> String {
    let mut text = format!("{}\n\n", findings.summary);
    for clause in &findings.clauses {
        writeln!(text, "{}: {}", clause.kind.label(), clause.text).unwrap();
    }
    text.push('\n');
    for risk in &findings.risks {
        writeln!(text, "{}: {}", risk.severity.label(), risk.title).unwrap();
    }
    text
}
