//! Registration, sign-in, sign-out, and who a session or a token belongs to.

use super::{passwords, session_cache::Moment};
use crate::{
    db::{
        self, Tx,
        account::{organizations, users},
        audit::activity::NewActivity,
        auth::sessions,
    },
    domain::{
        account::users::{Me, MeOrganization, MeUser, Role},
        contract::timeline::ActivityKind,
        ids::SessionId,
        problem::{Invalid, Problem},
        time::Timestamp,
    },
    hub::{Hub, Result},
    random::{digest, new_id, new_secret},
    secret::Secret,
    services::{Actor, Client, Via, validation},
};
use std::time::Duration;

/// A session ends after this long, used or not.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);
/// A session ends after this long without use.
pub(crate) const SESSION_IDLE: Duration = Duration::from_secs(2 * 60 * 60);
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
    /// The value of the cookie by which this browser is known from now on.
    pub known_browser: Secret<String>,
    /// The person and the organization.
    pub me: Me,
}

impl Hub {
    /// Makes an organization with its first admin, and signs that person in.
    ///
    /// # Errors
    /// Registration is closed, a field cannot be used, the address is taken, or the client has tried too often.
    pub async fn register(&self, registration: Registration, client: &Client) -> Result<SignedIn> {
        if !self.config().registration_open {
            return Err(Problem::RegistrationClosed.into());
        }
        self.sign_in_limits.registration(client.address).spend()?;
        let organization = validation::name(&registration.organization, Invalid::OrganizationName)?;
        let mut user = validation::new_user(&new_id(), &registration.email, &registration.name, Role::Admin, self.clock().now())?;
        passwords::check_length(&registration.password)?;
        if self.user_with(&users::email_key(&user.email)).await?.is_some() {
            return Err(Problem::EmailTaken.into());
        }
        let known = vec![organization.clone(), user.name.clone(), user.email.clone()];
        user.password_hash = Some(self.password_hasher.turn().await?.hash(registration.password, known).await?);
        let mut tx = self.db.begin().await?;
        organizations::insert(&mut tx, &user.organization_id, &organization, user.created_at).await?;
        insert_user(&mut tx, &user).await?;
        let summary = format!("{} registered the organization", user.name);
        let line = NewActivity::new(&user.organization_id, ActivityKind::Registered, &user.name, summary, user.created_at);
        db::audit::activity::insert(&mut tx, line.by(&user.id)).await?;
        let signed_in = self.start_session(&mut tx, user, organization, client).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Signs a person in. Unknown address and wrong password are the same problem and take the same time.
    ///
    /// # Errors
    /// The two do not belong together, the person may not sign in, there were too many failures, or too many passwords wait to be
    /// hashed.
    pub async fn sign_in(&self, email: &str, password: Secret<String>, client: &Client) -> Result<SignedIn> {
        let email_key = users::email_key(email.trim());
        let user = self.user_with(&email_key).await?;
        let browser = self.known_browser(client);
        let browser_id = browser.as_ref().zip(user.as_ref()).and_then(|(browser, user)| browser.id_at(&user.id));
        let limits = self.sign_in_limits.sign_in(&email_key, client.address, browser_id);
        limits.check()?;
        let turn = self.password_hasher.turn().await?;
        // Others may have failed while this one waited.
        limits.check()?;
        let hash = user.as_ref().and_then(|user| user.password_hash.clone());
        let (is_right, turn) = turn.verify(password, hash).await?;
        let may_sign_in = is_right && user.as_ref().is_some_and(|user| !user.is_disabled);
        if !may_sign_in {
            limits.count();
        }
        // Not before the failure is counted, so that the next one knows of it.
        drop(turn);
        match user {
            Some(user) if may_sign_in => self.start_verified_session(user, client).await,
            Some(user) => {
                self.record_failed_sign_in(user);
                Err(Problem::WrongCredentials.into())
            }
            None => Err(Problem::WrongCredentials.into()),
        }
    }

    async fn start_verified_session(&self, user: users::UserRow, client: &Client) -> Result<SignedIn> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let organization = organizations::name(&mut tx, &user.organization_id).await?;
        let summary = format!("{} signed in", user.name);
        let line = NewActivity::new(&user.organization_id, ActivityKind::SignedIn, &user.name, summary, now);
        db::audit::activity::insert(&mut tx, line.by(&user.id)).await?;
        let signed_in = self.start_session(&mut tx, user, organization, client).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// The person with that address. No address holds a control character, and PostgreSQL does not take every one of them.
    async fn user_with(&self, email: &str) -> Result<Option<users::UserRow>> {
        if email.chars().any(char::is_control) {
            return Ok(None);
        }
        let mut tx = self.db.acquire().await?;
        Ok(users::find_by_email(&mut tx, email).await?)
    }

    /// Ends a session on the server. One that has ended is ended.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn sign_out(&self, session_token: &Secret<String>) -> Result<()> {
        let (now, digest) = (self.clock().now(), digest(session_token));
        let mut tx = self.db.begin().await?;
        let before = sessions::find_live(&mut tx, &digest, now, now - SESSION_IDLE).await?;
        sessions::delete(&mut tx, &digest).await?;
        if let Some(session) = before {
            let summary = format!("{} signed out", session.name);
            let line = NewActivity::new(&session.organization_id, ActivityKind::SignedOut, &session.name, summary, now);
            db::audit::activity::insert(&mut tx, line.by(&session.user_id).via(session.id.as_str())).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Whose session it is; `None` when it has ended.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn actor_of_session(&self, session_token: &Secret<String>) -> Result<Option<Actor>> {
        let (now, digest) = (self.clock().now(), digest(session_token));
        let moment = Moment { written: self.db.written(), now };
        if let Some(actor) = self.session_cache.find(&digest, moment) {
            return Ok(Some(actor));
        }
        let found = sessions::find_live(&mut self.db.acquire().await?, &digest, now, now - SESSION_IDLE).await?;
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
        };
        self.session_cache.remember(digest, moment, row.expires_at, &actor);
        Ok(Some(actor))
    }

    /// Whose API token it is; `None` when it was revoked or has expired, or its maker may not sign in.
    ///
    /// # Errors
    /// The database did not answer.
    pub async fn actor_of_api_token(&self, token: &Secret<String>) -> Result<Option<Actor>> {
        let (now, digest) = (self.clock().now(), digest(token));
        let moment = Moment { written: self.db.written(), now };
        if let Some(actor) = self.session_cache.find(&digest, moment) {
            return Ok(Some(actor));
        }
        let found = db::account::api_tokens::find_live(&mut self.db.acquire().await?, &digest, now).await?;
        let Some(row) = found else { return Ok(None) };
        if row.last_used_at.is_none_or(|used| now.since(used) >= TOUCH_EVERY) {
            let mut tx = self.db.begin().await?;
            db::account::api_tokens::touch(&mut tx, &row.id, now).await?;
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
        };
        self.session_cache.remember(digest, moment, row.expires_at, &actor);
        Ok(Some(actor))
    }

    /// The actor's person and organization, as they were when the request came in.
    pub fn me(&self, actor: &Actor) -> Me {
        Me {
            organization: MeOrganization { id: actor.organization_id.clone(), name: actor.organization_name.clone() },
            user: MeUser { id: actor.user_id.clone(), email: actor.email.clone(), name: actor.name.clone(), role: actor.role },
        }
    }

    /// A new session with a new token, if the user's password is still the one that was verified. The session that the client had
    /// before ends.
    pub(crate) async fn start_session(
        &self,
        tx: &mut Tx,
        user: users::UserRow,
        organization: String,
        client: &Client,
    ) -> Result<SignedIn> {
        let now = self.clock().now();
        let hash = user.password_hash.as_deref().unwrap_or_default();
        if !users::record_sign_in(tx, &user.id, hash, now).await? {
            return Err(Problem::WrongCredentials.into());
        }
        if let Some(token) = &client.session {
            end_session_before(tx, token, now).await?;
        }
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
        let known_browser = self.remember_browser(client, &user.id);
        Ok(SignedIn { session_token: token, known_browser, me: me(user, organization) })
    }

    /// Removes sessions and consents that have ended.
    pub(crate) async fn remove_expired(&self) -> Result<()> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        sessions::delete_expired(&mut tx, now, now - SESSION_IDLE).await?;
        db::connections::oauth_flows::delete_expired(&mut tx, now).await?;
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
pub(crate) async fn insert_user(tx: &mut Tx, user: &users::UserRow) -> Result<()> {
    users::insert(tx, user).await.map_err(|error| match db::is_unique_violation(&error) {
        true => Problem::EmailTaken.into(),
        false => error.into(),
    })
}

/// Ends the session that a browser had before it signs in again. It may be another person's, even of another organization: the audit
/// line belongs to that one.
async fn end_session_before(tx: &mut Tx, token: &Secret<String>, now: Timestamp) -> Result<()> {
    let digest = digest(token);
    let Some(before) = sessions::find_live(tx, &digest, now, now - SESSION_IDLE).await? else { return Ok(()) };
    sessions::delete(tx, &digest).await?;
    let summary = format!("A session of {} ended because its browser signed in again", before.name);
    let line = NewActivity::new(&before.organization_id, ActivityKind::SessionsEnded, &before.name, summary, now);
    Ok(db::audit::activity::insert(tx, line.by(&before.user_id).via(before.id.as_str())).await?)
}
