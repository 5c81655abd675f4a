//! A user's own account: password and sessions.

pub(crate) mod api_tokens;
pub(crate) mod organization;
pub(crate) mod quota_rejection;
pub(crate) mod quotas;
pub(crate) mod users;

use super::auth::idempotency::first_or_return;
use super::auth::passwords;
use super::auth::sign_in::SESSION_IDLE;
use super::{Actor, Via};
use crate::db::account::users as table;
use crate::db::auth::sessions;
use crate::domain::account::users::{OpenSession, Role};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::SessionId;
use crate::domain::problem::Problem;
use crate::hub::{Hub, Result};
use crate::random::digest;
use crate::secret::Secret;

pub struct PasswordChange {
    pub current: Secret<String>,
    pub new: Secret<String>,
    pub keeps_api_tokens: bool,
}

const MAX_DEVICE_CHARACTERS: usize = 80;

impl Hub {
    /// Returns the actor's sessions, most recently used first.
    pub async fn sessions(&self, actor: &Actor) -> Result<Vec<OpenSession>> {
        let now = self.clock().now();
        let mut tx = self.db.acquire().await?;
        let rows = sessions::of_user(&mut tx, &actor.organization_id, &actor.user_id, now, now - SESSION_IDLE).await?;
        let session = |row: sessions::OpenSessionRow| OpenSession {
            is_current: actor.via == Via::Session(row.id.clone()),
            id: row.id,
            device: row.device,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
        };
        Ok(rows.into_iter().map(session).collect())
    }

    pub async fn record_device(&self, session_token: &Secret<String>, device: &str) -> Result<()> {
        let device: String = device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARACTERS).collect();
        let mut tx = self.db.begin().await?;
        sessions::set_device(&mut tx, &digest(session_token), &device).await?;
        Ok(tx.commit().await?)
    }

    /// Ends one of the actor's sessions. Idempotent.
    pub async fn end_session(&self, actor: &Actor, id: &SessionId) -> Result<()> {
        let mut tx = self.begin_as(actor, Role::Viewer).await?;
        if sessions::delete_one(&mut tx, &actor.organization_id, &actor.user_id, id).await? {
            let summary = format!("{} ended one of their sessions", actor.name);
            self.record(&mut tx, actor, ActivityKind::SessionsEnded, summary).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Ends all sessions of the actor, including the current one. API tokens stay valid.
    pub async fn sign_out_everywhere(&self, actor: &Actor) -> Result<()> {
        let mut tx = self.begin_as(actor, Role::Viewer).await?;
        sessions::delete_of_user(&mut tx, &actor.organization_id, &actor.user_id).await?;
        let summary = format!("{} signed out everywhere", actor.name);
        self.record(&mut tx, actor, ActivityKind::SessionsEnded, summary).await?;
        Ok(tx.commit().await?)
    }

    /// Changes the actor's password and ends the actor's other sessions.
    pub async fn change_password(&self, actor: &Actor, change: PasswordChange) -> Result<()> {
        let user = table::find(&mut self.db.acquire().await?, &actor.organization_id, &actor.user_id).await?;
        let user = user.ok_or(Problem::NotSignedIn)?;
        passwords::check_length(&change.new)?;
        let limits = self.sign_in_limits.current_password(actor.user_id.as_str());
        limits.check()?;
        let (is_right, permit) = self.password_hasher.acquire().await?.verify(change.current, user.password_hash.clone()).await?;
        if !is_right {
            // A repeated submission also fails this check, because the first submission has already changed the password.
            if let Some(response) = self.replay(actor, Role::Viewer).await? {
                return Ok(response);
            }
            limits.count();
            return Err(Problem::WrongPassword.into());
        }
        let known = vec![actor.organization_name.clone(), user.name.clone(), user.email];
        let hash = permit.hash(change.new, known).await?;
        let mut tx = first_or_return!(self.begin_idempotent_with_users(actor, Role::Viewer).await?);
        let before = user.password_hash.unwrap_or_default();
        if !table::replace_password(&mut tx, &actor.organization_id, &actor.user_id, &before, &hash).await? {
            return Err(Problem::WrongPassword.into());
        }
        match &actor.via {
            Via::Session(id) => {
                sessions::delete_others(&mut tx, &actor.organization_id, &actor.user_id, id).await?;
            }
            Via::Token(_) => sessions::delete_of_user(&mut tx, &actor.organization_id, &actor.user_id).await?,
        }
        let tokens = if change.keeps_api_tokens { ", and kept the API tokens" } else { "" };
        let summary = format!("{} changed the password{tokens}", actor.name);
        self.record(&mut tx, actor, ActivityKind::PasswordChanged, summary).await?;
        if !change.keeps_api_tokens {
            self.delete_api_tokens(&mut tx, actor, &user.id, &user.name, "the password was changed").await?;
        }
        self.commit_idempotent(tx, actor, &()).await
    }
}
