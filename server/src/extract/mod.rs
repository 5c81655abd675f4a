//! What handlers take from a request, each failing with a problem of our own.

mod actor;
mod id;
mod json;
pub mod multipart;
mod page;
pub mod saved_form;
pub mod upload;

pub use actor::{Admin, Caller, Member};
pub use id::{PathId, PathIdAndNumber, PathText};
pub use json::{Json, OptionalJson, is_json};
pub use page::{PageOf, PageQuery};
