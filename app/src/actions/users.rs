//! The people of an organization.

use super::ending::{end, end_typed};
use crate::{
    Fault,
    context::{actor, hub, sender},
    flash,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        account::users::Role,
        ids::UserId,
        problem::{Invalid, Problem},
    },
    services::{NewUser, UserChange},
};
use std::collections::BTreeMap;

const PAGE: &str = "/team";

/// Invites a person; the team page shows the address to hand over once.
///
/// # Errors
/// The address is taken, or a field cannot be accepted.
#[server(prefix = "/actions", endpoint = "invite_user")]
pub async fn invite_user(
    #[server(default)] email: String,
    #[server(default)] name: String,
    #[server(default)] role: String,
) -> Result<(), Fault> {
    let typed = BTreeMap::from([("email", email.clone()), ("name", name.clone()), ("role", role.clone())]);
    let outcome = async {
        let role = Role::parse(&role).ok_or(Invalid::Role)?;
        let invited = hub().invite_user(&sender()?, NewUser { email, name, role }).await?;
        flash::keep(PAGE, &invited.invitation_url);
        Ok(())
    };
    end_typed(outcome.await, |()| format!("{PAGE}?done=user_invited"), PAGE, Some(typed))
}

/// Makes a new invitation for a person who has not accepted the old one.
///
/// # Errors
/// The person has accepted, or is gone.
#[server(prefix = "/actions", endpoint = "invite_again")]
pub async fn invite_again(#[server(default)] user: String) -> Result<(), Fault> {
    let outcome = async {
        let id: UserId = user.parse().map_err(|_| Problem::NotFound)?;
        let invited = hub().invite_again(&sender()?, &id).await?;
        flash::keep(PAGE, &invited.invitation_url);
        Ok(())
    };
    end(outcome.await, |()| format!("{PAGE}?done=invited_again"), PAGE)
}

/// Changes a person's role, or keeps the person from signing in.
///
/// # Errors
/// It is the last admin, or the person is gone.
#[server(prefix = "/actions", endpoint = "update_user")]
pub async fn update_user(
    #[server(default)] user: String,
    #[server(default)] role: Option<String>,
    #[server(default)] is_disabled: Option<bool>,
) -> Result<(), Fault> {
    let outcome = async {
        let id: UserId = user.parse().map_err(|_| Problem::NotFound)?;
        let role = match role {
            Some(text) => Some(Role::parse(&text).ok_or(Invalid::Role)?),
            None => None,
        };
        hub().update_user(&actor()?, &id, UserChange { name: None, role, is_disabled }).await
    };
    end(outcome.await, |_| format!("{PAGE}?done=user_changed"), PAGE)
}

/// Removes a person with sessions and tokens.
///
/// # Errors
/// It is the last admin, or the person is gone.
#[server(prefix = "/actions", endpoint = "remove_user")]
pub async fn remove_user(#[server(default)] user: String) -> Result<(), Fault> {
    let outcome = async {
        let id: UserId = user.parse().map_err(|_| Problem::NotFound)?;
        hub().remove_user(&sender()?, &id).await
    };
    end(outcome.await, |()| format!("{PAGE}?done=user_removed"), PAGE)
}
