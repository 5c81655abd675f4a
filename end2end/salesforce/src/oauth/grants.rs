//! Authorization codes, grants and sessions of an organization.

use crate::random;
use std::collections::HashMap;

const CODE_LIFETIME_MILLISECONDS: i64 = 15 * 60 * 1_000;
const APPROVALS_PER_APP: usize = 5;

#[derive(Clone, Debug)]
pub struct Grant {
    pub number: u64,
    pub client_id: String,
    pub scopes: Vec<String>,
    pub refresh_token: Option<String>,
    /// Refresh tokens that rotation has replaced.
    pub old_refresh_tokens: Vec<String>,
    pub is_revoked: bool,
    pub is_refreshing: bool,
}

#[derive(Clone, Debug)]
pub struct Code {
    pub client_id: String,
    pub redirect_uri: String,
    pub scopes: Vec<String>,
    pub challenge: Option<String>,
    pub nonce: Option<String>,
    issued_at: i64,
    grant: Option<u64>,
}

/// Session of an access token. Times are in milliseconds since the Unix epoch.
#[derive(Clone, Debug)]
pub struct Session {
    pub grant: u64,
    pub issued_at: i64,
    pub used_at: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeFault {
    Unknown,
    /// The code is older than 15 minutes or has been used.
    Expired,
}

#[derive(Debug, Default)]
pub struct Grants {
    codes: HashMap<String, Code>,
    grants: Vec<Grant>,
    sessions: HashMap<String, Session>,
    pub refreshes: u64,
    /// Number of refresh requests with a token that rotation had replaced.
    pub replays: u64,
    /// Number of refresh requests that arrived during another request with the same token.
    pub collisions: u64,
}

impl Code {
    pub fn new(client_id: String, redirect_uri: String, scopes: Vec<String>, challenge: Option<String>, now: i64) -> Self {
        Code { client_id, redirect_uri, scopes, challenge, nonce: None, issued_at: now, grant: None }
    }
}

impl Grants {
    pub fn issue_code(&mut self, code: Code) -> String {
        let text = format!("aPrx{}==", random::text(82));
        self.codes.insert(text.clone(), code);
        text
    }

    /// Returns the data of an authorization code. If the code was used before, fails and revokes the grant that the first use
    /// created.
    pub fn check_code(&mut self, text: &str, now: i64) -> Result<Code, CodeFault> {
        let code = self.codes.get(text).cloned().ok_or(CodeFault::Unknown)?;
        if let Some(grant) = code.grant {
            self.revoke(grant);
            return Err(CodeFault::Expired);
        }
        if now - code.issued_at > CODE_LIFETIME_MILLISECONDS { Err(CodeFault::Expired) } else { Ok(code) }
    }

    /// Creates a grant for a code that [`Grants::check_code`] has accepted. If the app then has more than five active grants,
    /// revokes its oldest grants.
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

    pub fn open_session(&mut self, grant: u64, organization_id: &str, now: i64) -> String {
        let organization = organization_id.get(..15).unwrap_or(organization_id);
        let token = format!("{organization}!AQ{}", random::text(94));
        self.sessions.insert(token.clone(), Session { grant, issued_at: now, used_at: now });
        token
    }

    /// Returns the session of an access token, and extends the session. Returns `None` if the session is unknown or expired.
    pub fn use_session(&mut self, token: &str, now: i64, lifetime_seconds: i64) -> Option<Session> {
        let session = self.sessions.get_mut(token)?;
        if now - session.used_at > lifetime_seconds * 1_000 {
            self.sessions.remove(token);
            return None;
        }
        session.used_at = now;
        Some(session.clone())
    }

    /// Returns the session of an access token, without extending the session. Returns `None` if the session is unknown or
    /// expired.
    pub fn session(&self, token: &str, now: i64, lifetime_seconds: i64) -> Option<&Session> {
        self.sessions.get(token).filter(|session| now - session.used_at <= lifetime_seconds * 1_000)
    }

    pub fn grant(&self, number: u64) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.number == number)
    }

    pub fn grant_mut(&mut self, number: u64) -> Option<&mut Grant> {
        self.grants.iter_mut().find(|grant| grant.number == number)
    }

    /// Finds the grant of a refresh token. The returned flag is false if rotation has replaced the token.
    pub fn of_refresh_token(&self, token: &str) -> Option<(&Grant, bool)> {
        self.grants.iter().find_map(|grant| {
            let is_current = grant.refresh_token.as_deref() == Some(token);
            (is_current || grant.old_refresh_tokens.iter().any(|old| old == token)).then_some((grant, is_current))
        })
    }

    /// Replaces the refresh token of a grant, and ends the sessions of the grant.
    pub fn rotate(&mut self, number: u64) {
        self.sessions.retain(|_, session| session.grant != number);
        if let Some(grant) = self.grant_mut(number) {
            grant.old_refresh_tokens.extend(grant.refresh_token.replace(new_refresh_token()));
        }
    }

    pub fn revoke(&mut self, number: u64) {
        self.sessions.retain(|_, session| session.grant != number);
        if let Some(grant) = self.grant_mut(number) {
            grant.is_revoked = true;
        }
    }

    pub fn close_session(&mut self, token: &str) -> Option<Session> {
        self.sessions.remove(token)
    }

    pub fn close_sessions(&mut self) {
        self.sessions.clear();
    }

    pub fn revoke_all(&mut self) {
        for number in 1..=self.grants.len() as u64 {
            self.revoke(number);
        }
    }

    pub fn all(&self) -> &[Grant] {
        &self.grants
    }

    pub fn access_tokens(&self, number: u64) -> Vec<&str> {
        self.sessions.iter().filter(|(_, session)| session.grant == number).map(|(token, _)| token.as_str()).collect()
    }
}

fn new_refresh_token() -> String {
    format!("5Aep861{}", random::text(80))
}
