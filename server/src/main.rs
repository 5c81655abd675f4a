//! The binary `lexicontract`.

fn main() -> std::process::ExitCode {
    server::cli::run()
}
