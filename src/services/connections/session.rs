//! Calls of a provider with a connection's session, and what they tell about the connection.

use super::refresh::NOT_DUE;
use crate::{
    connectors::{self, ApiUsage, Call, Credentials, Deals, Kind, Tokens},
    db::{
        self,
        audit::activity::NewActivity,
        connections::{self as table, issues, token_refreshes},
    },
    domain::{
        connection::{ConnectionStatus, health::Responsible, terms::Terms},
        contract::timeline::ActivityKind,
        time::Timestamp,
    },
    hub::{Error, Hub, Result},
    jobs::JobError,
    services::connections,
};
use std::time::Duration;

/// How often one call may find its session ended: by its age, and by others who renewed it meanwhile.
const ROUNDS: usize = 4;
/// How long a connection is left alone whose fresh session was refused. No session is shorter.
pub(crate) const AFTER_REFUSAL: Duration = Duration::from_secs(15 * 60);
/// From this share of a hundred on, an org's own programs need the calls that are left.
const NEARLY_USED_UP: i64 = 95;
/// How long nothing of such a connection calls by itself.
const WHEN_NEARLY_USED_UP: Duration = Duration::from_secs(15 * 60);

/// Who wants a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A user, whose action is tried at once, also while the connection is paused.
    User,
    /// A job on schedule.
    Schedule,
}

impl From<&db::jobs::JobRow> for Caller {
    fn from(job: &db::jobs::JobRow) -> Self {
        if job.for_user { Self::User } else { Self::Schedule }
    }
}

/// Tokens that were read or renewed.
pub(crate) struct Held {
    pub(crate) tokens: Tokens,
    /// The version of the credentials.
    pub(crate) version: i64,
    /// Whether we renewed them just now.
    pub(crate) is_fresh: bool,
}

