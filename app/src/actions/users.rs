use super::outcome::{respond, respond_keeping};
use crate::context::{actor, form_actor, hub, parse_id};
use crate::{Fault, flash};
use leptos::prelude::*;
use lexicontract::domain::problem::Invalid;
use lexicontract::services::{NewUser, UserChange};
use std::collections::BTreeMap;

const PAGE: &str = "/team";

/// Invites a user. The team page shows the invitation link once.
#[server(prefix = "/actions", endpoint = "invite_user")]
pub async fn invite_user(
    #[server(default)] email: String,
    #[server(default)] name: String,
    #[server(default)] role: String,
) -> Result<(), Fault> {
    let values = BTreeMap::from([("email", email.clone()), ("name", name.clone()), ("role", role.clone())]);
    let outcome = async {
        let role = role.parse().map_err(|_| Invalid::Role)?;
        let invited = hub().invite_user(&form_actor()?, NewUser { email, name, role }).await?;
        flash::keep(PAGE, &invited.invitation_url);
        Ok(())
    };
    respond_keeping(outcome.await, |()| format!("{PAGE}?done=user_invited"), PAGE, Some(values))
}

/// Replaces an open invitation. The link of the old invitation becomes invalid.
#[server(prefix = "/actions", endpoint = "invite_again")]
pub async fn invite_again(#[server(default)] user: String) -> Result<(), Fault> {
    let outcome = async {
        let invited = hub().invite_again(&form_actor()?, &parse_id(&user)?).await?;
        flash::keep(PAGE, &invited.invitation_url);
        Ok(())
    };
    respond(outcome.await, |()| format!("{PAGE}?done=invited_again"), PAGE)
}

#[server(prefix = "/actions", endpoint = "update_user")]
pub async fn update_user(
    #[server(default)] user: String,
    #[server(default)] role: Option<String>,
    #[server(default)] is_disabled: Option<bool>,
) -> Result<(), Fault> {
    let outcome = async {
        let role = role.map(|text| text.parse().map_err(|_| Invalid::Role)).transpose()?;
        hub().update_user(&actor()?, &parse_id(&user)?, UserChange { name: None, role, is_disabled }).await
    };
    respond(outcome.await, |_| format!("{PAGE}?done=user_changed"), PAGE)
}

/// Removes a user with all sessions and API tokens.
#[server(prefix = "/actions", endpoint = "remove_user")]
pub async fn remove_user(#[server(default)] user: String) -> Result<(), Fault> {
    let outcome = async { hub().remove_user(&form_actor()?, &parse_id(&user)?).await };
    respond(outcome.await, |()| format!("{PAGE}?done=user_removed"), PAGE)
}
