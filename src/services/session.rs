//! One session per connection, and one refresh at a time: across tasks and across servers.
//!
//! Salesforce rotates refresh tokens and revokes the whole grant when an old one comes back. So the right to refresh is a lease in
//! the database, whoever loses it re-reads, and new tokens are committed before anyone uses them.

use super::connections;
use crate::{
    connectors::{self, Credentials, Kind, OAuthConnector, Session, Tokens},
    db::{self, activity::NewActivity, connections as table},
    domain::{connection::ConnectionStatus, problem::Problem, timeline::ActivityKind},
    hub::{Error, Hub, Result},
    random,
    vault::Field,
};
use std::time::Duration;

/// Longer than the longest exchange: the client's time-out ends one before.
const REFRESH_LEASE: Duration = Duration::from_secs(90);
/// How often a loser looks whether the winner is done.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

impl Hub {
    /// Calls the provider; when it says that the session has ended, renews it and calls once more. Notes on the connection how it went.
    pub(super) async fn with_session<T, F>(
        &self,
        row: &table::ConnectionRow,
        connector: &'static dyn OAuthConnector,
        call: impl Fn(Session) -> F + Send,
    ) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, connectors::Error>> + Send,
        T: Send,
    {
        let tokens = self.tokens(row)?;
        let first = call(session(&tokens)).await;
        let outcome = match first {
            Err(error) if error.kind == Kind::SessionExpired => {
                let renewed = self.renew_tokens(row, connector).await?;
                // A second refusal of a fresh token is not about its age: it is not renewed again, so this cannot go round in circles.
                call(session(&renewed)).await
            }
            outcome => outcome,
        };
        if let Err(error) = &outcome {
            self.note_call_failed(row, error).await?;
        }
        Ok(outcome?)
    }

    pub(super) fn tokens(&self, row: &table::ConnectionRow) -> Result<Tokens> {
        match self.credentials(row)? {
            Credentials::OAuth2(tokens) => Ok(tokens),
            Credentials::ApiKey(_) => Err(Error::Inconsistent("an OAuth connection without tokens")),
        }
    }

    /// Tokens newer than those of `stale`: our own refresh, or that of whoever was faster.
    async fn renew_tokens(&self, stale: &table::ConnectionRow, connector: &'static dyn OAuthConnector) -> Result<Tokens> {
        let lease = random::hex(&random::bytes::<16>());
        let patience = tokio::time::Instant::now() + REFRESH_LEASE;
        loop {
            let now = self.clock().now();
            let mut tx = self.db.begin().await?;
            let current = table::find(&mut tx, &stale.organization_id, &stale.id).await?.ok_or(Problem::NotFound)?;
            if current.credentials_version != stale.credentials_version {
                return self.tokens(&current);
            }
            if current.status == ConnectionStatus::NeedsReconnect {
                return Err(Problem::NeedsReconnect.into());
            }
            let is_ours = table::take_refresh_lease(&mut tx, &current, &lease, now, now + REFRESH_LEASE).await?;
            tx.commit().await?;
            if is_ours {
                return self.refresh_with_lease(&current, connector, &lease).await;
            }
            if tokio::time::Instant::now() > patience {
                return Err(connectors::Error::new(Kind::Unavailable, "another refresh did not end in time").into());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn refresh_with_lease(
        &self,
        row: &table::ConnectionRow,
        connector: &'static dyn OAuthConnector,
        lease: &str,
    ) -> Result<Tokens> {
        let refreshed = connector.refresh(&self.ctx, &self.tokens(row)?).await;
        let mut tx = self.db.begin().await?;
        match refreshed {
            Ok(tokens) => {
                let json = Credentials::OAuth2(tokens.clone()).to_json();
                let sealed = self.vault.encrypt(&row.organization_id, Field::Credentials, json.expose());
                let stored = table::finish_refresh(&mut tx, row, lease, &sealed, self.clock().now()).await?;
                tx.commit().await?;
                metrics::counter!("lexicontract_refreshes_total", "outcome" => "renewed").increment(1);
                if stored {
                    Ok(tokens)
                } else {
                    Err(connectors::Error::new(Kind::Unavailable, "the connection changed during the refresh").into())
                }
            }
            Err(error) => {
                table::drop_refresh_lease(&mut tx, row, lease).await?;
                tx.commit().await?;
                metrics::counter!("lexicontract_refreshes_total", "outcome" => "failed").increment(1);
                self.note_call_failed(row, &error).await?;
                Err(error.into())
            }
        }
    }

    /// Notes that a call did not work, when that says something about the connection and not only about one record.
    pub(super) async fn note_call_failed(&self, row: &table::ConnectionRow, error: &connectors::Error) -> Result<()> {
        let status = match error.kind {
            Kind::GrantDead => ConnectionStatus::NeedsReconnect,
            Kind::SessionExpired | Kind::RateLimited { .. } | Kind::Unavailable | Kind::Unexpected | Kind::HostNotAllowed => {
                ConnectionStatus::Degraded
            }
            Kind::Forbidden | Kind::NotFound | Kind::Refused => return Ok(()),
        };
        let now = self.clock().now();
        let mut tx = self.db.begin().await?;
        if table::set_status(&mut tx, row, status, Some(&error.sentence()), now).await?
            && status == ConnectionStatus::NeedsReconnect
        {
            let summary = format!("The connection to {} must be renewed: {}", row.account_label, error.sentence());
            let line = NewActivity::new(&row.organization_id, ActivityKind::ConnectionLost, "LexiContract", summary, now)
                .connection(&row.id);
            db::activity::insert(&mut tx, line).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes that a call worked.
    pub(super) async fn note_call_worked(&self, row: &table::ConnectionRow) -> Result<()> {
        let mut tx = self.db.begin().await?;
        table::note_success(&mut tx, &row.organization_id, &row.id, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// A CRM connection that may be used by a job: switched on, and not waiting for a person.
    pub(super) fn usable(
        &self,
        row: &table::ConnectionRow,
    ) -> std::result::Result<&'static dyn OAuthConnector, crate::jobs::JobError> {
        if !row.is_enabled {
            return Err(crate::jobs::JobError::park("The connection is paused. It goes on when an admin resumes it."));
        }
        if row.status == ConnectionStatus::NeedsReconnect {
            return Err(crate::jobs::JobError::park("The connection must be renewed. It goes on when an admin reconnects."));
        }
        Ok(connections::crm(row)?)
    }
}

pub(super) fn session(tokens: &Tokens) -> Session {
    Session {
        instance_url: tokens.instance_url.clone(),
        access_token: tokens.access_token.clone(),
        scopes: tokens.scopes.clone(),
    }
}

impl Hub {
    /// Where the calls of a connection go.
    pub(super) fn instance_url(&self, row: &table::ConnectionRow) -> Result<url::Url> {
        Ok(self.tokens(row)?.instance_url)
    }
}
