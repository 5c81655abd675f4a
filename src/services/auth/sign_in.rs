//! Registration, sign-in, sign-out, and authentication by session token or API token.

use super::passwords;
use super::session_cache::Lookup;
use crate::db::account::{api_tokens, organizations, users};
use crate::db::audit::activity::NewActivity;
use crate::db::auth::sessions;
use crate::db::{self, Tx};
use crate::domain::account::users::{Me, MeOrganization, MeUser, Role};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::SessionId;
use crate::domain::problem::{Invalid, Problem};
use crate::hub::{Hub, Result};
use crate::random::{digest, new_id, new_secret};
use crate::secret::Secret;
use crate::services::{Actor, Client, Via, validation};
use std::time::Duration;

/// Maximum lifetime of a session, even if the session is in use.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// Time after which an unused session expires.
pub(crate) const SESSION_IDLE: Duration = Duration::from_secs(2 * 60 * 60);
/// Maximum number of sessions per user. A further sign-in ends the oldest session.
const MAX_SESSIONS: i64 = 100;
/// Minimum interval between recorded uses of a session or token, so that most requests write nothing.
const TOUCH_INTERVAL: Duration = Duration::from_secs(60);

pub struct Registration {
    pub organization: String,
    pub name: String,
    pub email: String,
    pub password: Secret<String>,
}

/// A new session, with the values of the session cookie and of the cookie that identifies a known browser.
pub struct SignedIn {
    pub session_token: Secret<String>,
    pub known_browser: Secret<String>,
    pub me: Me,
}

impl Hub {
    pub async fn register(&self, registration: Registration, client: &Client) -> Result<SignedIn> {
        if !self.config().registration_open {
            return Err(Problem::RegistrationClosed.into());
        }
        self.sign_in_limits.registration(client.address).spend()?;
        let organization = validation::name(&registration.organization, Invalid::OrganizationName)?;
        let mut user = validation::new_user(&new_id(), &registration.email, &registration.name, Role::Admin, self.clock().now())?;
        passwords::check_length(&registration.password)?;
        if self.find_user(&users::email_key(&user.email)).await?.is_some() {
            return Err(Problem::EmailTaken.into());
        }
        let known = vec![organization.clone(), user.name.clone(), user.email.clone()];
        user.password_hash = Some(self.password_hasher.acquire().await?.hash(registration.password, known).await?);
        let mut tx = self.db.begin().await?;
        organizations::insert(&mut tx, &user.organization_id, &organization, user.created_at).await?;
        insert_user(&mut tx, &user).await?;
        let summary = format!("{} registered the organization", user.name);
        self.commit_with_session(tx, user, organization, client, ActivityKind::Registered, summary).await
    }

    /// Signs a user in. An unknown address, a wrong password and a disabled user cause the same error after the same time.
    pub async fn sign_in(&self, email: &str, password: Secret<String>, client: &Client) -> Result<SignedIn> {
        let email_key = users::email_key(email.trim());
        let user = self.find_user(&email_key).await?;
        let browser = self.known_browser(client);
        let browser_id = browser.as_ref().zip(user.as_ref()).and_then(|(browser, user)| browser.id_at(&user.id));
        let limits = self.sign_in_limits.sign_in(&email_key, client.address, browser_id);
        limits.check()?;
        let permit = self.password_hasher.acquire().await?;
        // Checks the limits again, because other sign-ins may have failed while this request waited for the permit.
        limits.check()?;
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let (is_right, permit) = permit.verify(password, hash).await?;
        let may_sign_in = is_right && user.as_ref().is_some_and(|user| !user.is_disabled);
        if !may_sign_in {
            limits.count();
        }
        // Drops the permit only after the failure is counted, so that the next request sees the new count.
        drop(permit);
        match user {
            Some(user) if may_sign_in => {
                let mut tx = self.db.begin().await?;
                let organization = organizations::name(&mut tx, &user.organization_id).await?;
                let summary = format!("{} signed in", user.name);
                self.commit_with_session(tx, user, organization, client, ActivityKind::SignedIn, summary).await
            }
            user => {
                if let Some(user) = user {
                    self.record_failed_sign_in(user);
                }
                Err(Problem::WrongCredentials.into())
            }
        }
    }

    /// Finds a user by e-mail address. Returns `None` for addresses with control characters, because no account has such an
    /// address and PostgreSQL rejects NUL characters.
    async fn find_user(&self, email: &str) -> Result<Option<users::UserRow>> {
        if email.chars().any(char::is_control) {
            return Ok(None);
        }
        Ok(users::find_by_email(&mut self.db.acquire().await?, email).await?)
    }

    /// Ends a session. Idempotent.
    pub async fn sign_out(&self, session_token: &Secret<String>) -> Result<()> {
        let mut tx = self.db.begin().await?;
        self.delete_session(&mut tx, session_token, ActivityKind::SignedOut, |name| format!("{name} signed out")).await?;
        Ok(tx.commit().await?)
    }

