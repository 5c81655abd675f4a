use super::limits;
use super::process::MAXIMUM_INPUT_BYTES;
use super::sandbox::{self, Sandbox, SandboxError};
use crate::text::{ExtractError, extract};
use std::io::{Read, Write};
use std::process::ExitCode;

/// Number of bytes by which the input buffer grows. A buffer that doubles could reserve up to twice the size of the document.
const INPUT_STEP: usize = 4 * 1024 * 1024;

/// Reads a document from standard input, and prints a `Result<Document, ExtractError>` as JSON.
pub fn run_extract(file_name: &str) -> ExitCode {
    if confine().is_err() {
        return ExitCode::FAILURE;
    }
    print(&read_input().and_then(|bytes| extract(&bytes, file_name)))
}

/// Isolates this process, and prints a `Result<Sandbox, String>` as JSON.
pub fn run_sandbox_check() -> ExitCode {
    print(&confine().map_err(|error| error.to_string()))
}

/// Limits and isolates this process, which must have only one thread.
///
/// # Errors
/// Fails if the system supports a layer of isolation but refuses to apply it.
pub fn confine() -> Result<Sandbox, SandboxError> {
    limits::apply()?;
    limits::use_one_thread().map_err(|_| SandboxError::Threads)?;
    sandbox::enter()
}

fn read_input() -> Result<Vec<u8>, ExtractError> {
    let mut input = std::io::stdin().lock();
    let mut bytes = Vec::new();
    loop {
        bytes.reserve_exact(INPUT_STEP);
        match input.by_ref().take(INPUT_STEP as u64).read_to_end(&mut bytes) {
            Ok(0) => return Ok(bytes),
            Ok(_) if bytes.len() as u64 > MAXIMUM_INPUT_BYTES => return Err(ExtractError::too_large("the file is over 512 MB")),
            Ok(_) => {}
            Err(_) => return Err(ExtractError::damaged("it could not be read to its end")),
        }
    }
}

fn print(result: &impl serde::Serialize) -> ExitCode {
    let mut output = std::io::stdout().lock();
    let printed = serde_json::to_writer(&mut output, result).map_err(Into::into).and_then(|()| output.flush());
    if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
