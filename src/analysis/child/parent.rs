//! The server's side: starts the child, feeds it, and believes nothing but a bounded, well-formed answer in time.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use super::Sandbox;
use crate::analysis::text::{Document, ExtractError};

/// The most bytes that the child reads; uploads are limited long before.
pub const MAXIMUM_INPUT_BYTES: u64 = 512 * 1024 * 1024;
/// The text limit, with room for what JSON escapes.
const MAXIMUM_OUTPUT_BYTES: u64 = 20 * 1024 * 1024;
/// Longer names are cut; the name is only a hint.
const MAXIMUM_NAME_CHARACTERS: usize = 200;

/// From start to answer, by the clock on the wall: the child's processor time, and half as much for waiting.
const WALL: Duration = Duration::from_secs(30);

/// How long a document may take, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From start to answer, by the clock on the wall.
    pub wall: Duration,
    /// The most bytes that are sent to the child.
    pub input_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { wall: WALL, input_bytes: MAXIMUM_INPUT_BYTES }
    }
}

/// Why it is not known how the child is isolated. It reads no document then.
#[derive(Debug, thiserror::Error)]
pub enum SandboxCheckError {
    /// The system refused the child something that it supports.
    #[error("{0}")]
    Refused(String),
    /// The child did not answer in time.
    #[error("it did not answer in time")]
    TimedOut,
    /// The child ended without an answer.
    #[error("it ended without an answer ({0})")]
    NoAnswer(ExitStatus),
    /// The child could not be started.
    #[error("it could not be started: {0}")]
    Start(#[from] std::io::Error),
}

/// Reads the text of a document in a child process. `program` is a binary that calls [`super::run_extract`] with its
/// second argument when its first is `extract`: the server itself.
pub async fn extract_in_child(
    program: &Path,
    document: impl AsyncRead + Send + Unpin,
    file_name: &str,
    limits: Limits,
) -> Result<Document, ExtractError> {
    let name: String = file_name.chars().filter(|character| !character.is_control()).take(MAXIMUM_NAME_CHARACTERS).collect();
    let mut child = start(program, &["extract", "--", &name]).map_err(|_| ExtractError::Interrupted)?;
    let finished = tokio::time::timeout(limits.wall, converse(&mut child, document, limits.input_bytes)).await;
    if finished.is_err() {
        // Dropping the child would end it too; waiting for its end leaves no zombie behind.
        let _ = child.kill().await;
    }
    finished.unwrap_or(Err(ExtractError::TimedOut))
}

/// Starts a child as it is started for a document, and learns which layers of isolation it got.
pub(super) async fn check_sandbox(program: &Path) -> Result<Sandbox, SandboxCheckError> {
    let child = start(program, &["check-sandbox"])?;
    let output = tokio::time::timeout(WALL, child.wait_with_output()).await.map_err(|_| SandboxCheckError::TimedOut)??;
    let outcome: Result<Sandbox, String> =
        serde_json::from_slice(&output.stdout).map_err(|_| SandboxCheckError::NoAnswer(output.status))?;
    outcome.map_err(SandboxCheckError::Refused)
}

fn start(program: &Path, arguments: &[&str]) -> std::io::Result<Child> {
    Command::new(program)
        .args(arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
}

async fn converse(
    child: &mut Child,
    document: impl AsyncRead + Send + Unpin,
    input_bytes: u64,
) -> Result<Document, ExtractError> {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(ExtractError::Crashed);
    };
    let feed = async move {
        let mut document = document.take(input_bytes + 1);
        // A child that died early closes its end; the exit status tells why.
        let copied = tokio::io::copy(&mut document, &mut input).await;
        let _ = input.shutdown().await;
        drop(input);
        copied
    };
    let mut answer = Vec::new();
    let mut output = output.take(MAXIMUM_OUTPUT_BYTES + 1);
    let (copied, read) = tokio::join!(feed, output.read_to_end(&mut answer));
    if copied.is_ok_and(|bytes| bytes > input_bytes) {
        return Err(ExtractError::TooLarge { detail: "the file is over the size limit".to_owned() });
    }
    if read.is_err() || answer.len() as u64 > MAXIMUM_OUTPUT_BYTES {
        return Err(ExtractError::TooLarge { detail: "it holds more than 8 MB of text".to_owned() });
    }
    let status = child.wait().await.map_err(|_| ExtractError::Crashed)?;
    understand(status, &answer)
}

fn understand(status: ExitStatus, answer: &[u8]) -> Result<Document, ExtractError> {
    use std::os::unix::process::ExitStatusExt;
    if status.success() {
        return serde_json::from_slice(answer).unwrap_or(Err(ExtractError::Crashed));
    }
    Err(match status.signal().and_then(Signal::from_named_raw) {
        Some(Signal::XCPU) => ExtractError::TimedOut,
        // The child's own limits end it in other ways: what is left is a system that ran out of memory.
        Some(Signal::KILL) => ExtractError::Interrupted,
        _ => ExtractError::Crashed,
    })
}
