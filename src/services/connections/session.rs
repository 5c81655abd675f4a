//! Calls to a provider with a connection's session. The results update the health of the connection.

use crate::connectors::{self, ApiUsage, Call, Credentials, Deals, Kind, Tokens};
use crate::db::audit::activity::NewActivity;
use crate::db::connections::{self as table, issues, token_refreshes};
use crate::db::{self};
use crate::domain::connection::ConnectionStatus;
use crate::domain::connection::health::Responsible;
use crate::domain::connection::terms::Terms;
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result};
use crate::jobs::{JobError, JobResult};
use crate::services::connections;
use std::time::Duration;

/// Maximum number of attempts for one call. An attempt fails if the session has expired or a concurrent refresh has replaced the
/// session.
const SESSION_ATTEMPTS: usize = 4;
/// Pause after a provider has rejected a new session, equal to the shortest session lifetime that can be set in Salesforce.
pub(crate) const REJECTED_SESSION_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Percentage of used API calls at which scheduled calls pause, to leave the remaining calls to other programs.
const API_USAGE_LIMIT: i64 = 95;
const API_USAGE_PAUSE: Duration = Duration::from_secs(15 * 60);
/// Cause of the error for a call that was skipped after a failed refresh. This error is not recorded as an issue.
pub(crate) const NOT_DUE: &str = "not_due";
const PAUSED: &str = "The account has used up its API calls for now. We resume automatically when calls are allowed again.";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A user's action, which calls the provider even if the connection is paused.
    User,
    Schedule,
}

impl From<&db::jobs::JobRow> for Caller {
    fn from(job: &db::jobs::JobRow) -> Self {
        if job.for_user { Self::User } else { Self::Schedule }
    }
}

pub(crate) struct Session {
    pub(crate) tokens: Tokens,
    pub(crate) version: i64,
    /// True if the current call refreshed the tokens; false if the tokens come from the database.
    pub(crate) is_fresh: bool,
}

impl Hub {
    /// Calls the provider. If the session has expired, renews the session and retries. Records a failure in the health of the
    /// connection.
    pub(crate) async fn with_session<T, F>(
        &self,
        caller: Caller,
        row: &table::ConnectionRow,
        call: impl Fn(Call) -> F + Send,
    ) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, connectors::Error>> + Send,
        T: Send,
    {
        let api_usage = ApiUsage::default();
        let mut row = row.clone();
        match self.call_and_renew(caller, &mut row, &call, &api_usage).await {
            Ok(response) => {
                self.end_pause(caller, &row).await?;
                self.record_api_usage(&row, &api_usage).await?;
                Ok(response)
            }
            Err(Error::Connector(error)) => {
                let error = error.with_terms(connections::terms(&row));
                self.record_call_failed(&row, &error).await?;
                Err(error.into())
            }
            Err(error) => Err(error),
        }
    }

    async fn call_and_renew<T, F>(
        &self,
        caller: Caller,
        row: &mut table::ConnectionRow,
        call: &(impl Fn(Call) -> F + Send),
        api_usage: &ApiUsage,
    ) -> Result<T>
    where
        F: Future<Output = std::result::Result<T, connectors::Error>> + Send,
        T: Send,
    {
        let connector = connections::connector(row)?;
        let mut session = self.stored_session(row)?;
        for _ in 0..SESSION_ATTEMPTS {
            match call(Call::with_tokens(&self.ctx, connector, &session.tokens, api_usage.clone())).await {
                Err(error) if error.kind == Kind::SessionExpired && !session.is_fresh => {
                    session = self.renew_tokens(caller, row).await?;
                    row.credentials_version = session.version;
                }
                Err(error) if error.kind == Kind::SessionExpired => break,
                outcome => return Ok(outcome?),
            }
        }
        // The provider rejected a new session. Another renewal cannot help, because the cause is not the age of the session.
        let mut tx = self.db.begin().await?;
        token_refreshes::record_rejection(&mut tx, row, session.version, self.clock().now()).await?;
        tx.commit().await?;
        Err(fresh_session_rejected(connections::terms(row), REJECTED_SESSION_PAUSE).into())
    }

    pub(crate) fn tokens(&self, row: &table::ConnectionRow) -> Result<Tokens> {
        match self.credentials(row)? {
            Credentials::OAuth2(tokens) => Ok(tokens),
            Credentials::ApiKey(_) => Err(Error::Inconsistent("an OAuth connection without tokens")),
        }
    }

