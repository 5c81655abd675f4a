//! One refresh per connection at a time, across tasks and across servers, and no refresh token sent twice.
//!
//! A provider may replace refresh tokens with every use and revoke the whole grant when an old one comes back. So the right to refresh is a
//! lease in the database, and whoever does not get it reads again. Before a token leaves, a row says that it is on its way; new tokens are
//! committed before anyone uses them. A row that is left behind tells that a response was lost, with a server or with a connection: then the
//! token may have been replaced. We hold no newer one, so after a pause it is sent once more: if it was replaced, the connection is lost
//! anyway, and if not, it continues. A token whose successor was stored is never sent.

use super::session::{AFTER_REFUSAL, Caller, Held, fresh_session_refused, pause};
use crate::{
    connectors::{self, Credentials, Kind, OAuthClient, Tokens},
    db::{
        ReadConnection,
        connections::{self as table, token_refreshes},
    },
    domain::{
        connection::{ConnectionStatus, health::Responsible, terms::Terms},
        problem::Problem,
        time::Timestamp,
    },
    fail_points::{Step, reach},
    hub::{Error, Hub, Result, chain},
    random,
    services::connections,
    vault::Field,
};
use std::time::Duration;

/// How long the right to refresh lasts without renewal: the longest that others wait for a server that was killed.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is renewed while the provider is asked.
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// How long a call waits for somebody else's refresh: a minute at the org's own host, another at the login host, and some.
const PATIENCE: Duration = Duration::from_secs(150);
/// How often a loser looks whether the winner is done.
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// A token that expires when unused for 30 days is used at least this often.
pub(crate) const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a connection is left alone after a refresh that did not work: at first this long, then as long as the trouble lasts, up to the most.
const AFTER_FAILURE: Duration = Duration::from_secs(5);
const AFTER_FAILURE_AT_MOST: Duration = Duration::from_secs(5 * 60);
/// New tokens exist nowhere else, so a database that does not take them is asked again this often.
const STORE_ATTEMPTS: u32 = 120;
const BETWEEN_STORE_ATTEMPTS: Duration = Duration::from_secs(1);

/// How long after a lost response the same token is sent once more.
const RESEND_AFTER: Duration = Duration::from_secs(30);

/// The cause of a connection whose refresh token may or may not have been replaced.
const IN_DOUBT: &str = "answer_to_refresh_lost";

/// The cause of a call that was not made because the one before did not work: it tells nothing new about the connection.
pub(crate) const NOT_DUE: &str = "not_due";

/// What a turn at the lease gives.
enum Turn {
    /// Somebody else was faster; these are the tokens.
    Renewed(Box<Held>),
    /// Somebody else is at it.
    Taken,
    /// It is ours, and the intent is written.
    Ours(Box<table::ConnectionRow>),
}

