//! The binary `lexicontract`.

/// Rendering a page allocates thousands of small strings; this allocator takes half of the C library's time for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    server::cli::run()
}
