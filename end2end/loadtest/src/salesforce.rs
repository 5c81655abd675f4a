use salesforce_simulator::samples::SAMPLES;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::files::{self, NewFile};
use salesforce_simulator::state::opportunities;
use salesforce_simulator::{Options, Simulator, ids};
use std::io;
use std::time::Duration;

const WHEN: &str = "2026-11-20T10:00:00.000+0000";
/// Start of the numbers in the ids of nonexistent Opportunities.
const UNKNOWN_FROM: u64 = 9_000_000_000;

/// Daily API limit of the simulated orgs. The default of 15,000 calls is too low for a long run.
const CALLS_A_DAY: u64 = 10_000_000;

/// Starts a simulated Salesforce. Its apps redirect to `public_url`.
pub async fn start(public_url: &str) -> io::Result<Simulator> {
    let mut options = Options::default();
    for app in &mut options.apps {
        app.redirect_uris = vec![format!("{public_url}/api/v1/integrations/salesforce/callback")];
    }
    let simulator = Simulator::start(options).await?;
    for organization in [simulator.production(), simulator.sandbox()] {
        organization.state().api_usage.1 = CALLS_A_DAY;
    }
    Ok(simulator)
}

/// Damaged PDF: a header without a document. Its analysis fails quickly, so that analyses take little CPU time from the servers.
pub const UNREADABLE: &[u8] = b"%PDF-1.7\nNo document.\n";

pub fn opportunity(simulator: &Simulator, name: &str, file: &[u8]) -> String {
    let mut state = simulator.production().state();
    let id = opportunities::create(&mut state, name, Some("Northwind"), "Prospecting", WHEN);
    let file = NewFile {
        file_name: format!("{name}.pdf"),
        bytes: file.to_vec().into(),
        modified_at: WHEN.to_owned(),
        ..NewFile::default()
    };
    files::attach(&mut state, &id, &file);
    id
}

pub fn unknown_opportunity(number: u64) -> String {
    ids::make("006", "ak0", UNKNOWN_FROM + number)
}

/// Returns a readable PDF of about `length` bytes.
pub fn pdf(length: usize) -> Vec<u8> {
    let sample = SAMPLES.iter().find(|sample| sample.file_name == "Order Form.pdf").map_or(&b""[..], |sample| sample.bytes);
    let tail = sample.windows(9).rposition(|window| window == b"startxref").unwrap_or(sample.len());
    // Pads the file with comments, which PDF readers ignore. The comments are inserted before `startxref`, so that all offsets in
    // the file stay valid.
    let mut padded = sample[..tail].to_vec();
    while padded.len() + (sample.len() - tail) + 64 < length {
        padded.extend_from_slice(b"% this line is here for its length, which is sixty-four bytes .\n");
    }
    padded.extend_from_slice(&sample[tail..]);
    padded
}

pub fn slow_down(simulator: &Simulator, pause: Duration) {
    let delay_ms = u64::try_from(pause.as_millis()).ok();
    let fault = Fault { path_contains: "/services/data".to_owned(), times: u32::MAX, delay_ms, ..Fault::default() };
    simulator.production().state().faults.order(vec![fault]);
}

pub fn recover(simulator: &Simulator) {
    simulator.production().state().faults = Default::default();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_padded_document_has_the_wanted_length_and_both_ends() {
        let document = pdf(100_000);
        assert!((99_800..=100_000).contains(&document.len()), "{}", document.len());
        assert!(document.starts_with(b"%PDF-") && document.trim_ascii_end().ends_with(b"%%EOF"));
    }
}
