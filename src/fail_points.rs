//! Fail points for crash tests: named steps at which a debug build kills or stops its process. A release build has no fail points
//! and does not start if [`VARIABLE`] is set.

use rustix::process::{Signal, getpid, kill_process};
use serde::Deserialize;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Environment variable with the value `STEP:kill` or `STEP:stop`. With the optional suffix `:N`, the fail point triggers when
/// the step is reached for the N-th time.
pub const VARIABLE: &str = "LEXICONTRACT_FAIL_POINT";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Deliveries are inserted, but not committed.
    IngestionStoring,
    /// Deliveries are committed, but workers are not notified.
    IngestionStored,
    /// The deliveries of a poll are inserted, but not committed.
    PollStoring,
    /// The deliveries of a poll are committed.
    PollStored,
    /// A job is claimed but not started.
    JobClaimed,
    /// The deal is read from the provider.
    IngestRead,
    /// The file is stored, but has no database row.
    IngestCopied,
    /// Contract and version are inserted, but not committed.
    IngestStoring,
    /// Contract and version are committed.
    IngestStored,
    AnalysisBegun,
    /// The text is extracted from the document.
    AnalysisRead,
    /// The findings are stored, but not committed.
    AnalysisStoring,
    /// The status is written to the provider, but the write is not recorded in the database.
    StatusWritten,
    /// The intent to file a version is committed, but the file is not sent.
    FilingRecorded,
    /// The file is stored at the provider, but the filing is not recorded in the database.
    FilingSent,
    /// The outcome of a job is stored, but not committed.
    JobSettling,
    /// A batch of values is encrypted with the new key, but not committed.
    KeysRotating,
    /// The intent to refresh is committed, but the refresh token is not sent.
    RefreshRecorded,
    /// New tokens are received, but not stored.
    RefreshAnswered,
    /// The rows of a contract, or the users and connections of an organization, are deleted, but not committed.
    ErasureStoring,
    /// The rows are deleted, but not the files.
    ErasureStored,
    /// A file is deleted from the storage, but still recorded.
    ErasureFileDeleted,
    /// Some rows of an erased organization are deleted.
    ErasureContinuing,
    /// The remains in the database are removed, but the erasure is still recorded.
    ErasureRemoved,
}

#[derive(Debug)]
struct Armed {
    step: Step,
    signal: Signal,
    passes_left: AtomicU64,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Activates the fail point that `text` describes. Only the first call has an effect. Fails in a release build.
pub fn arm(text: &str) -> Result<(), String> {
    if !cfg!(debug_assertions) {
        return Err(format!(
            "`{VARIABLE}` only works in debug builds, which stop at the named step. Unset it to run this release build."
        ));
    }
    let armed = parse(text).ok_or_else(|| format!("`{VARIABLE}` must look like `ingest-copied:kill:3`, but is `{text}`."))?;
    drop(ARMED.set(armed));
    Ok(())
}

fn parse(text: &str) -> Option<Armed> {
    let mut parts = text.split(':');
    let step = serde_json::from_value(parts.next()?.into()).ok()?;
    let signal = match parts.next()? {
        "kill" => Signal::KILL,
        "stop" => Signal::STOP,
        _ => return None,
    };
    let passes: u64 = parts.next().map_or(Some(1), |number| number.parse().ok())?;
    let is_complete = passes > 0 && parts.next().is_none();
    is_complete.then(|| Armed { step, signal, passes_left: AtomicU64::new(passes) })
}

/// Sends the signal to this process if `step` is the configured step and has been reached as often as configured.
#[inline]
pub(crate) fn reach(step: Step) {
    if !cfg!(debug_assertions) {
        return;
    }
    let Some(armed) = ARMED.get().filter(|armed| armed.step == step) else { return };
    // The pass that decrements the counter from 1 to 0 sends the signal. Later passes wrap around, so they do not send it again.
    if armed.passes_left.fetch_sub(1, Ordering::SeqCst) == 1 {
        // Ignores the result, because a process is always allowed to signal itself.
        let _ = kill_process(getpid(), armed.signal);
        // Prevents this thread from continuing until the signal ends the process.
        if armed.signal == Signal::KILL {
            loop {
                std::thread::park();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_names_a_step_a_signal_and_a_number_of_passes() {
        let armed = parse("ingest-copied:kill:3").unwrap();
        assert_eq!(armed.step, Step::IngestCopied);
        assert_eq!(armed.signal, Signal::KILL);
        assert_eq!(armed.passes_left.into_inner(), 3);
        assert_eq!(parse("job-claimed:stop").unwrap().passes_left.into_inner(), 1);
        for text in ["", "ingest-copied", "nowhere:kill", "job-claimed:sleep", "job-claimed:kill:0", "job-claimed:kill:1:2"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
