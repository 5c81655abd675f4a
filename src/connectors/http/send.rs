//! Sends one request after its address was checked, and says what a broken connection means.

use super::{
    answer::{Answer, read},
    guard::{self, NotPublic},
};
use crate::connectors::{Ctx, Error, Fault};
use std::{error::Error as _, time::Duration};

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
    ctx.http.execute(request).await.map_err(|error| broken(call, error))
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
    let error = error.without_url();
    let (fault, what) = match (was_refused(&error), error.is_timeout(), error.is_connect()) {
        (true, ..) => return Error::fault(Fault::NotPublic, format!("{call}: not sent")).because(error),
        (_, _, true) => (Fault::NoConnection, "no connection"),
        (_, true, _) => (Fault::TimeOut, "no answer in time"),
        _ => (Fault::BrokenOff, "the connection broke"),
    };
    let mut broken = Error::fault(fault, format!("{call}: {what}"));
    broken.outcome_unknown = !error.is_connect() && !error.is_builder();
    broken.because(error)
}

/// Whether the guard found no public address: the reason lies somewhere below the error.
fn was_refused(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(below) = cause {
        if below.is::<NotPublic>() {
            return true;
        }
        cause = below.source();
    }
    false
}
