use super::Sandbox;
use crate::text::{Document, ExtractError};
use rustix::process::Signal;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Maximum size of a document. The limits of uploads are lower.
pub const MAXIMUM_INPUT_BYTES: u64 = 512 * 1024 * 1024;
/// Maximum size of the response: the maximum size of a text, and additional bytes for JSON escapes.
const MAXIMUM_OUTPUT_BYTES: u64 = 20 * 1024 * 1024;
const MAXIMUM_NAME_CHARACTERS: usize = 200;
/// Timeout of the child. It is longer than the limit of the CPU time.
const WALL_TIME: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub wall_time: Duration,
    pub input_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { wall_time: WALL_TIME, input_bytes: MAXIMUM_INPUT_BYTES }
    }
}

/// Reason why the check of the child's isolation failed. Documents must not be read in a child without isolation.
#[derive(Debug, thiserror::Error)]
pub enum SandboxCheckError {
    #[error("{0}")]
    Refused(String),
    #[error("it did not answer in time")]
    TimedOut,
    #[error("it ended without an answer ({0})")]
    NoAnswer(ExitStatus),
    #[error("it could not be started: {0}")]
    Start(#[from] std::io::Error),
}

#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    limits: Limits,
}

impl Reader {
    /// Creates a reader. `program` must call [`super::run_extract`] for the arguments `extract -- NAME`, and
    /// [`super::run_sandbox_check`] for `check-sandbox`.
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        Self { program, limits }
    }

    /// Creates a reader whose child processes run the same executable as this process.
    pub fn current_program() -> std::io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?, Limits::default()))
    }

    pub async fn extract(&self, document: impl AsyncRead + Send + Unpin, file_name: &str) -> Result<Document, ExtractError> {
        let name: String = file_name.chars().filter(|character| !character.is_control()).take(MAXIMUM_NAME_CHARACTERS).collect();
        let mut child = self.start(&["extract", "--", &name]).map_err(|_| ExtractError::Interrupted)?;
        let finished = timeout(self.limits.wall_time, converse(&mut child, document, self.limits.input_bytes)).await;
        if finished.is_err() {
            // `kill` waits for the end of the process. Dropping `child` without this call could leave a zombie process.
            let _ = child.kill().await;
        }
        finished.unwrap_or(Err(ExtractError::TimedOut))
    }

    /// Starts a child process, and returns the layers of isolation that it applied.
    ///
    /// # Errors
    /// Fails if the child cannot apply all layers that the system supports, or does not respond.
    pub async fn check_sandbox(&self) -> Result<Sandbox, SandboxCheckError> {
        let child = self.start(&["check-sandbox"])?;
        let output = timeout(WALL_TIME, child.wait_with_output()).await.map_err(|_| SandboxCheckError::TimedOut)??;
        let outcome: Result<Sandbox, String> =
            serde_json::from_slice(&output.stdout).map_err(|_| SandboxCheckError::NoAnswer(output.status))?;
        outcome.map_err(SandboxCheckError::Refused)
    }

    fn start(&self, arguments: &[&str]) -> std::io::Result<Child> {
        Command::new(&self.program)
            .args(arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }
}

async fn converse(
    child: &mut Child,
    document: impl AsyncRead + Send + Unpin,
    input_bytes: u64,
) -> Result<Document, ExtractError> {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(ExtractError::Crashed);
    };
    let send = async move {
        let mut document = document.take(input_bytes + 1);
        // If the child exits early, copying fails. The exit status of the child then shows the reason.
        let copied = tokio::io::copy(&mut document, &mut input).await;
        let _ = input.shutdown().await;
        drop(input);
        copied
    };
    let mut response = Vec::new();
    let mut output = output.take(MAXIMUM_OUTPUT_BYTES + 1);
    let (copied, read) = tokio::join!(send, output.read_to_end(&mut response));
    if copied.is_ok_and(|bytes| bytes > input_bytes) {
        return Err(ExtractError::too_large("the file is over the size limit"));
    }
    if read.is_err() || response.len() as u64 > MAXIMUM_OUTPUT_BYTES {
        return Err(ExtractError::too_large("it holds more than 8 MB of text"));
    }
    let status = child.wait().await.map_err(|_| ExtractError::Crashed)?;
    if status.success() {
        return serde_json::from_slice(&response).unwrap_or(Err(ExtractError::Crashed));
    }
    Err(match status.signal().and_then(Signal::from_named_raw) {
        Some(Signal::XCPU) => ExtractError::TimedOut,
        // SIGKILL means that the system is out of memory. A child that exceeds its own limits receives other signals.
        Some(Signal::KILL) => ExtractError::Interrupted,
        _ => ExtractError::Crashed,
    })
}
