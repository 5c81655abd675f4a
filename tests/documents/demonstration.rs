//! Analysis findings for the simulator's sample documents.
//! The folder `demonstration` contains the expected findings as text files, so that people can review them.

use std::fmt::Write;
use std::path::Path;

use analysis::Findings;
use analysis::reader::Reader;
use salesforce_simulator::samples::{SAMPLES, Sample};

/// Compares the findings for every sample document with the expected findings. Stores differing findings in the temporary folder.
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
    assert!(changed.is_empty(), "unexpected findings, stored in {changed:?}");
}

async fn findings(sample: &Sample) -> Findings {
    let document = Reader::current_program().unwrap().extract(sample.bytes, sample.file_name).await.unwrap();
    analysis::analyse(&document)
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
