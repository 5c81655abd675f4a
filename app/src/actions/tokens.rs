use super::outcome::{respond, respond_keeping};
use crate::context::{form_actor, hub, parse_id};
use crate::{Fault, flash};
use leptos::prelude::*;
use lexicontract::domain::account::users::TokenLifetime;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub;
use std::collections::BTreeMap;

const PAGE: &str = "/settings/tokens";

/// Creates an API token. The token page shows the token once.
#[server(prefix = "/actions", endpoint = "create_api_token")]
pub async fn create_api_token(#[server(default)] name: String, #[server(default)] expires_in_days: String) -> Result<(), Fault> {
    let outcome = async {
        let created = hub().create_api_token(&form_actor()?, &name, lifetime(&expires_in_days)?).await?;
        flash::keep(PAGE, &created.token);
        Ok::<_, hub::Error>(())
    };
    let values = BTreeMap::from([("name", &name), ("expires_in_days", &expires_in_days)]);
    respond_keeping(outcome.await, |()| format!("{PAGE}?done=token_created"), PAGE, Some(values))
}

/// Parses the lifetime in days. An absent or empty field selects the default lifetime.
fn lifetime(days: &str) -> Result<TokenLifetime, Problem> {
    match days {
        "" => Ok(TokenLifetime::default()),
        days => days.parse().ok().and_then(TokenLifetime::from_days).ok_or(Invalid::TokenLifetime.into()),
    }
}

#[server(prefix = "/actions", endpoint = "revoke_api_token")]
pub async fn revoke_api_token(#[server(default)] token: String) -> Result<(), Fault> {
    let outcome = async { hub().revoke_api_token(&form_actor()?, &parse_id(&token)?).await };
    respond(outcome.await, |()| format!("{PAGE}?done=token_revoked"), PAGE)
}