    /// Records a failed call as an issue of the connection. Errors that concern only one record are not recorded.
    pub(crate) async fn record_call_failed(&self, row: &table::ConnectionRow, error: &connectors::Error) -> Result<()> {
        let status = match error.kind {
            Kind::GrantDead => ConnectionStatus::NeedsReconnect,
            Kind::SessionExpired | Kind::RateLimited { .. } | Kind::Unavailable | Kind::Unexpected | Kind::HostNotAllowed => {
                ConnectionStatus::Degraded
            }
            Kind::Forbidden | Kind::NotFound | Kind::Refused => return Ok(()),
        };
        if error.cause == NOT_DUE {
            return Ok(());
        }
        let now = self.clock().now();
        let sentence = error.user_message();
        let issue = issues::NewIssue { sentence: &sentence, cause: error.cause, responsible: error.responsible };
        let mut tx = self.db.begin().await?;
        if let Kind::RateLimited { retry_after } = error.kind {
            pause(&mut tx, row, now + retry_after).await?;
        }
        if issues::set_issue(&mut tx, row, status, &issue, now).await? {
            metrics::counter!("lexicontract_connection_troubles_total", "cause" => error.cause).increment(1);
            if status == ConnectionStatus::NeedsReconnect {
                let summary = format!("The connection to {} needs a reconnect: {sentence}", row.account_label);
                let line = NewActivity::new(&row.organization_id, ActivityKind::ConnectionLost, "LexiContract", summary, now)
                    .connection(&row.id);
                db::audit::activity::insert(&mut tx, line).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// After a successful call by a user, ends the connection's pause and makes its waiting jobs due now.
    async fn end_pause(&self, caller: Caller, row: &table::ConnectionRow) -> Result<()> {
        let now = self.clock().now();
        if caller == Caller::Schedule || row.paused_until.is_none_or(|until| until <= now) {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        if issues::end_pause(&mut tx, &row.organization_id, &row.id, now).await? {
            db::jobs::resume_key(&mut tx, &row.organization_id, &row.id, now).await?;
            issues::record_success(&mut tx, &row.organization_id, &row.id, now).await?;
            tx.notify_job().await?;
        }
        tx.commit().await?;
        self.notifier.notify();
        Ok(())
    }

    /// Pauses the scheduled calls of the connection if its account has few API calls left.
    async fn record_api_usage(&self, row: &table::ConnectionRow, api_usage: &ApiUsage) -> Result<()> {
        if !api_usage.read().is_some_and(|limit| limit.is_above(API_USAGE_LIMIT)) {
            return Ok(());
        }
        let Terms { provider, account, administrator, .. } = connections::terms(row);
        let error = connectors::Error::new(Kind::RateLimited { retry_after: API_USAGE_PAUSE }, "few API calls are left")
            .with_cause("few_calls_left", Responsible::Transient)
            .with_message(format!(
                "The {provider} {account} has used more than 95 percent of its API calls of the last 24 hours. The rest is left \
                 for your other programs. We retry every 15 minutes. {administrator} can see what uses them."
            ));
        self.record_call_failed(row, &error).await
    }

    pub(crate) async fn record_call_succeeded(&self, row: &table::ConnectionRow) -> Result<()> {
        let mut tx = self.db.begin().await?;
        issues::record_success(&mut tx, &row.organization_id, &row.id, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Returns the provider's deal operations. Fails with an error that parks the job if a user must resume or reconnect the
    /// connection.
    pub(crate) fn usable(&self, row: &table::ConnectionRow) -> JobResult<&'static dyn Deals> {
        if !row.is_enabled {
            return Err(JobError::park("The connection is paused. Work continues when an admin resumes it."));
        }
        if row.status == ConnectionStatus::NeedsReconnect {
            return Err(JobError::park(
                "The connection needs a reconnect. We resume automatically when an admin has reconnected it.",
            ));
        }
        Ok(connections::deals(row)?)
    }

    /// If the job is scheduled and the calls of the connection are paused, fails with an error that postpones the job. Does not
    /// fail if a user must resume or reconnect the connection, because [`Self::usable`] then parks the job.
    pub(crate) fn not_paused(&self, caller: Caller, row: &table::ConnectionRow) -> JobResult {
        let needs_user = !row.is_enabled || row.status == ConnectionStatus::NeedsReconnect;
        let applies = caller == Caller::Schedule && !needs_user;
        match row.paused_until.filter(|until| applies && *until > self.clock().now()) {
            None => Ok(()),
            Some(until) => Err(JobError::postpone(until, row.last_error.clone().unwrap_or_else(|| PAUSED.to_owned()))),
        }
    }
}

/// Pauses the scheduled calls of a connection, and delays its queued jobs. Jobs that a user requested are not delayed.
pub(crate) async fn pause(tx: &mut db::Tx, row: &table::ConnectionRow, until: Timestamp) -> db::Result<()> {
    issues::pause(tx, &row.organization_id, &row.id, until).await?;
    db::jobs::delay_key(tx, &row.organization_id, &row.id, until).await.map(drop)
}

pub(crate) fn fresh_session_rejected(terms: &'static Terms, retry_after: Duration) -> connectors::Error {
    let Terms { provider, administrator, .. } = terms;
    connectors::Error::new(Kind::RateLimited { retry_after }, "a fresh session was refused")
        .with_cause("fresh_session_refused", Responsible::ProviderAdministrator)
        .with_terms(terms)
        .with_message(format!(
            "{provider} rejects a session that it has just issued, so the session cannot have expired. {administrator} should \
             check what the connected user is allowed to do there, and from which addresses. We retry every 15 minutes."
        ))
}
