//! Codes, grants, refresh tokens and sessions of one organization.

use std::collections::HashMap;

use crate::random;

const CODE_LIFETIME_MILLISECONDS: i64 = 15 * 60 * 1_000;
const APPROVALS_PER_APP: usize = 5;

/// What a user allowed to an app.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Counts up.
    pub number: u64,
    /// The app.
    pub client_id: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The one refresh token that works, if any was issued.
    pub refresh_token: Option<String>,
    /// Refresh tokens that rotation has replaced.
    pub old_refresh_tokens: Vec<String>,
    /// Ended by the user, the app, an administrator or a replay.
    pub is_revoked: bool,
    /// A refresh token of it is being exchanged just now.
    pub is_refreshing: bool,
}

/// A code on its way from the browser to the app.
#[derive(Clone, Debug)]
pub struct Code {
    /// The app.
    pub client_id: String,
    /// The callback it was sent to.
    pub redirect_uri: String,
    /// What was allowed.
    pub scopes: Vec<String>,
    /// The PKCE challenge, if one came.
    pub challenge: Option<String>,
    /// Echoed in the id token.
    pub nonce: Option<String>,
    issued_at: i64,
    grant: Option<u64>,
}

/// A session that an access token opens.
#[derive(Clone, Debug)]
pub struct Session {
    /// The grant it belongs to.
    pub grant: u64,
    /// When it was opened, in milliseconds.
    pub issued_at: i64,
    /// When it was last used, in milliseconds.
    pub used_at: i64,
}

/// Why a code is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// Never issued.
    Unknown,
    /// Older than 15 minutes, or used.
    Expired,
}

/// Everything that was granted.
#[derive(Debug, Default)]
pub struct Grants {
    codes: HashMap<String, Code>,
    grants: Vec<Grant>,
    sessions: HashMap<String, Session>,
    /// How often a refresh token came at all.
    pub refreshes: u64,
    /// How often a refresh token came that rotation had replaced.
    pub replays: u64,
    /// How often a refresh token came while it was being exchanged.
    pub collisions: u64,
}

impl Code {
    /// A code's contents, issued at `now` (milliseconds).
    pub fn new(client_id: String, redirect_uri: String, scopes: Vec<String>, challenge: Option<String>, now: i64) -> Self {
        Code { client_id, redirect_uri, scopes, challenge, nonce: None, issued_at: now, grant: None }
    }
}

impl Grants {
    /// Issues a code.
    pub fn issue_code(&mut self, code: Code) -> String {
        let text = format!("aPrx{}==", random::text(82));
        self.codes.insert(text.clone(), code);
        text
    }

    /// The code's contents while it can be exchanged. A second use ends what came of the first.
    pub fn check_code(&mut self, text: &str, now: i64) -> Result<Code, CodeFault> {
        let code = self.codes.get(text).cloned().ok_or(CodeFault::Unknown)?;
        if let Some(grant) = code.grant {
            self.revoke(grant);
            return Err(CodeFault::Expired);
        }
        if now - code.issued_at > CODE_LIFETIME_MILLISECONDS { Err(CodeFault::Expired) } else { Ok(code) }
    }

    /// Turns a checked code into a grant. The sixth approval of one app ends the oldest.
    pub fn approve(&mut self, text: &str, code: &Code) -> u64 {
        let number = self.grants.len() as u64 + 1;
        let may_refresh = code.scopes.iter().any(|scope| scope == "refresh_token" || scope == "offline_access");
        let grant = Grant {
            number,
            client_id: code.client_id.clone(),
            scopes: code.scopes.clone(),
            refresh_token: may_refresh.then(new_refresh_token),
            old_refresh_tokens: Vec::new(),
            is_revoked: false,
            is_refreshing: false,
        };
        self.grants.push(grant);
        if let Some(code) = self.codes.get_mut(text) {
            code.grant = Some(number);
        }
        let alive = self.grants.iter().filter(|grant| grant.client_id == code.client_id && !grant.is_revoked);
        let alive: Vec<_> = alive.map(|grant| grant.number).collect();
        for number in alive.iter().take(alive.len().saturating_sub(APPROVALS_PER_APP)) {
            self.revoke(*number);
        }
        number
    }

    /// Opens a session.
    pub fn open_session(&mut self, grant: u64, organization_id: &str, now: i64) -> String {
        let organization = organization_id.get(..15).unwrap_or(organization_id);
        let token = format!("{organization}!AQ{}", random::text(94));
        self.sessions.insert(token.clone(), Session { grant, issued_at: now, used_at: now });
        token
    }

    /// The session of an access token, if it is alive; using it keeps it alive.
    pub fn use_session(&mut self, token: &str, now: i64, lifetime_seconds: i64) -> Option<Session> {
        let session = self.sessions.get_mut(token)?;
        if now - session.used_at > lifetime_seconds * 1_000 {
            self.sessions.remove(token);
            return None;
        }
        session.used_at = now;
        Some(session.clone())
    }

    /// The session of an access token, without using it.
    pub fn session(&self, token: &str, now: i64, lifetime_seconds: i64) -> Option<&Session> {
        self.sessions.get(token).filter(|session| now - session.used_at <= lifetime_seconds * 1_000)
    }

    /// The grant of that number.
    pub fn grant(&self, number: u64) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.number == number)
    }

    /// The grant of that number, to change.
    pub fn grant_mut(&mut self, number: u64) -> Option<&mut Grant> {
        self.grants.iter_mut().find(|grant| grant.number == number)
    }

    /// The grant that a refresh token belongs to, and whether the token is its current one.
    pub fn of_refresh_token(&self, token: &str) -> Option<(&Grant, bool)> {
        self.grants.iter().find_map(|grant| {
            let is_current = grant.refresh_token.as_deref() == Some(token);
            (is_current || grant.old_refresh_tokens.iter().any(|old| old == token)).then_some((grant, is_current))
        })
    }

    /// Replaces the refresh token of a grant and ends its earlier sessions.
    pub fn rotate(&mut self, number: u64) {
        self.sessions.retain(|_, session| session.grant != number);
        if let Some(grant) = self.grant_mut(number) {
            grant.old_refresh_tokens.extend(grant.refresh_token.replace(new_refresh_token()));
        }
    }

    /// Ends a grant with all its tokens.
    pub fn revoke(&mut self, number: u64) {
        self.sessions.retain(|_, session| session.grant != number);
        if let Some(grant) = self.grant_mut(number) {
            grant.is_revoked = true;
        }
    }

    /// Ends one session and answers whether it was there.
    pub fn close_session(&mut self, token: &str) -> Option<Session> {
        self.sessions.remove(token)
    }

    /// Ends all sessions; refresh tokens stay.
    pub fn close_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Ends all grants.
    pub fn revoke_all(&mut self) {
        for number in 1..=self.grants.len() as u64 {
            self.revoke(number);
        }
    }

    /// All grants, oldest first.
    pub fn all(&self) -> &[Grant] {
        &self.grants
    }

    /// The access tokens of a grant.
    pub fn access_tokens(&self, number: u64) -> Vec<&str> {
        self.sessions.iter().filter(|(_, session)| session.grant == number).map(|(token, _)| token.as_str()).collect()
    }
}

fn new_refresh_token() -> String {
    format!("5Aep861{}", random::text(80))
}
