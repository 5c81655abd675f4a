//! Checks the URL of a request, and sends it.

use super::{
    call_error::CallError,
    guard,
    response::{Response, read},
};
use crate::connectors::{Ctx, Error};
use std::time::Duration;

/// Time limit for a complete call. Downloads have a longer one.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Sends a request and returns the response before its body is read. `call` names the request in the log.
pub(crate) async fn send(ctx: &Ctx, call: &str, request: reqwest::RequestBuilder) -> Result<reqwest::Response, Error> {
    let request = request.build().map_err(|error| broken(call, error))?;
    guard::check_url(&ctx.config, request.url())?;
    ctx.http.execute(request).await.map_err(|error| error.in_call(call))
}

/// Sends a request and reads a response body of at most `limit` bytes.
pub(crate) async fn send_and_read(
    ctx: &Ctx,
    call: &str,
    request: reqwest::RequestBuilder,
    limit: usize,
) -> Result<Response, Error> {
    let response = send(ctx, call, request.timeout(CALL_TIMEOUT)).await?;
    read(ctx, call, response, limit).await
}

/// Converts a transport error. Omits the URL, because a query can contain user input.
pub(crate) fn broken(call: &str, error: reqwest::Error) -> Error {
    CallError::from(error).in_call(call)
}
