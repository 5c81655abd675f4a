use super::outcome::{respond, respond_keeping};
use crate::context::{client, hub, with_headers};
use crate::cookies::append;
use crate::text::device::device;
use crate::text::url::{escape, safe};
use crate::{Fault, session};
use http::header::USER_AGENT;
use leptos::prelude::*;
use lexicontract::hub;
use lexicontract::secret::Secret;
use lexicontract::services::{Registration, SignedIn};
use std::collections::BTreeMap;

#[server(prefix = "/actions", endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), Fault> {
    let outcome = hub().sign_in(&email, Secret::new(password), &client()).await;
    let back = if safe(&next).is_some() { format!("/login?next={}", escape(&next)) } else { "/login".to_owned() };
    let outcome = start_session(outcome).await;
    respond_keeping(outcome, |()| landing(&next), &back, Some(BTreeMap::from([("email", email)])))
}

#[server(prefix = "/actions", endpoint = "register")]
pub async fn register(
    #[server(default)] organization: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), Fault> {
    let values = BTreeMap::from([("organization", organization.clone()), ("name", name.clone()), ("email", email.clone())]);
    let registration = Registration { organization, name, email, password: Secret::new(password) };
    let outcome = hub().register(registration, &client()).await;
    respond_keeping(start_session(outcome).await, |()| landing(""), "/register", Some(values))
}

/// Sets the password of the invited user and signs the user in.
#[server(prefix = "/actions", endpoint = "accept_invitation")]
pub async fn accept_invitation(#[server(default)] token: String, #[server(default)] password: String) -> Result<(), Fault> {
    let back = format!("/invitations/{}", escape(&token));
    let outcome = hub().accept_invitation(&Secret::new(token), Secret::new(password), &client()).await;
    respond(start_session(outcome).await, |()| landing(""), &back)
}

#[server(prefix = "/actions", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), Fault> {
    let hub = hub();
    let outcome = match with_headers(|headers| session::read(hub.config(), headers)) {
        Some(token) => hub.sign_out(&token).await,
        None => Ok(()),
    };
    if outcome.is_ok() {
        append(Some(session::clear_cookie(hub.config())));
    }
    respond(outcome, |()| "/login?done=signed_out".to_owned(), "/integrations")
}

fn landing(next: &str) -> String {
    safe(next).unwrap_or("/integrations").to_owned()
}

/// Sets the cookies of the new session. Stores the browser and the operating system of the device with the session.
async fn start_session(outcome: hub::Result<SignedIn>) -> hub::Result<()> {
    let (hub, signed_in) = (hub(), outcome?);
    let agent = with_headers(|headers| headers.get(USER_AGENT)?.to_str().ok().map(device)).unwrap_or_default();
    hub.record_device(&signed_in.session_token, &agent).await?;
    session::set_cookies(hub.config(), &signed_in).into_iter().map(Some).for_each(append);
    Ok(())
}
