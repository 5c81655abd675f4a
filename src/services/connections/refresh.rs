//! Refreshes OAuth tokens. At most one refresh per connection runs at a time, across tasks and servers.
//!
//! A provider can replace the refresh token at every use (rotation), and can revoke the grant if an old refresh token is sent
//! again. A refresh therefore holds a lease in the database, while concurrent callers wait and then read the stored tokens again.
//! The intent to send the refresh token is committed before the request. New tokens are committed before they are used. A refresh
//! token is never sent after its successor was stored.
//!
//! If an intent has no result, the response to the refresh request was lost. The refresh token is then sent once more after a
//! pause. If the provider has already rotated this token, the resend can fail, and an admin must then reconnect. The resend does
//! no harm, because the new token was already lost with the response.

use super::session::{Caller, NOT_DUE, REJECTED_SESSION_PAUSE, Session, fresh_session_rejected, pause};
use crate::connectors::{self, Credentials, Kind, OAuthClient, Tokens};
use crate::db::ReadConnection;
use crate::db::connections::token_refreshes::{self, RefreshRow};
use crate::db::connections::{self as table, ConnectionRow};
use crate::domain::connection::ConnectionStatus;
use crate::domain::connection::health::Responsible;
use crate::domain::connection::terms::Terms;
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::fail_points::{Step, reach};
use crate::hub::{Error, Hub, Result, chain};
use crate::random;
use crate::services::connections;
use std::time::Duration;

/// Time after which the lease expires unless it is renewed. If a server is killed, other servers wait at most for this time.
const LEASE: Duration = Duration::from_secs(30);
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// Timeout for waiting for a concurrent refresh. A refresh can take one minute at the account's host and another minute at the
/// login host.
const REFRESH_TIMEOUT: Duration = Duration::from_secs(150);
const POLL_EVERY: Duration = Duration::from_millis(200);
/// Time without a refresh after which a keep-alive job refreshes the tokens. Salesforce expires a refresh token after 30 days
/// without use.
pub(crate) const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(7 * 24 * 60 * 60);
// Minimum and maximum pause after a failed refresh. Between these limits, the pause is as long as the time since the first
// failure.
const FAILURE_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_FAILURE_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Number of attempts to store new tokens. The number is high, because lost tokens cannot be recovered.
const STORE_ATTEMPTS: u32 = 120;
const STORE_PAUSE: Duration = Duration::from_secs(1);
/// Pause after a lost response. The refresh token is then sent once more.
const RESEND_AFTER: Duration = Duration::from_secs(30);
/// Issue cause: the response to a refresh was lost.
const IN_DOUBT: &str = "answer_to_refresh_lost";

enum RefreshLease {
    /// A concurrent refresh has stored newer tokens.
    Renewed(Box<Session>),
    /// A concurrent refresh is in progress.
    Held,
    /// This caller holds the lease, and the intent is committed.
    Acquired(Box<ConnectionRow>),
}

impl Hub {
    /// Refreshes the tokens in `stale`, or waits for a concurrent refresh. Returns the newer tokens.
    pub(crate) async fn renew_tokens(&self, caller: Caller, stale: &ConnectionRow) -> Result<Session> {
        let client = connections::oauth(stale.integration_id.slug())?.1;
        let lease = random::hex(&random::bytes::<16>());
        let deadline = tokio::time::Instant::now() + REFRESH_TIMEOUT;
        loop {
            match self.acquire_lease(caller, stale, &lease).await? {
                RefreshLease::Renewed(session) => return Ok(*session),
                RefreshLease::Acquired(row) => {
                    let hub = self.clone();
                    // A separate task stores the response even if the caller is aborted.
                    let refresh = tokio::spawn(async move { hub.refresh_with_lease(&row, client, &lease).await });
                    return refresh.await.map_err(|_| Error::Inconsistent("a refresh that crashed"))?;
                }
                RefreshLease::Held if tokio::time::Instant::now() > deadline => {
                    return Err(connectors::Error::new(Kind::Unavailable, "another refresh did not end in time").into());
                }
                RefreshLease::Held => tokio::time::sleep(POLL_EVERY).await,
            }
        }
    }

