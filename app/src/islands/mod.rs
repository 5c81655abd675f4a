//! The parts of pages that WebAssembly hydrates in the browser. Pages also work if WebAssembly is disabled.

mod board;
mod copy_button;
mod filter;
mod focus;
mod live_page;
mod page_swap;
mod polling;

pub use board::IntegrationsBoard;
pub use copy_button::CopyButton;
pub use live_page::LivePage;
