//! Analysis findings for the simulator's sample documents.

use std::fmt::Write;

use analysis::Findings;
use analysis::reader::Reader;
use insta::Settings;
use salesforce_simulator::samples::{SAMPLES, Sample};

/// Compares the findings for every sample document with their snapshots.
pub async fn check() {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for sample in SAMPLES {
        println!("findings of {}", sample.file_name);
        let findings = shown(&findings(sample).await);
        settings.bind(|| insta::assert_snapshot!(sample.file_name, findings));
    }
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