impl Hub {
    /// Tokens newer than those of `stale`: our own refresh, or that of whoever was faster.
    pub(crate) async fn renew_tokens(&self, caller: Caller, stale: &table::ConnectionRow) -> Result<Held> {
        let client = connections::oauth(stale.integration_id.slug())?.1;
        let lease = random::hex(&random::bytes::<16>());
        let patience = tokio::time::Instant::now() + PATIENCE;
        loop {
            match self.take_turn(caller, stale, &lease).await? {
                Turn::Renewed(held) => return Ok(*held),
                Turn::Ours(row) => {
                    let hub = self.clone();
                    // A task of its own: whoever asked may give up or be ended, but an answer under way must be stored.
                    let refresh = tokio::spawn(async move { hub.refresh_with_lease(&row, client, &lease).await });
                    return refresh.await.map_err(|_| Error::Inconsistent("a refresh that crashed"))?;
                }
                Turn::Taken if tokio::time::Instant::now() > patience => {
                    return Err(connectors::Error::new(Kind::Unavailable, "another refresh did not end in time").into());
                }
                Turn::Taken => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// Looks first without writing: those who wait must not stand in the way of the one who is at it.
    async fn take_turn(&self, caller: Caller, stale: &table::ConnectionRow, lease: &str) -> Result<Turn> {
        let now = self.clock().now();
        let mut tx = self.db.read().await?;
        let current = reread(&mut tx, stale).await?;
        let is_taken = table::refresh_is_under_way(&mut tx, &current.organization_id, &current.id, now).await?;
        drop(tx);
        if current.credentials_version != stale.credentials_version {
            return self.held(&current, false).map(|held| Turn::Renewed(Box::new(held)));
        }
        if is_taken {
            return Ok(Turn::Taken);
        }
        let mut tx = self.db.begin().await?;
        // Locked before the intent is read: another server's may have been written since.
        let current = table::find_locked(&mut tx, &stale.organization_id, &stale.id).await?.ok_or(Problem::NotFound)?;
        if current.credentials_version != stale.credentials_version {
            return self.held(&current, false).map(|held| Turn::Renewed(Box::new(held)));
        }
        let known = token_refreshes::find(&mut tx, &current.organization_id, &current.id).await?;
        may_refresh(caller, &current, known.as_ref(), now)?;
        let in_doubt = known.as_ref().filter(|known| is_in_doubt(known, &current));
        if !table::take_refresh_lease(&mut tx, &current, lease, now, now + LEASE).await? {
            return Ok(Turn::Taken);
        }
        // Where the lease is not kept, the transaction is rolled back.
        if let Some(at) = in_doubt.and_then(|known| known.resend_at).filter(|at| *at > now) {
            return Err(paused(&current, at.since(now)).into());
        }
        if in_doubt.is_some_and(|known| known.is_resend) {
            drop(tx);
            let error = given_up(connections::terms(&current));
            self.record_call_failed(&current, &error).await?;
            return Err(error.into());
        }
        let intent = token_refreshes::Intent {
            at: now,
            // Nothing is in flight by then, also of a server that was killed.
            resend_at: now + PATIENCE,
            is_resend: in_doubt.is_some(),
            keep_alive_at: now + KEEP_ALIVE_EVERY,
        };
        token_refreshes::intend(&mut tx, &current, &intent).await?;
        tx.commit().await?;
        Ok(Turn::Ours(Box::new(current)))
    }

    /// Whether the refresh token was sent and its response never arrived.
    pub(crate) async fn is_refresh_in_doubt(&self, row: &table::ConnectionRow) -> Result<bool> {
        let mut tx = self.db.read().await?;
        let known = token_refreshes::find(&mut tx, &row.organization_id, &row.id).await?;
        Ok(known.is_some_and(|known| is_in_doubt(&known, row)))
    }

    fn held(&self, row: &table::ConnectionRow, is_fresh: bool) -> Result<Held> {
        Ok(Held { tokens: self.tokens(row)?, version: row.credentials_version, is_fresh })
    }

    async fn refresh_with_lease(&self, row: &table::ConnectionRow, client: OAuthClient, lease: &str) -> Result<Held> {
        let before = self.tokens(row)?;
        reach(Step::RefreshRecorded);
        let mut exchange = Box::pin(client.refresh(&self.ctx, &before));
        let answer = loop {
            match tokio::time::timeout(RENEW_EVERY, &mut exchange).await {
                Ok(answer) => break answer,
                // A database that does not answer just now is asked again before the lease ends.
                Err(_) => drop(self.renew_lease(row, lease).await),
            }
        };
        match answer {
            Ok(tokens) => {
                reach(Step::RefreshAnswered);
                let rotates = tokens.refresh_token.expose() != before.refresh_token.expose();
                count("renewed");
                self.keep_tokens(row, tokens, rotates).await
            }
            Err(error) => {
                count(if error.outcome_unknown { "lost" } else { "failed" });
                Err(self.record_refresh_failed(row, lease, error).await?.into())
            }
        }
    }

    async fn renew_lease(&self, row: &table::ConnectionRow, lease: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        table::renew_refresh_lease(&mut tx, row, lease, self.clock().now() + LEASE).await?;
        Ok(tx.commit().await?)
    }

    /// Stores new tokens, for as long as it takes: the provider accepts no others.
    async fn keep_tokens(&self, row: &table::ConnectionRow, tokens: Tokens, rotates: bool) -> Result<Held> {
        let json = Credentials::OAuth2(tokens.clone()).to_json();
        let sealed = self.vault.encrypt(&row.organization_id, Field::Credentials, json.expose());
        for attempt in 1.. {
            match self.store_tokens(row, &tokens, &sealed, rotates).await {
                Ok(true) => return Ok(Held { tokens, version: row.credentials_version + 1, is_fresh: true }),
                Ok(false) => break,
                Err(error) if attempt < STORE_ATTEMPTS => {
                    tracing::error!(error = chain(&error), connection = %row.id, attempt, "new tokens are not stored yet");
                    tokio::time::sleep(BETWEEN_STORE_ATTEMPTS).await;
                }
                Err(error) => return Err(error),
            }
        }
        let mut tx = self.db.acquire().await?;
        let current = reread(&mut tx, row).await?;
        drop(tx);
        self.held(&current, false)
    }

    /// `false` when the connection has other tokens by now, or is gone: nobody will use these.
    async fn store_tokens(&self, row: &table::ConnectionRow, tokens: &Tokens, sealed: &[u8], rotates: bool) -> Result<bool> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        let was_given_up = table::find_locked(&mut tx, &row.organization_id, &row.id)
            .await?
            .is_some_and(|current| current.status == ConnectionStatus::NeedsReconnect);
        if !table::finish_refresh(&mut tx, row, sealed, now).await? {
            // Where the refresh token stays, whoever was faster has queued its end.
            if rotates {
                self.end_renewed_grant(&mut tx, row, tokens.clone()).await?;
                tx.commit().await?;
                self.notifier.notify();
            }
            return Ok(false);
        }
        token_refreshes::answered(&mut tx, row, rotates, now + KEEP_ALIVE_EVERY).await?;
        if was_given_up {
            connections::unpark(&mut tx, row, now).await?;
        }
        tx.commit().await?;
        if was_given_up {
            self.notifier.notify();
        }
        Ok(true)
    }

    /// Gives the lease back, and says what the failure means. A lost response leaves the intent where it is.
    async fn record_refresh_failed(
        &self,
        row: &table::ConnectionRow,
        lease: &str,
        error: connectors::Error,
    ) -> Result<connectors::Error> {
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        table::drop_refresh_lease(&mut tx, row, lease).await?;
        let known = token_refreshes::find(&mut tx, &row.organization_id, &row.id).await?;
        let may_be_replaced = known.as_ref().and_then(|known| known.rotates) != Some(false);
        let was_resent = known.is_some_and(|known| known.is_resend);
        let error = match error.outcome_unknown && may_be_replaced {
            true if was_resent => given_up(connections::terms(row)).because(error),
            true => {
                token_refreshes::lost(&mut tx, row, now + RESEND_AFTER).await?;
                lost(connections::terms(row)).because(error)
            }
            false => {
                token_refreshes::not_taken(&mut tx, row).await?;
                error
            }
        };
        let wait = match error.kind {
            Kind::RateLimited { retry_after } => retry_after,
            _ if error.cause == IN_DOUBT => RESEND_AFTER,
            _ => after_failure(row, now),
        };
        if error.kind != Kind::GrantDead {
            token_refreshes::failed(&mut tx, row, now + wait).await?;
            pause(&mut tx, row, now + wait).await?;
        }
        tx.commit().await?;
        self.record_call_failed(row, &error).await?;
        Ok(error)
    }
}

async fn reread(tx: &mut ReadConnection, row: &table::ConnectionRow) -> Result<table::ConnectionRow> {
    table::find(tx, &row.organization_id, &row.id).await?.ok_or_else(|| Problem::NotFound.into())
}

/// Whether a refresh makes sense now: not for a connection that waits for a person, nor right after one that did not help.
fn may_refresh(
    caller: Caller,
    row: &table::ConnectionRow,
    known: Option<&token_refreshes::RefreshRow>,
    now: Timestamp,
) -> Result<()> {
    if row.status == ConnectionStatus::NeedsReconnect {
        return Err(Problem::NeedsReconnect.into());
    }
    let scheduled = known.filter(|_| caller == Caller::Schedule);
    let refused_at = scheduled
        .filter(|known| known.refused_version == Some(row.credentials_version))
        .and_then(|known| known.refused_at)
        .filter(|at| now.since(*at) < AFTER_REFUSAL);
    if let Some(at) = refused_at {
        return Err(fresh_session_refused(connections::terms(row), (at + AFTER_REFUSAL).since(now)).into());
    }
    match scheduled.and_then(|known| known.not_before_at).filter(|until| *until > now) {
        Some(until) => Err(paused(row, until.since(now)).into()),
        None => Ok(()),
    }
}

/// What stopped the last one, without asking again: those who waited for it would ask one after the other.
fn paused(row: &table::ConnectionRow, retry_after: Duration) -> connectors::Error {
    let error =
        connectors::Error::new(Kind::RateLimited { retry_after }, "the last refresh did not work, and the next is not due")
            .caused_by(NOT_DUE, Responsible::Transient);
    match &row.last_error {
        Some(sentence) => error.advise(sentence),
        None => error,
    }
}

/// Whether the token was sent and nothing is known of the response. An app that keeps refresh tokens takes the same one again.
fn is_in_doubt(known: &token_refreshes::RefreshRow, row: &table::ConnectionRow) -> bool {
    known.sent_version == Some(row.credentials_version) && known.rotates != Some(false)
}

fn given_up(terms: &'static Terms) -> connectors::Error {
    connectors::Error::new(Kind::GrantDead, "the response to a refresh was lost twice, and the token may have been replaced")
        .caused_by(IN_DOUBT, Responsible::Admin)
        .of(terms)
        .advise(format!(
            "{}’s response to the renewal of our session was lost twice, because connections broke or servers stopped at that moment. The \
             refresh token may have been replaced by one that we never received. An admin must reconnect; queued work then resumes.",
            terms.provider
        ))
}

fn lost(terms: &'static Terms) -> connectors::Error {
    let provider = terms.provider;
    connectors::Error::new(Kind::Unavailable, "the response to a refresh was lost, and the token may have been replaced")
        .caused_by(IN_DOUBT, Responsible::Transient)
        .of(terms)
        .advise(format!(
            "{provider}’s response to the renewal of our session was lost, because a connection broke or a server stopped at that moment. We \
             retry once, automatically; if {provider} no longer accepts the token, an admin must reconnect."
        ))
}

fn after_failure(row: &table::ConnectionRow, now: Timestamp) -> Duration {
    row.failing_since.map_or(AFTER_FAILURE, |since| now.since(since).clamp(AFTER_FAILURE, AFTER_FAILURE_AT_MOST))
}

fn count(outcome: &'static str) {
    metrics::counter!("lexicontract_refreshes_total", "outcome" => outcome).increment(1);
}
