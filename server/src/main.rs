//! The binary `lexicontract`.

fn main() -> std::process::ExitCode {
    server::process::cli::run()
}
