//! Registration, sign-in, sign-out, and who a session or a token belongs to.

use super::{Actor, Via, checked, known_actors::Moment, passwords};
use crate::{
    db::{self, Tx, activity::NewActivity, organizations, sessions, users},
    domain::{
        ids::SessionId,
        people::{Me, MeOrganization, MeUser, Role},
        problem::{Invalid, Problem},
        time::Timestamp,
        timeline::ActivityKind,
    },
    hub::{Hub, Result},
    random::{digest, new_id, new_secret},
    secret::Secret,
};
use std::time::Duration;

/// A session ends after this long, used or not.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// A session ends after this long without use.
pub(super) const SESSION_IDLE: Duration = Duration::from_secs(2 * 60 * 60);
/// The most sessions of one user: signing in once more ends the oldest.
const MAX_SESSIONS: i64 = 100;
/// The use of sessions and tokens is noted to the minute, so that reading pages does not write.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// A new organization and its first person.
pub struct Registration {
    /// The organization's name.
    pub organization: String,
    /// The person's name.
    pub name: String,
    /// The person's e-mail address.
    pub email: String,
    /// The person's password.
    pub password: Secret<String>,
}

/// A fresh session.
pub struct SignedIn {
    /// The cookie's value.
    pub session_token: Secret<String>,
    /// The person and the organization.
    pub me: Me,
}

impl Hub {
    /// Makes an organization with its first admin, and signs that person in.
    ///
    /// # Errors
    /// Registration is closed, a field cannot be used, or the address is taken.
    pub async fn register(&self, registration: Registration) -> Result<SignedIn> {
        if !self.config().registration_open {
            return Err(Problem::RegistrationClosed.into());
        }
        let organization = checked::name(&registration.organization, Invalid::OrganizationName)?;
        let mut user = checked::new_user(&new_id(), &registration.email, &registration.name, Role::Admin, self.clock().now())?;
        user.password_hash = Some(self.hash_password(registration.password).await?);
        let mut tx = self.db.begin().await?;
        organizations::insert(&mut tx, &user.organization_id, &organization, user.created_at).await?;
        insert_user(&mut tx, &user).await?;
        let summary = format!("{} registered the organization", user.name);
        let line = NewActivity::new(&user.organization_id, ActivityKind::Registered, &user.name, summary, user.created_at);
        db::activity::insert(&mut tx, line.by(&user.id)).await?;
        let signed_in = start_session(&mut tx, user, organization, self.clock().now()).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Signs a person in. Unknown address and wrong password are the same problem and take the same time.
    ///
    /// # Errors
    /// The two do not belong together, or the person may not sign in.
    pub async fn sign_in(&self, email: &str, password: Secret<String>) -> Result<SignedIn> {
        let user = self.user_with(email.trim()).await?;
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let is_right = self.verify_password(password, hash).await;
        let user = match user {
            Some(user) if is_right && !user.is_disabled => user,
            Some(user) => {
                self.note_failed_sign_in(user);
                return Err(Problem::WrongCredentials.into());
            }
            None => return Err(Problem::WrongCredentials.into()),
        };
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let organization = organizations::name(&mut tx, &user.organization_id).await?;
        let summary = format!("{} signed in", user.name);
        let line = NewActivity::new(&user.organization_id, ActivityKind::SignedIn, &user.name, summary, now);
        db::activity::insert(&mut tx, line.by(&user.id)).await?;
        let signed_in = start_session(&mut tx, user, organization, now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// The person with that address. No address holds a control character, and PostgreSQL does not take every one of them.
    async fn user_with(&self, email: &str) -> Result<Option<users::UserRow>> {
        if email.chars().any(char::is_control) {
            return Ok(None);
        }
        let mut tx = self.db.glance().await?;
        Ok(users::find_by_email(&mut tx, email).await?)
    }

    /// Ends a session on the server.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn sign_out(&self, session_token: &Secret<String>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        sessions::delete(&mut tx, &digest(session_token)).await?;
        Ok(tx.commit().await?)
    }

    /// Whose session it is; `None` when it has ended.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn actor_of_session(&self, session_token: &Secret<String>) -> Result<Option<Actor>> {
        let (now, digest) = (self.clock().now(), digest(session_token));
        let moment = Moment { written: self.db.written(), now };
        if let Some(actor) = self.known_actors.find(&digest, moment) {
            return Ok(Some(actor));
        }
        let found = sessions::find_live(&mut self.db.glance().await?, &digest, now, now - SESSION_IDLE).await?;
        let Some(row) = found else { return Ok(None) };
        if now.since(row.last_seen_at) >= TOUCH_EVERY {
            let mut tx = self.db.begin().await?;
            sessions::touch(&mut tx, &row.id, now).await?;
            tx.commit().await?;
        }
        let actor = Actor {
            user_id: row.user_id,
            organization_id: row.organization_id,
            role: row.role,
            name: row.name,
            email: row.email,
            organization_name: row.organization_name,
            via: Via::Session(row.id),
            form_post: None,
        };
        self.known_actors.remember(digest, moment, &actor);
        Ok(Some(actor))
    }

    /// Whose API token it is; `None` when it was revoked or its maker is gone.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn actor_of_api_token(&self, token: &Secret<String>) -> Result<Option<Actor>> {
        let (now, digest) = (self.clock().now(), digest(token));
        let moment = Moment { written: self.db.written(), now };
        if let Some(actor) = self.known_actors.find(&digest, moment) {
            return Ok(Some(actor));
        }
        let found = db::api_tokens::find_live(&mut self.db.glance().await?, &digest).await?;
        let Some(row) = found else { return Ok(None) };
        if row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_EVERY) {
            let mut tx = self.db.begin().await?;
            db::api_tokens::touch(&mut tx, &row.id, now).await?;
            tx.commit().await?;
        }
        let actor = Actor {
            user_id: row.user_id,
            organization_id: row.organization_id,
            role: row.role,
            name: row.user_name,
            email: row.user_email,
            organization_name: row.organization_name,
            via: Via::Token(row.id),
            form_post: None,
        };
        self.known_actors.remember(digest, moment, &actor);
        Ok(Some(actor))
    }

    /// The actor's person and organization, as they were when the request came in.
    pub fn me(&self, actor: &Actor) -> Me {
        Me {
            organization: MeOrganization { id: actor.organization_id.clone(), name: actor.organization_name.clone() },
            user: MeUser { id: actor.user_id.clone(), email: actor.email.clone(), name: actor.name.clone(), role: actor.role },
        }
    }

    /// A hash of a password, made where it does not hold up others.
    pub(super) async fn hash_password(&self, password: Secret<String>) -> Result<String> {
        passwords::check(&password)?;
        let _permit = self.hashing.acquire().await;
        let hashed = tokio::task::spawn_blocking(move || passwords::hash(&password)).await;
        hashed.ok().flatten().ok_or_else(|| Problem::Internal.into())
    }

    pub(super) async fn verify_password(&self, password: Secret<String>, hash: Option<String>) -> bool {
        let _permit = self.hashing.acquire().await;
        tokio::task::spawn_blocking(move || passwords::verify(&password, hash.as_deref())).await.unwrap_or(false)
    }

    /// Removes sessions and consents that have ended.
    pub(crate) async fn remove_expired(&self) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        sessions::delete_expired(&mut tx, now, now - SESSION_IDLE).await?;
        db::oauth_flows::delete_expired(&mut tx, now).await?;
        Ok(tx.commit().await?)
    }
}

