use super::outcome::respond;
use crate::context::{actor, form_actor, hub, parse_id};
use crate::cookies::append;
use crate::{Fault, session};
use leptos::prelude::*;
use lexicontract::domain::problem::Invalid;
use lexicontract::hub;
use lexicontract::secret::Secret;
use lexicontract::services::PasswordChange;

const PAGE: &str = "/account";

/// Changes the password and ends the other sessions of the user. Revokes the user's API tokens unless `keep_tokens` is set.
#[server(prefix = "/actions", endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] current_password: String,
    #[server(default)] new_password: String,
    #[server(default)] repeated_password: String,
    #[server(default)] keep_tokens: String,
) -> Result<(), Fault> {
    let outcome = async {
        if new_password != repeated_password {
            return Err(hub::Error::from(Invalid::PasswordRepeated));
        }
        let change = PasswordChange {
            current: Secret::new(current_password),
            new: Secret::new(new_password),
            keeps_api_tokens: keep_tokens == "true",
        };
        hub().change_password(&form_actor()?, change).await
    };
    let done = if keep_tokens == "true" { "password_changed_tokens_kept" } else { "password_changed" };
    respond(outcome.await, |()| format!("{PAGE}?done={done}"), PAGE)
}

#[server(prefix = "/actions", endpoint = "end_session")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), Fault> {
    let outcome = async { hub().end_session(&actor()?, &parse_id(&session)?).await };
    respond(outcome.await, |()| format!("{PAGE}?done=session_ended"), PAGE)
}

/// Ends every session of the user, including the current session.
#[server(prefix = "/actions", endpoint = "sign_out_everywhere")]
pub async fn sign_out_everywhere() -> Result<(), Fault> {
    let hub = hub();
    let outcome: hub::Result<()> = async { hub.sign_out_everywhere(&actor()?).await }.await;
    if outcome.is_ok() {
        append(Some(session::clear_cookie(hub.config())));
    }
    respond(outcome, |()| "/login?done=signed_out_everywhere".to_owned(), PAGE)
}
