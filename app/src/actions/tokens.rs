//! API tokens.

use super::ending::{end, end_typed};
use crate::{
    Fault,
    context::{hub, sender},
    flash,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        account::users::TokenLifetime,
        ids::ApiTokenId,
        problem::{Invalid, Problem},
    },
    hub,
};
use std::collections::BTreeMap;

const PAGE: &str = "/settings/tokens";

/// Makes a token; the page shows it once.
///
/// # Errors
/// The name or the expiry cannot be accepted.
#[server(prefix = "/actions", endpoint = "create_api_token")]
pub async fn create_api_token(#[server(default)] name: String, #[server(default)] expires_in_days: String) -> Result<(), Fault> {
    let outcome = async {
        let made = hub().create_api_token(&sender()?, &name, lifetime(&expires_in_days)?).await?;
        flash::keep(PAGE, &made.token);
        Ok::<_, hub::Error>(())
    };
    let typed = BTreeMap::from([("name", &name), ("expires_in_days", &expires_in_days)]);
    end_typed(outcome.await, |()| format!("{PAGE}?done=token_created"), PAGE, Some(typed))
}

/// A form without the field asks for the default.
fn lifetime(days: &str) -> Result<TokenLifetime, Problem> {
    match days {
        "" => Ok(TokenLifetime::default()),
        days => days.parse().ok().and_then(TokenLifetime::from_days).ok_or(Invalid::TokenLifetime.into()),
    }
}

/// Ends a token.
///
/// # Errors
/// The token is gone already.
#[server(prefix = "/actions", endpoint = "revoke_api_token")]
pub async fn revoke_api_token(#[server(default)] token: String) -> Result<(), Fault> {
    let outcome = async {
        let id: ApiTokenId = token.parse().map_err(|_| Problem::NotFound)?;
        hub().revoke_api_token(&sender()?, &id).await
    };
    end(outcome.await, |()| format!("{PAGE}?done=token_revoked"), PAGE)
}
