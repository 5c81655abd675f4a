//! Sends one request after its address was checked, and says what a broken connection means.

use super::{
    answer::{Answer, read},
    call_error::CallError,
    guard,
};
use crate::connectors::{Ctx, Error};
use std::time::Duration;

/// The most a call may take whose answer is read whole.
const WHOLE_CALL: Duration = Duration::from_secs(60);

/// Sends a request; `call` names it in the log. The answer's body is still to be read.
///
/// # Errors
/// The address may not be called, or no answer came.
pub(in crate::connectors) async fn send(
    ctx: &Ctx,
    call: &str,
    request: reqwest::RequestBuilder,
) -> Result<reqwest::Response, Error> {
    let request = request.build().map_err(|error| broken(call, error))?;
    guard::check(&ctx.config, request.url())?;
    ctx.http.execute(request).await.map_err(|error| error.in_call(call))
}

/// Sends a request and reads its answer, at most `limit` bytes of it.
///
/// # Errors
/// As [`send`], or the answer broke off or is too large.
pub(in crate::connectors) async fn send_and_read(
    ctx: &Ctx,
    call: &str,
    request: reqwest::RequestBuilder,
    limit: usize,
) -> Result<Answer, Error> {
    let response = send(ctx, call, request.timeout(WHOLE_CALL)).await?;
    read(ctx, call, response, limit).await
}

/// What a broken connection means. Its address is left out: a query may hold what a person wrote.
pub(in crate::connectors) fn broken(call: &str, error: reqwest::Error) -> Error {
    CallError::from(error).in_call(call)
}
