//! Tests of document analysis with a real child process, which is this program with the argument `extract`.
//! The arguments `corpus`, `pipeline` and `sandbox` select tests.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a failed test")]

use std::process::ExitCode;

use analysis::reader::run_extract;

mod corpus;
mod demonstration;
mod pipeline;
mod sandbox;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|word| word == "extract") {
        return child(arguments.get(2).map_or("", String::as_str), arguments.get(3).map_or("", String::as_str));
    }
    if arguments.get(1).is_some_and(|word| word == sandbox::PROBE) {
        return sandbox::probe(&arguments[2..]);
    }
    let wanted = |part: &str| arguments.get(1).is_none_or(|word| word.starts_with('-') || word == part);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcome = runtime.block_on(async {
        if wanted("sandbox") {
            sandbox::check().await;
        }
        if wanted("pipeline") {
            demonstration::check().await;
            pipeline::check().await;
        }
        if wanted("corpus") { corpus::check().await } else { Ok(()) }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(faults) => {
            println!("{faults}");
            ExitCode::FAILURE
        }
    }
}

/// Acts as the child process that reads a document. Some file names select a failure that a hostile document could cause.
fn child(isolation: &str, file_name: &str) -> ExitCode {
    match file_name {
        "dies.docx" => std::process::abort(),
        "killed.docx" => {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
            ExitCode::FAILURE
        }
        "hangs.docx" => loop {
            std::thread::park();
        },
        "panics.docx" | "overflows.docx" | "devours.docx" => sandbox::end(isolation, file_name),
        name => run_extract(name),
    }
}
