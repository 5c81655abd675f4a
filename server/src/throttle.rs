//! Allowances: how often an address may try to sign in, to register, or to guess a webhook secret.

use crate::{
    client_address::ClientAddress,
    extract::{MAX_JSON_BYTES, is_json, read_body, read_object},
    refusal::Refusal,
    state::AppState,
};
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::Method;
use lexicontract::domain::problem::Problem;
use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use url::form_urlencoded;

/// Forgotten keys are thrown away once in so many calls.
const CALLS_BETWEEN_CLEANINGS: u32 = 1_024;

/// Every allowance of the server. They are per process.
pub struct Throttles {
    /// Attempts to sign in or to accept an invitation, by network.
    pub sign_in: Allowance<IpAddr>,
    /// Attempts to sign in, by account: many addresses together must not guess one password.
    pub account: Allowance<String>,
    /// New organizations, by network.
    pub registration: Allowance<IpAddr>,
    /// Wrong webhook secrets, by network.
    pub wrong_secret: Allowance<IpAddr>,
}

impl Throttles {
    /// The allowances, each multiplied by `factor`; 0 switches them off.
    pub fn new(factor: f64) -> Self {
        let minute = Duration::from_secs(60);
        Self {
            sign_in: Allowance::new(20, minute, factor),
            account: Allowance::new(20, minute * 5, factor),
            registration: Allowance::new(20, minute * 10, factor),
            wrong_secret: Allowance::new(30, minute, factor),
        }
    }
}

/// So many calls at once, and as many again after the time it takes to refill.
pub struct Allowance<K: Hash + Eq + Clone> {
    limiter: Option<DefaultKeyedRateLimiter<K>>,
    calls: AtomicU32,
}

impl<K: Hash + Eq + Clone> Allowance<K> {
    /// So many calls, multiplied by `factor`; 0 lifts the limit.
    pub fn new(calls: u32, refilled_in: Duration, factor: f64) -> Self {
        Self { limiter: quota(calls, refilled_in, factor).map(RateLimiter::keyed), calls: AtomicU32::new(0) }
    }

    /// Takes one call from the allowance of `key`; `false` when nothing is left of it.
    pub fn spend(&self, key: &K) -> bool {
        let Some(limiter) = &self.limiter else { return true };
        if self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(CALLS_BETWEEN_CLEANINGS) {
            limiter.retain_recent();
        }
        limiter.check_key(key).is_ok()
    }
}

fn quota(calls: u32, refilled_in: Duration, factor: f64) -> Option<Quota> {
    let calls = (f64::from(calls) * factor).ceil().clamp(0.0, f64::from(u32::MAX / 2));
    // The clamp above keeps the number inside the target type.
    let calls = NonZeroU32::new(calls as u32)?;
    Quota::with_period((refilled_in / calls.get()).max(Duration::from_nanos(1))).map(|quota| quota.allow_burst(calls))
}

/// Which allowances a request uses up.
enum Attempt {
    SignIn,
    Invitation,
    Registration,
    Other,
}

impl Attempt {
    fn of(request: &Request) -> Self {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/api/v1/auth/login" | "/actions/sign_in") => Self::SignIn,
            (&Method::POST, "/actions/accept_invitation" | "/actions/change_password") => Self::Invitation,
            (&Method::POST, "/api/v1/auth/register" | "/actions/register") => Self::Registration,
            _ => Self::Other,
        }
    }
}

/// Refuses attempts beyond the allowance, for the API and for the forms alike.
pub async fn throttle(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let network = request.extensions().get::<ClientAddress>().map(|address| address.network());
    let throttles = &state.throttles;
    let spent = |allowance: &Allowance<IpAddr>| network.is_none_or(|network| allowance.spend(&network));
    match Attempt::of(&request) {
        Attempt::Other => next.run(request).await,
        Attempt::Registration if spent(&throttles.registration) => next.run(request).await,
        Attempt::Invitation if spent(&throttles.sign_in) => next.run(request).await,
        Attempt::SignIn if spent(&throttles.sign_in) => throttle_account(throttles, request, next).await,
        Attempt::Registration | Attempt::Invitation | Attempt::SignIn => Refusal::of(&request).answer(Problem::TooManyRequests),
    }
}

async fn throttle_account(throttles: &Throttles, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = match read_body(body, MAX_JSON_BYTES).await {
        Ok(body) => body,
        Err(failure) => return failure.into_response(),
    };
    let account = account(is_json(&parts.headers), &body);
    let request = Request::from_parts(parts, Body::from(body));
    if account.is_some_and(|account| !throttles.account.spend(&account)) {
        return Refusal::of(&request).answer(Problem::TooManyRequests);
    }
    next.run(request).await
}

/// The e-mail address that a sign-in is for, as far as one can be read.
fn account(is_json: bool, body: &[u8]) -> Option<String> {
    let email = if is_json {
        read_object(body).ok()?.get("email")?.as_str()?.to_owned()
    } else {
        form_urlencoded::parse(body).find(|(key, _)| key == "email" || key.ends_with("[email]"))?.1.into_owned()
    };
    let email = email.trim().to_lowercase();
    (!email.is_empty() && email.len() <= 320).then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(allowance: &Allowance<u8>, key: u8, calls: usize) -> usize {
        (0..calls).filter(|_| allowance.spend(&key)).count()
    }

    #[test]
    fn an_allowance_ends_for_one_key_and_not_for_another() {
        let allowance = Allowance::new(3, Duration::from_secs(86_400), 1.0);
        assert_eq!(allowed(&allowance, 1, 10), 3);
        assert_eq!(allowed(&allowance, 2, 2), 2);
    }

    #[test]
    fn the_factor_multiplies_and_zero_switches_off() {
        assert_eq!(allowed(&Allowance::new(3, Duration::from_secs(86_400), 2.0), 1, 10), 6);
        assert_eq!(allowed(&Allowance::new(3, Duration::from_secs(86_400), 0.1), 1, 10), 1);
        assert_eq!(allowed(&Allowance::new(3, Duration::from_secs(86_400), 0.0), 1, 2_000), 2_000);
        assert_eq!(allowed(&Allowance::new(30, Duration::from_secs(60), 1_000_000.0), 1, 2_000), 2_000);
    }

    #[test]
    fn the_account_is_read_from_json_and_forms() {
        assert_eq!(account(true, br#"{"email":" Ada@Example.com "}"#), Some("ada@example.com".to_owned()));
        assert_eq!(account(false, b"email=ada%40example.com&password=x"), Some("ada@example.com".to_owned()));
        assert_eq!(account(true, b"{"), None);
        assert_eq!(account(false, b"email=&x=y"), None);
    }
}