    /// Tries to acquire the lease. Checks the state on a read connection first, so that waiting callers do not block writers.
    async fn acquire_lease(&self, caller: Caller, stale: &ConnectionRow, lease: &str) -> Result<RefreshLease> {
        let now = self.clock().now();
        let mut tx = self.db.read().await?;
        let current = reread(&mut tx, stale).await?;
        let is_held = table::is_refreshing(&mut tx, &current.organization_id, &current.id, now).await?;
        drop(tx);
        if current.credentials_version != stale.credentials_version {
            return Ok(RefreshLease::Renewed(Box::new(self.stored_session(&current)?)));
        }
        if is_held {
            return Ok(RefreshLease::Held);
        }
        let mut tx = self.db.begin().await?;
        // Reads the intent while the connection is locked, because another server may have committed an intent since the first
        // read.
        let current = table::find_locked(&mut tx, &stale.organization_id, &stale.id).await?.ok_or(Problem::NotFound)?;
        if current.credentials_version != stale.credentials_version {
            return Ok(RefreshLease::Renewed(Box::new(self.stored_session(&current)?)));
        }
        let known = token_refreshes::find(&mut tx, &current.organization_id, &current.id).await?;
        may_refresh(caller, &current, known.as_ref(), now)?;
        let in_doubt = known.as_ref().filter(|known| is_in_doubt(known, &current));
        if !table::take_refresh_lease(&mut tx, &current, lease, now, now + LEASE).await? {
            return Ok(RefreshLease::Held);
        }
        // The early returns below roll back the transaction, which also releases the lease.
        if let Some(at) = in_doubt.and_then(|known| known.resend_at).filter(|at| *at > now) {
            return Err(not_due(&current, at.since(now)).into());
        }
        if in_doubt.is_some_and(|known| known.is_resend) {
            drop(tx);
            let error = lost_twice(connections::terms(&current));
            self.record_call_failed(&current, &error).await?;
            return Err(error.into());
        }
        let intent = token_refreshes::Intent {
            at: now,
            // After this time, the request has certainly ended, even if the server was killed.
            resend_at: now + REFRESH_TIMEOUT,
            is_resend: in_doubt.is_some(),
            keep_alive_at: now + KEEP_ALIVE_EVERY,
        };
        token_refreshes::record_intent(&mut tx, &current, &intent).await?;
        tx.commit().await?;
        Ok(RefreshLease::Acquired(Box::new(current)))
    }

    /// Returns `true` if the current refresh token was sent but the response may have been lost. The lost response may have
    /// contained a new refresh token.
    pub(crate) async fn is_refresh_in_doubt(&self, row: &ConnectionRow) -> Result<bool> {
        let mut tx = self.db.read().await?;
        let known = token_refreshes::find(&mut tx, &row.organization_id, &row.id).await?;
        Ok(known.is_some_and(|known| is_in_doubt(&known, row)))
    }

    pub(super) fn stored_session(&self, row: &ConnectionRow) -> Result<Session> {
        Ok(Session { tokens: self.tokens(row)?, version: row.credentials_version, is_fresh: false })
    }

    async fn refresh_with_lease(&self, row: &ConnectionRow, client: OAuthClient, lease: &str) -> Result<Session> {
        let before = self.tokens(row)?;
        reach(Step::RefreshRecorded);
        let mut exchange = Box::pin(client.refresh(&self.ctx, &before));
        let response = loop {
            match tokio::time::timeout(RENEW_EVERY, &mut exchange).await {
                Ok(response) => break response,
                // If this renewal fails, the next iteration retries before the lease expires.
                Err(_) => drop(self.renew_lease(row, lease).await),
            }
        };
        match response {
            Ok(tokens) => {
                reach(Step::RefreshAnswered);
                count("renewed");
                let rotates = tokens.refresh_token.expose() != before.refresh_token.expose();
                self.store_with_retries(row, tokens, rotates).await
            }
            Err(error) => {
                count(if error.outcome_unknown { "lost" } else { "failed" });
                Err(self.record_refresh_failed(row, lease, error).await?.into())
            }
        }
    }

    async fn renew_lease(&self, row: &ConnectionRow, lease: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        table::renew_refresh_lease(&mut tx, row, lease, self.clock().now() + LEASE).await?;
        Ok(tx.commit().await?)
    }

