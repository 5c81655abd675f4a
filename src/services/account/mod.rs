//! A person's own account: the password, and where the person is signed in.

pub(crate) mod api_tokens;
pub(crate) mod organization;
pub(crate) mod quotas;
pub(crate) mod users;

use super::{
    Actor, Via,
    auth::{
        idempotency::{Begun, Submission},
        passwords,
        sign_in::SESSION_IDLE,
    },
};
use crate::{
    db::{account::users as table, auth::sessions},
    domain::{
        account::users::{OpenSession, Role},
        contract::timeline::ActivityKind,
        ids::SessionId,
        problem::Problem,
    },
    hub::{Hub, Result},
    random::digest,
    secret::Secret,
};

/// A change of one's own password.
pub struct PasswordChange {
    /// The password until now.
    pub current: Secret<String>,
    /// The password from now on.
    pub new: Secret<String>,
    /// Whether the user's API tokens go on working.
    pub keeps_api_tokens: bool,
}

/// More of it would not fit a line.
const MAX_DEVICE_CHARACTERS: usize = 80;

impl Hub {
    /// Where the actor is signed in, the last used first.
    ///
    /// # Errors
    /// The database did not answer.
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

    /// Notes what a fresh session was opened with, so that its person can tell it from others.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn record_device(&self, session_token: &Secret<String>, device: &str) -> Result<()> {
        let device: String = device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE_CHARACTERS).collect();
        let mut tx = self.db.begin().await?;
        sessions::set_device(&mut tx, &digest(session_token), &device).await?;
        Ok(tx.commit().await?)
    }

    /// Ends one of the actor's sessions. One that has ended is ended.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn end_session(&self, actor: &Actor, id: &SessionId) -> Result<()> {
        let mut tx = self.begin_as(actor, Role::Viewer).await?;
        if sessions::delete_one(&mut tx, &actor.organization_id, &actor.user_id, id).await? {
            let summary = format!("{} ended one of their own sessions", actor.name);
            self.note(&mut tx, actor, ActivityKind::SessionsEnded, summary).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Ends every session of the actor, this one included. API tokens belong to programs and go on working.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn sign_out_everywhere(&self, actor: &Actor) -> Result<()> {
        let mut tx = self.begin_as(actor, Role::Viewer).await?;
        sessions::delete_of_user(&mut tx, &actor.organization_id, &actor.user_id).await?;
        let summary = format!("{} signed out everywhere", actor.name);
        self.note(&mut tx, actor, ActivityKind::SessionsEnded, summary).await?;
        Ok(tx.commit().await?)
    }

    /// Changes the actor's password, and ends the actor's other sessions; the actor's API tokens as well, unless they are to be kept.
    ///
    /// # Errors
    /// The current password is not right or was wrong too often, or the new one cannot be used.
    pub async fn change_password(&self, submission: impl Into<Submission<'_>> + Send, change: PasswordChange) -> Result<()> {
        let submission = submission.into();
        let actor = submission.actor;
        let mut tx = self.db.acquire().await?;
        let user = table::find(&mut tx, &actor.organization_id, &actor.user_id).await?.ok_or(Problem::NotSignedIn)?;
        drop(tx);
        passwords::check_length(&change.new)?;
        let limits = self.sign_in_limits.current_password(actor.user_id.as_str());
        limits.check()?;
        let (is_right, turn) = self.password_hasher.turn().await?.verify(change.current, user.password_hash.clone()).await?;
        if !is_right {
            // After the first of two posts, it is the new one that is right.
            if let Some(answer) = self.answered(submission, Role::Viewer).await? {
                return Ok(answer);
            }
            limits.count();
            return Err(Problem::WrongPassword.into());
        }
        let known = vec![actor.organization_name.clone(), user.name.clone(), user.email];
        let hash = turn.hash(change.new, known).await?;
        let mut tx = match self.begin_idempotent_with_users(submission, Role::Viewer).await? {
            Begun::First(tx) => tx,
            Begun::Again(answer) => return Ok(answer),
        };
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
        self.note(&mut tx, actor, ActivityKind::PasswordChanged, summary).await?;
        if !change.keeps_api_tokens {
            self.end_api_tokens(&mut tx, actor, (&user.id, &user.name), "the password was changed").await?;
        }
        self.commit_idempotent(tx, submission, &()).await
    }
}
