use super::call_error::CallError;
use super::guard;
use super::response::{Response, read};
use crate::connectors::{Ctx, Error};
use std::time::Duration;

/// Time limit for a complete call, except downloads.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// Sends a request. Returns before the response body is read. `call` names the request in the log.
pub(crate) async fn send(ctx: &Ctx, call: &str, request: reqwest::RequestBuilder) -> Result<reqwest::Response, Error> {
    let request = request.build().map_err(|error| broken(call, error))?;
    guard::check_url(&ctx.config, request.url())?;
    ctx.http.execute(request).await.map_err(|error| error.in_call(call))
}

pub(crate) async fn send_and_read(
    ctx: &Ctx,
    call: &str,
    request: reqwest::RequestBuilder,
    limit: usize,
) -> Result<Response, Error> {
    let response = send(ctx, call, request.timeout(CALL_TIMEOUT)).await?;
    read(ctx, call, response, limit).await
}

pub(crate) fn broken(call: &str, error: reqwest::Error) -> Error {
    CallError::from(error).in_call(call)
}