    /// Stores new tokens. Retries many times, because the provider may accept only the new tokens.
    async fn store_with_retries(&self, row: &ConnectionRow, tokens: Tokens, rotates: bool) -> Result<Session> {
        let sealed = self.seal(&row.organization_id, &Credentials::OAuth2(tokens.clone()));
        for attempt in 1.. {
            match self.store_tokens(row, &tokens, &sealed, rotates).await {
                Ok(true) => return Ok(Session { tokens, version: row.credentials_version + 1, is_fresh: true }),
                Ok(false) => break,
                Err(error) if attempt < STORE_ATTEMPTS => {
                    tracing::error!(error = chain(&error), connection = %row.id, attempt, "could not store new tokens yet");
                    tokio::time::sleep(STORE_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
        let current = reread(&mut self.db.acquire().await?, row).await?;
        self.stored_session(&current)
    }

    /// Stores new tokens. Returns `false` without storing if the connection was removed or has received other tokens.
    async fn store_tokens(&self, row: &ConnectionRow, tokens: &Tokens, sealed: &[u8], rotates: bool) -> Result<bool> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let needed_reconnect = table::find_locked(&mut tx, &row.organization_id, &row.id)
            .await?
            .is_some_and(|current| current.status == ConnectionStatus::NeedsReconnect);
        if !table::finish_refresh(&mut tx, row, sealed, now).await? {
            // If the refresh did not replace the refresh token, there is nothing to do: the reconnect or removal has already
            // queued the revocation of the grant.
            if rotates {
                self.revoke_refreshed_grant(&mut tx, row, tokens.clone()).await?;
                tx.commit().await?;
                self.notifier.notify();
            }
            return Ok(false);
        }
        token_refreshes::record_response(&mut tx, row, rotates, now + KEEP_ALIVE_EVERY).await?;
        if needed_reconnect {
            connections::unpark(&mut tx, row, now).await?;
        }
        tx.commit().await?;
        if needed_reconnect {
            self.notifier.notify();
        }
        Ok(true)
    }

    /// Releases the lease, records the failure and returns the error for the caller. If the response was lost, keeps the stored
    /// intent.
    async fn record_refresh_failed(
        &self,
        row: &ConnectionRow,
        lease: &str,
        error: connectors::Error,
    ) -> Result<connectors::Error> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        table::release_refresh_lease(&mut tx, row, lease).await?;
        let known = token_refreshes::find(&mut tx, &row.organization_id, &row.id).await?;
        let may_be_rotated = known.as_ref().and_then(|known| known.rotates) != Some(false);
        let was_resent = known.is_some_and(|known| known.is_resend);
        let error = if !error.outcome_unknown || !may_be_rotated {
            token_refreshes::record_not_received(&mut tx, row).await?;
            error
        } else if was_resent {
            lost_twice(connections::terms(row)).with_source(error)
        } else {
            token_refreshes::record_lost_response(&mut tx, row, now + RESEND_AFTER).await?;
            lost(connections::terms(row)).with_source(error)
        };
        let wait = match error.kind {
            Kind::RateLimited { retry_after } => retry_after,
            _ if error.cause == IN_DOUBT => RESEND_AFTER,
            _ => row.failing_since.map_or(FAILURE_PAUSE, |since| now.since(since).clamp(FAILURE_PAUSE, LONGEST_FAILURE_PAUSE)),
        };
        if error.kind != Kind::GrantDead {
            token_refreshes::record_failure(&mut tx, row, now + wait).await?;
            pause(&mut tx, row, now + wait).await?;
        }
        tx.commit().await?;
        self.record_call_failed(row, &error).await?;
        Ok(error)
    }
}

async fn reread(tx: &mut ReadConnection, row: &ConnectionRow) -> Result<ConnectionRow> {
    table::find(tx, &row.organization_id, &row.id).await?.ok_or_else(|| Problem::NotFound.into())
}

/// Fails if a user must reconnect. Scheduled calls also fail during the pause after a failed refresh or a rejected new session.
fn may_refresh(caller: Caller, row: &ConnectionRow, known: Option<&RefreshRow>, now: Timestamp) -> Result<()> {
    if row.status == ConnectionStatus::NeedsReconnect {
        return Err(Problem::NeedsReconnect.into());
    }
    let scheduled = known.filter(|_| caller == Caller::Schedule);
    let rejected_at = scheduled
        .filter(|known| known.refused_version == Some(row.credentials_version))
        .and_then(|known| known.refused_at)
        .filter(|at| now.since(*at) < REJECTED_SESSION_PAUSE);
    if let Some(at) = rejected_at {
        return Err(fresh_session_rejected(connections::terms(row), (at + REJECTED_SESSION_PAUSE).since(now)).into());
    }
    match scheduled.and_then(|known| known.not_before_at).filter(|until| *until > now) {
        Some(until) => Err(not_due(row, until.since(now)).into()),
        None => Ok(()),
    }
}

/// Returns an error that contains the connection's last error message. If a caller waits for a concurrent refresh and this
/// refresh fails, the caller gets this error and sends no request.
fn not_due(row: &ConnectionRow, retry_after: Duration) -> connectors::Error {
    let error =
        connectors::Error::new(Kind::RateLimited { retry_after }, "the last refresh did not work, and the next is not due")
            .with_cause(NOT_DUE, Responsible::Transient);
    match &row.last_error {
        Some(sentence) => error.with_message(sentence),
        None => error,
    }
}

/// Returns `true` if the current refresh token was sent, no result is known, and the provider may rotate refresh tokens.
fn is_in_doubt(known: &RefreshRow, row: &ConnectionRow) -> bool {
    known.sent_version == Some(row.credentials_version) && known.rotates != Some(false)
}

fn lost_twice(terms: &'static Terms) -> connectors::Error {
    connectors::Error::new(Kind::GrantDead, "the response to a refresh was lost twice, and the token may have been replaced")
        .with_cause(IN_DOUBT, Responsible::Admin)
        .with_terms(terms)
        .with_message(format!(
            "{}’s response to the renewal of our session was lost twice, because connections broke or servers stopped at that moment. The \
             refresh token may have been replaced by one that we never received. An admin must reconnect; queued work then resumes.",
            terms.provider
        ))
}

fn lost(terms: &'static Terms) -> connectors::Error {
    let provider = terms.provider;
    connectors::Error::new(Kind::Unavailable, "the response to a refresh was lost, and the token may have been replaced")
        .with_cause(IN_DOUBT, Responsible::Transient)
        .with_terms(terms)
        .with_message(format!(
            "{provider}’s response to the renewal of our session was lost, because a connection broke or a server stopped at that moment. We \
             retry once, automatically; if {provider} no longer accepts the token, an admin must reconnect."
        ))
}

fn count(outcome: &'static str) {
    metrics::counter!("lexicontract_refreshes_total", "outcome" => outcome).increment(1);
}
