//! Text extraction: what a document says, as plain lines, or a sentence that tells why it cannot be read.

mod docx;
mod error;
mod extract;
mod normalise;
mod pdf;
mod plain;
mod sniff;
mod unseen;

pub(super) use docx::{part_name, resolve};
pub use error::ExtractError;
pub use extract::{Document, MAXIMUM_TEXT_BYTES, extract};
pub use sniff::is_foreign;
