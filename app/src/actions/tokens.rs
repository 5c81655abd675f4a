//! API tokens.

use super::ending::{end, end_typed};
use crate::{
    Fault,
    context::{actor, hub},
    flash,
};
use leptos::prelude::*;
use lexicontract::domain::{ids::ApiTokenId, problem::Problem};
use std::collections::BTreeMap;

const PAGE: &str = "/settings/tokens";

/// Makes a token; the page shows it once.
///
/// # Errors
/// The name cannot be accepted.
#[server(prefix = "/actions", endpoint = "create_api_token")]
pub async fn create_api_token(#[server(default)] name: String) -> Result<(), Fault> {
    let outcome = async {
        let made = hub().create_api_token(&actor()?, &name).await?;
        flash::keep(PAGE, &made.token);
        Ok::<_, Problem>(())
    };
    end_typed(outcome.await, |()| format!("{PAGE}?done=token_created"), PAGE, Some(BTreeMap::from([("name", &name)])))
}

/// Ends a token.
///
/// # Errors
/// The token is gone already.
#[server(prefix = "/actions", endpoint = "revoke_api_token")]
pub async fn revoke_api_token(#[server(default)] token: String) -> Result<(), Fault> {
    let outcome = async {
        let id: ApiTokenId = token.parse().map_err(|_| Problem::NotFound)?;
        Ok(hub().revoke_api_token(&actor()?, &id).await?)
    };
    end(outcome.await, |()| format!("{PAGE}?done=token_revoked"), PAGE)
}