impl Hub {
    /// Calls the provider; when it says that the session has ended, renews it and calls again. Notes on the connection how it went.
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
        let outcome = self.call_and_renew(caller, &mut row, &call, &api_usage).await;
        let outcome = outcome.map_err(|error| match error {
            Error::Connector(error) => error.of(connections::terms(&row)).into(),
            error => error,
        });
        match &outcome {
            Err(Error::Connector(error)) => self.record_call_failed(&row, error).await?,
            Err(_) => {}
            Ok(_) => {
                self.end_pause(caller, &row).await?;
                self.record_api_usage(&row, &api_usage).await?;
            }
        }
        outcome
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
        let mut held = Held { tokens: self.tokens(row)?, version: row.credentials_version, is_fresh: false };
        for _ in 0..ROUNDS {
            match call(Call::with_tokens(&self.ctx, connector, &held.tokens, api_usage.clone())).await {
                Err(error) if error.kind == Kind::SessionExpired && !held.is_fresh => {
                    held = self.renew_tokens(caller, row).await?;
                    row.credentials_version = held.version;
                }
                Err(error) if error.kind == Kind::SessionExpired => break,
                outcome => return Ok(outcome?),
            }
        }
        // A refusal of a fresh session is not about its age: it is not renewed again, so this cannot go round in circles.
        let mut tx = self.db.begin().await?;
        token_refreshes::refused(&mut tx, row, held.version, self.clock().now()).await?;
        tx.commit().await?;
        Err(fresh_session_refused(connections::terms(row), AFTER_REFUSAL).into())
    }

    pub(crate) fn tokens(&self, row: &table::ConnectionRow) -> Result<Tokens> {
        match self.credentials(row)? {
            Credentials::OAuth2(tokens) => Ok(tokens),
            Credentials::ApiKey(_) => Err(Error::Inconsistent("an OAuth connection without tokens")),
        }
    }

    /// Notes that a call did not work, when that says something about the connection and not only about one record.
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
        let sentence = error.sentence();
        let trouble = issues::NewIssue { sentence: &sentence, cause: error.cause, responsible: error.responsible };
        let mut tx = self.db.begin().await?;
        if let Kind::RateLimited { retry_after } = error.kind {
            pause(&mut tx, row, now + retry_after).await?;
        }
        if issues::set_issue(&mut tx, row, status, &trouble, now).await? {
            metrics::counter!("lexicontract_connection_troubles_total", "cause" => error.cause).increment(1);
            if status == ConnectionStatus::NeedsReconnect {
                let summary = format!("The connection to {} must be renewed: {sentence}", row.account_label);
                let line = NewActivity::new(&row.organization_id, ActivityKind::ConnectionLost, "LexiContract", summary, now)
                    .connection(&row.id);
                db::audit::activity::insert(&mut tx, line).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// A call of a user that worked ends the pause, and what waits for its end runs.
    async fn end_pause(&self, caller: Caller, row: &table::ConnectionRow) -> Result<()> {
        let now = self.clock().now();
        if caller == Caller::Schedule || row.paused_until.is_none_or(|until| until <= now) {
            return Ok(());
        }
        let mut tx = self.db.begin().await?;
        if issues::end_pause(&mut tx, &row.organization_id, &row.id, now).await? {
            db::jobs::resume_key(&mut tx, &row.organization_id, &row.id, now).await?;
            issues::record_success(&mut tx, &row.organization_id, &row.id, now).await?;
            tx.announce_job().await?;
        }
        tx.commit().await?;
        self.notifier.notify();
        Ok(())
    }

    /// Lets a connection pause whose account has hardly any calls left; nobody else's waits for it.
    async fn record_api_usage(&self, row: &table::ConnectionRow, api_usage: &ApiUsage) -> Result<()> {
        if !api_usage.read().is_some_and(|allowance| allowance.is_above(NEARLY_USED_UP)) {
            return Ok(());
        }
        let error = connectors::Error::new(Kind::RateLimited { retry_after: WHEN_NEARLY_USED_UP }, "few API calls are left")
            .caused_by("few_calls_left", Responsible::Transient)
            .advise(few_calls_left(connections::terms(row)));
        self.record_call_failed(row, &error).await
    }

    /// Notes that a call worked.
    pub(crate) async fn record_call_succeeded(&self, row: &table::ConnectionRow) -> Result<()> {
        let mut tx = self.db.begin().await?;
        issues::record_success(&mut tx, &row.organization_id, &row.id, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// A CRM connection that may be used by a job: switched on, and not waiting for a person.
    pub(crate) fn usable(&self, row: &table::ConnectionRow) -> std::result::Result<&'static dyn Deals, JobError> {
        if !row.is_enabled {
            return Err(JobError::park("The connection is paused. It goes on when an admin resumes it."));
        }
        if row.status == ConnectionStatus::NeedsReconnect {
            return Err(JobError::park("The connection must be renewed. It goes on when an admin reconnects."));
        }
        Ok(connections::deals(row)?)
    }

    /// Puts a job off while its connection may not call. One that waits for a person anyway is parked instead.
    pub(crate) fn not_paused(&self, caller: Caller, row: &table::ConnectionRow) -> std::result::Result<(), JobError> {
        let waits_for_a_person = !row.is_enabled || row.status == ConnectionStatus::NeedsReconnect;
        let counts = caller == Caller::Schedule && !waits_for_a_person;
        match row.paused_until.filter(|until| *until > self.clock().now() && counts) {
            None => Ok(()),
            Some(until) => Err(JobError::postpone(until, row.last_error.clone().unwrap_or_else(|| PAUSED.to_owned()))),
        }
    }
}

const PAUSED: &str = "The account has no calls left for now. We go on by ourselves when it may call again.";

/// Nothing of a connection calls by itself until then.
pub(crate) async fn pause(tx: &mut db::Tx, row: &table::ConnectionRow, until: Timestamp) -> Result<()> {
    issues::pause(tx, &row.organization_id, &row.id, until).await?;
    db::jobs::delay_key(tx, &row.organization_id, &row.id, until).await?;
    Ok(())
}

pub(crate) fn fresh_session_refused(terms: &'static Terms, retry_after: Duration) -> connectors::Error {
    let Terms { provider, administrator, .. } = terms;
    connectors::Error::new(Kind::RateLimited { retry_after }, "a fresh session was refused")
        .caused_by("fresh_session_refused", Responsible::ProviderAdministrator)
        .of(terms)
        .advise(format!(
            "{provider} refuses a session that it has just issued, so this is not about its age. {administrator} should check what the \
             connected user may do there, and from which addresses. We retry every 15 minutes."
        ))
}

fn few_calls_left(terms: &Terms) -> String {
    let Terms { provider, account, administrator, .. } = terms;
    format!(
        "The {provider} {account} has used more than 95 percent of its API calls of the last 24 hours. The rest is for your other programs; \
         we retry every 15 minutes. {administrator} can see what uses them."
    )
}
