//! The child's side: document on standard input, its name as argument, the result as JSON on standard output.

use std::io::{Read, Write};
use std::process::ExitCode;

use super::limits;
use super::parent::MAXIMUM_INPUT_BYTES;
use super::sandbox::{self, Sandbox, SandboxError};
use crate::analysis::text::{ExtractError, extract};

/// How much room the input gets at a time.
const INPUT_STEP: usize = 4 * 1024 * 1024;

/// Reads a document from standard input and prints a `Result<Document, ExtractError>` as JSON.
/// The exit code is a failure only when there is no answer at all.
pub fn run_extract(file_name: &str) -> ExitCode {
    if confine().is_err() {
        return ExitCode::FAILURE;
    }
    exit_code(&print(&read_input().and_then(|bytes| extract(&bytes, file_name))))
}

/// Does what [`run_extract`] does before it reads, and prints what this process got: a `Result<Sandbox, String>` as JSON.
pub fn run_sandbox_check() -> ExitCode {
    exit_code(&print(&confine().map_err(|error| error.to_string())))
}

/// Limits and isolates this process, which must have one thread.
///
/// # Errors
/// The system refused something that it supports.
pub fn confine() -> Result<Sandbox, SandboxError> {
    limits::apply()?;
    if !limits::use_one_thread() {
        return Err(SandboxError::Threads);
    }
    sandbox::enter()
}

fn exit_code(printed: &std::io::Result<()>) -> ExitCode {
    if printed.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Grows in steps: doubling would reserve up to twice the size of a document.
fn read_input() -> Result<Vec<u8>, ExtractError> {
    let mut input = std::io::stdin().lock();
    let mut bytes = Vec::new();
    loop {
        bytes.reserve_exact(INPUT_STEP);
        let read = input.by_ref().take(INPUT_STEP as u64).read_to_end(&mut bytes);
        match read {
            Ok(0) => return Ok(bytes),
            Ok(_) if bytes.len() as u64 > MAXIMUM_INPUT_BYTES => {
                return Err(ExtractError::TooLarge { detail: "the file is over 512 MB".to_owned() });
            }
            Ok(_) => {}
            Err(_) => return Err(ExtractError::Damaged { detail: "it could not be read to its end".to_owned() }),
        }
    }
}

fn print(result: &impl serde::Serialize) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    serde_json::to_writer(&mut output, result)?;
    output.flush()
}
