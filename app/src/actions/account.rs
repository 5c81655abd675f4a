//! A person's own account.

use super::ending::end;
use crate::{
    Fault,
    context::{actor, hub, sender},
    cookies::append,
    session,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        ids::SessionId,
        problem::{Invalid, Problem},
    },
    hub,
    secret::Secret,
    services::PasswordChange,
};

const PAGE: &str = "/account";

/// Changes the password, and ends the user's other sessions; the user's API tokens as well, unless the box to keep them is ticked.
///
/// # Errors
/// The current password is not right, or the new one cannot be accepted.
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
        hub().change_password(&sender()?, change).await
    };
    let done = if keep_tokens == "true" { "password_changed_tokens_kept" } else { "password_changed" };
    end(outcome.await, |()| format!("{PAGE}?done={done}"), PAGE)
}

/// Ends one of the person's sessions.
///
/// # Errors
/// The server cannot end it now.
#[server(prefix = "/actions", endpoint = "end_session")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), Fault> {
    let outcome = async {
        let id: SessionId = session.parse().map_err(|_| Problem::NotFound)?;
        hub().end_session(&actor()?, &id).await
    };
    end(outcome.await, |()| format!("{PAGE}?done=session_ended"), PAGE)
}

/// Ends every session of the person, this one included.
///
/// # Errors
/// The server cannot end them now.
#[server(prefix = "/actions", endpoint = "sign_out_everywhere")]
pub async fn sign_out_everywhere() -> Result<(), Fault> {
    let hub = hub();
    let outcome: hub::Result<()> = async { hub.sign_out_everywhere(&actor()?).await }.await;
    if outcome.is_ok() {
        append(Some(session::clear_cookie(hub.config())));
    }
    end(outcome, |()| "/login?done=signed_out_everywhere".to_owned(), PAGE)
}
