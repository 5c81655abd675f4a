use crate::context::{record_form_rejection, set_problem_status, with_headers};
use crate::text::problem;
use crate::text::url::escape;
use crate::{Fault, form_state};
use http::HeaderValue;
use http::header::ACCEPT;
use lexicontract::hub;
use serde::Serialize;

/// Redirects a browser to the address that `done` returns. If the action failed, redirects to `form_page` with the code of the
/// problem in the query. Returns the problem to other clients.
pub(super) fn respond<T>(outcome: hub::Result<T>, done: impl FnOnce(T) -> String, form_page: &str) -> Result<(), Fault> {
    match outcome {
        Ok(value) => {
            redirect(&done(value));
            Ok(())
        }
        Err(error) => {
            let problem = error.report();
            if problem.status() == 403 {
                record_form_rejection();
            }
            let separator = if form_page.contains('?') { '&' } else { '?' };
            redirect(&format!("{form_page}{separator}problem={}", escape(&problem::code(&problem))));
            if !expects_page() {
                set_problem_status(&problem);
            }
            Err(problem.into())
        }
    }
}

/// Like [`respond`]. If the action failed, also keeps `values` in a cookie, so that the form page can show them. The values must
/// not contain secrets.
pub(super) fn respond_keeping<T>(
    outcome: hub::Result<T>,
    done: impl FnOnce(T) -> String,
    form_page: &str,
    values: Option<impl Serialize>,
) -> Result<(), Fault> {
    if let (Err(_), Some(values), true) = (&outcome, values, expects_page()) {
        form_state::keep(form_page.split_once('?').map_or(form_page, |(path, _)| path), &values);
    }
    respond(outcome, done, form_page)
}

/// Returns the value or the problem to a client that expects no redirect.
pub(crate) fn answer<T>(outcome: hub::Result<T>) -> Result<T, Fault> {
    outcome.map_err(|error| {
        let problem = error.report();
        if !expects_page() {
            set_problem_status(&problem);
        }
        problem.into()
    })
}

/// Returns true if the client accepts HTML. Such a client is a browser that submitted a form.
fn expects_page() -> bool {
    with_headers(|headers| Some(headers.get(ACCEPT)?.to_str().ok()?.contains("text/html"))).unwrap_or_default()
}

/// Redirects a browser to `address`, or to the start page if `address` is not a valid header value.
fn redirect(address: &str) {
    if expects_page() {
        leptos_axum::redirect(if HeaderValue::from_str(address).is_ok() { address } else { "/" });
    }
}
