//! The parts of pages that come alive in the browser. Each has a meaning without WebAssembly.

mod keep_current;
mod narrow;
mod page_swap;
mod place;

mod board;
mod copy_button;
mod live_page;

pub use board::IntegrationsBoard;
pub use copy_button::CopyButton;
pub use live_page::LivePage;