    /// Returns the user of a session; `None` if the session has ended.
    pub async fn actor_of_session(&self, session_token: &Secret<String>) -> Result<Option<Actor>> {
        let (now, digest) = (self.clock().now(), digest(session_token));
        let lookup = Lookup { written: self.db.write_count(), at: now };
        if let Some(actor) = self.session_cache.get(&digest, lookup) {
            return Ok(Some(actor));
        }
        let found = sessions::find_live(&mut self.db.acquire().await?, &digest, now, now - SESSION_IDLE).await?;
        let Some(row) = found else { return Ok(None) };
        if now.since(row.last_seen_at) >= TOUCH_INTERVAL {
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
            idempotency_key: None,
        };
        self.session_cache.insert(digest, lookup, row.expires_at, &actor);
        Ok(Some(actor))
    }

    /// Returns the user of an API token; `None` if the token was revoked or has expired, or the user is disabled.
    pub async fn actor_of_api_token(&self, token: &Secret<String>) -> Result<Option<Actor>> {
        let (now, digest) = (self.clock().now(), digest(token));
        let lookup = Lookup { written: self.db.write_count(), at: now };
        if let Some(actor) = self.session_cache.get(&digest, lookup) {
            return Ok(Some(actor));
        }
        let found = api_tokens::find_live(&mut self.db.acquire().await?, &digest, now).await?;
        let Some(row) = found else { return Ok(None) };
        if row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_INTERVAL) {
            let mut tx = self.db.begin().await?;
            api_tokens::touch(&mut tx, &row.id, now).await?;
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
            idempotency_key: None,
        };
        self.session_cache.insert(digest, lookup, row.expires_at, &actor);
        Ok(Some(actor))
    }

    pub fn me(&self, actor: &Actor) -> Me {
        Me {
            organization: MeOrganization { id: actor.organization_id.clone(), name: actor.organization_name.clone() },
            user: MeUser { id: actor.user_id.clone(), email: actor.email.clone(), name: actor.name.clone(), role: actor.role },
        }
    }

    /// Starts a session, ends the client's previous session and commits. Fails if the password was changed since its verification.
    pub(crate) async fn commit_with_session(
        &self,
        mut tx: Tx,
        user: users::UserRow,
        organization: String,
        client: &Client,
        kind: ActivityKind,
        summary: String,
    ) -> Result<SignedIn> {
        let now = self.clock().now();
        let activity = NewActivity::new(&user.organization_id, kind, &user.name, summary, now);
        db::audit::activity::insert(&mut tx, activity.by(&user.id)).await?;
        let hash = user.password_hash.as_deref().unwrap_or_default();
        if !users::record_sign_in(&mut tx, &user.id, hash, now).await? {
            return Err(Problem::WrongCredentials.into());
        }
        if let Some(token) = &client.session {
            // The previous session can belong to another organization. In this case, the entry is in the audit log of the other
            // organization.
            let summary = |name: &str| format!("A session of {name} ended because its browser signed in again");
            self.delete_session(&mut tx, token, ActivityKind::SessionsEnded, summary).await?;
        }
        let (id, session_token): (SessionId, _) = (new_id(), new_secret("lcs_"));
        let session = sessions::NewSession {
            id: &id,
            organization_id: &user.organization_id,
            user_id: &user.id,
            token_digest: &digest(&session_token),
            expires_at: now + SESSION_LIFETIME,
        };
        sessions::insert(&mut tx, &session, now).await?;
        sessions::keep_newest(&mut tx, &user.organization_id, &user.id, MAX_SESSIONS).await?;
        tx.commit().await?;
        let known_browser = self.remember_browser(client, &user.id);
        let me = Me {
            organization: MeOrganization { id: user.organization_id, name: organization },
            user: MeUser { id: user.id, email: user.email, name: user.name, role: user.role },
        };
        Ok(SignedIn { session_token, known_browser, me })
    }

    /// Deletes a session. If the session was valid, records the summary in the audit log of its organization.
    async fn delete_session(
        &self,
        tx: &mut Tx,
        token: &Secret<String>,
        kind: ActivityKind,
        summary: impl Fn(&str) -> String,
    ) -> Result<()> {
        let (now, digest) = (self.clock().now(), digest(token));
        let session = sessions::find_live(tx, &digest, now, now - SESSION_IDLE).await?;
        sessions::delete(tx, &digest).await?;
        if let Some(session) = session {
            let activity = NewActivity::new(&session.organization_id, kind, &session.name, summary(&session.name), now);
            db::audit::activity::insert(tx, activity.by(&session.user_id).via(session.id.as_str())).await?;
        }
        Ok(())
    }
}

/// Inserts a user. Fails with [`Problem::EmailTaken`] if another user has the address.
pub(crate) async fn insert_user(tx: &mut Tx, user: &users::UserRow) -> Result<()> {
    users::insert(tx, user)
        .await
        .map_err(|error| if db::is_unique_violation(&error) { Problem::EmailTaken.into() } else { error.into() })
}