fn me(user: users::UserRow, organization: String) -> Me {
    Me {
        organization: MeOrganization { id: user.organization_id, name: organization },
        user: MeUser { id: user.id, email: user.email, name: user.name, role: user.role },
    }
}

/// Adds a person, and tells a taken address from other faults.
pub(super) async fn insert_user(tx: &mut Tx, user: &users::UserRow) -> Result<()> {
    users::insert(tx, user).await.map_err(|error| match db::is_unique_violation(&error) {
        true => Problem::EmailTaken.into(),
        false => error.into(),
    })
}

/// A new session with a new token: one from before the sign-in is never carried over.
pub(super) async fn start_session(tx: &mut Tx, user: users::UserRow, organization: String, now: Timestamp) -> Result<SignedIn> {
    let (id, token): (SessionId, _) = (new_id(), new_secret("lcs_"));
    let session = sessions::NewSession {
        id: &id,
        organization_id: &user.organization_id,
        user_id: &user.id,
        token_digest: &digest(&token),
        expires_at: now + SESSION_LIFETIME,
    };
    sessions::insert(tx, &session, now).await?;
    sessions::keep_newest(tx, &user.organization_id, &user.id, MAX_SESSIONS).await?;
    users::note_sign_in(tx, &user.id, now).await?;
    Ok(SignedIn { session_token: token, me: me(user, organization) })
}
