//! Extractors, which reject a request with an [`ApiError`](crate::api::problem::ApiError).

mod actor;
mod json;
pub mod multipart;
mod page;
mod path;
pub mod saved_form;
pub mod upload;

pub use actor::{Admin, Caller, Member};
pub use json::{Json, OptionalJson, is_json};
pub use page::{PageOf, PageQuery};
pub use path::{Param, Params};

/// The query string, or a rejection that the handler converts to a problem.
pub type QueryResult<T> = Result<axum::extract::Query<T>, axum::extract::rejection::QueryRejection>;
