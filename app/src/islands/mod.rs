//! The parts of pages that come alive in the browser. Each has a meaning without WebAssembly.

mod board_card;
mod copy_button;
mod disconnect_dialog;
mod integrations_board;
mod live_page;
mod page_swap;

pub use copy_button::CopyButton;
pub use integrations_board::IntegrationsBoard;
pub use live_page::LivePage;
