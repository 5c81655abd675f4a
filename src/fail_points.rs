//! Named steps of the pipeline at which a debug build can be told to die or to stand still, so that tests can do it exactly there.
//!
//! A release build passes every step by, and refuses to be told: nobody can stop a server in production by a variable.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

/// The variable that arms one: `STEP:kill` or `STEP:stop`, and `:N` for the N-th time that the step is reached.
pub const VARIABLE: &str = "LEXICONTRACT_FAIL_POINT";

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Deliveries are about to be committed.
    IngestionStoring,
    /// Deliveries are committed, and nobody has been told.
    IngestionStored,
    /// A job is claimed, and nothing done.
    JobClaimed,
    /// The Opportunity has been read.
    IngestRead,
    /// The file is stored, and no row names it.
    IngestCopied,
    /// Contract and version are about to be committed.
    IngestStoring,
    /// Contract and version are committed.
    IngestStored,
    /// An analysis begins.
    AnalysisBegun,
    /// The text has been read.
    AnalysisRead,
    /// The findings are about to be committed.
    AnalysisStoring,
    /// Salesforce has the status, and no row says so.
    StatusWritten,
    /// How a job ended is about to be committed.
    JobSettling,
    /// A page of sealed values is about to be committed.
    KeysRotating,
    /// The intent to refresh is committed, and the refresh token has not been sent.
    RefreshRecorded,
    /// New tokens have been received and are not stored.
    RefreshAnswered,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 15] = [
        Self::IngestionStoring,
        Self::IngestionStored,
        Self::JobClaimed,
        Self::IngestRead,
        Self::IngestCopied,
        Self::IngestStoring,
        Self::IngestStored,
        Self::AnalysisBegun,
        Self::AnalysisRead,
        Self::AnalysisStoring,
        Self::StatusWritten,
        Self::JobSettling,
        Self::KeysRotating,
        Self::RefreshRecorded,
        Self::RefreshAnswered,
    ];

    /// Its name in [`VARIABLE`].
    pub fn name(self) -> &'static str {
        match self {
            Self::IngestionStoring => "ingestion-storing",
            Self::IngestionStored => "ingestion-stored",
            Self::JobClaimed => "job-claimed",
            Self::IngestRead => "ingest-read",
            Self::IngestCopied => "ingest-copied",
            Self::IngestStoring => "ingest-storing",
            Self::IngestStored => "ingest-stored",
            Self::AnalysisBegun => "analysis-begun",
            Self::AnalysisRead => "analysis-read",
            Self::AnalysisStoring => "analysis-storing",
            Self::StatusWritten => "status-written",
            Self::JobSettling => "job-settling",
            Self::KeysRotating => "keys-rotating",
            Self::RefreshRecorded => "refresh-recorded",
            Self::RefreshAnswered => "refresh-answered",
        }
    }
}

#[derive(Debug)]
struct Armed {
    step: Step,
    signal: rustix::process::Signal,
    passes_left: AtomicU64,
}

static ARMED: OnceLock<Armed> = OnceLock::new();

/// Arms a step of this process; the first call counts.
///
/// # Errors
/// This is a release build, or the text says something else. The sentence names the variable.
pub fn arm(text: &str) -> Result<(), String> {
    if !cfg!(debug_assertions) {
        return Err(format!("`{VARIABLE}` is for debug builds, which die by it. Unset it to run this release build."));
    }
    let armed = parse(text).ok_or_else(|| format!("`{VARIABLE}` must look like `ingest-copied:kill:3`, but is `{text}`."))?;
    drop(ARMED.set(armed));
    Ok(())
}

fn parse(text: &str) -> Option<Armed> {
    let mut words = text.split(':');
    let name = words.next()?;
    let step = Step::ALL.into_iter().find(|step| step.name() == name)?;
    let signal = match words.next()? {
        "kill" => rustix::process::Signal::KILL,
        "stop" => rustix::process::Signal::STOP,
        _ => return None,
    };
    let passes: u64 = words.next().map_or(Some(1), |number| number.parse().ok())?;
    let is_whole = passes > 0 && words.next().is_none();
    is_whole.then(|| Armed { step, signal, passes_left: AtomicU64::new(passes) })
}

/// Says that a step is reached. Does nothing in a release build.
#[inline]
pub(crate) fn reach(step: Step) {
    if cfg!(debug_assertions) {
        reach_armed(step);
    }
}

fn reach_armed(step: Step) {
    let Some(armed) = ARMED.get().filter(|armed| armed.step == step) else { return };
    // The last pass takes 1 to 0; later ones wrap around, and are far from 1.
    if armed.passes_left.fetch_sub(1, Ordering::SeqCst) == 1 {
        // It cannot fail: a process may always signal itself.
        let _ = rustix::process::kill_process(rustix::process::getpid(), armed.signal);
        // The signal may arrive on another thread: nothing may happen here until it has.
        if armed.signal == rustix::process::Signal::KILL {
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
    fn a_step_is_named_with_what_happens_and_when() {
        let armed = parse("ingest-copied:kill:3").unwrap();
        assert_eq!((armed.step, armed.signal), (Step::IngestCopied, rustix::process::Signal::KILL));
        assert_eq!(armed.passes_left.into_inner(), 3);
        assert_eq!(parse("job-claimed:stop").unwrap().passes_left.into_inner(), 1);
        for text in ["", "ingest-copied", "nowhere:kill", "job-claimed:sleep", "job-claimed:kill:0", "job-claimed:kill:1:2"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_step_that_is_not_armed_is_passed() {
        reach(Step::KeysRotating);
    }
}
