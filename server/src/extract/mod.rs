//! Extractors. All of them reject a request with an [`ApiError`](crate::api::problem::ApiError).

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

/// The parsed query string, or the parse error. The handler converts the error, because each handler reports a different problem.
pub type QueryResult<T> = Result<axum::extract::Query<T>, axum::extract::rejection::QueryRejection>;
