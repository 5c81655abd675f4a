//! How every action ends.

use crate::{
    Fault,
    context::{record_form_rejection, with_headers},
    flash,
    text::{next_path::escape, problem},
};
use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT, RETRY_AFTER},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use lexicontract::{domain::problem::Problem, hub};
use serde::Serialize;

/// Ends an action: a form goes on to `done`, or back to `otherwise` with the problem's code in the address.
pub(super) fn end<T>(outcome: hub::Result<T>, done: impl FnOnce(T) -> String, otherwise: &str) -> Result<(), Fault> {
    match outcome {
        Ok(value) => {
            go(&done(value));
            Ok(())
        }
        Err(error) => {
            let problem = error.report();
            if problem.status() == 403 {
                record_form_rejection();
            }
            let separator = if otherwise.contains('?') { '&' } else { '?' };
            go(&format!("{otherwise}{separator}problem={}", escape(&problem::code(&problem))));
            answer_with_status(&problem);
            Err(problem.into())
        }
    }
}

/// The same for a form in which something was typed: the page that it goes back to shows it again. Nothing secret is in `typed`.
pub(super) fn end_typed<T>(
    outcome: hub::Result<T>,
    done: impl FnOnce(T) -> String,
    otherwise: &str,
    typed: Option<impl Serialize>,
) -> Result<(), Fault> {
    if let (Err(_), Some(typed), true) = (&outcome, typed, is_form()) {
        flash::keep_form_state(otherwise.split_once('?').map_or(otherwise, |(path, _)| path), &typed);
    }
    end(outcome, done, otherwise)
}

/// Answers an island: the value, or the problem with its status.
pub(crate) fn answer<T>(outcome: hub::Result<T>) -> Result<T, Fault> {
    outcome.map_err(|error| {
        let problem = error.report();
        answer_with_status(&problem);
        problem.into()
    })
}

/// Whether a browser posted a form, so that the answer must be a page.
fn is_form() -> bool {
    with_headers(|headers| Some(headers.get(ACCEPT)?.to_str().ok()?.contains("text/html"))).unwrap_or_default()
}

/// Sends a form's browser on. An address that cannot be a header leads to the start page.
fn go(address: &str) {
    if is_form() {
        leptos_axum::redirect(if HeaderValue::from_str(address).is_ok() { address } else { "/" });
    }
}

fn answer_with_status(problem: &Problem) {
    if let (false, Some(response), Ok(status)) =
        (is_form(), use_context::<ResponseOptions>(), StatusCode::from_u16(problem.status()))
    {
        response.set_status(status);
        if let Some(seconds) = problem.retry_after_seconds() {
            response.insert_header(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }
}
