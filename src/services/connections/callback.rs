//! The OAuth 2.0 callback: checks the state, redeems the authorization code, identifies the account and stores the connection.

use super::target::Target;
use crate::connectors::{self, ApiUsage, Call, Credentials, Kind, OAuthClient, Tokens};
use crate::db::Tx;
use crate::db::connections::oauth_flows::{self, OAuthFlowRow};
use crate::db::connections::{self as table};
use crate::domain::account::users::Role;
use crate::domain::connection::Connection;
use crate::domain::connection::connect_failure::ConnectFailure;
use crate::domain::problem::Problem;
use crate::domain::time::Timestamp;
use crate::hub::{Error, Hub, Result, chain};
use crate::random::digest;
use crate::secret::Secret;
use crate::services::{Actor, Via, connections};
use crate::vault::Field;
use std::time::Duration;

/// Interval at which a repeated callback checks for the outcome of the first callback with the same state.
const OUTCOME_POLL_EVERY: Duration = Duration::from_millis(250);
const OUTCOME_POLLS: usize = 40;

type Outcome<T = Connection> = std::result::Result<T, ConnectFailure>;

/// Query parameters of the callback (RFC 6749, sections 4.1.2 and 4.1.2.1).
pub struct Callback {
    pub state: Option<Secret<String>>,
    pub code: Option<Secret<String>>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

/// The sender of a callback, who must have started the flow.
#[derive(Clone, Copy)]
enum Sender<'a> {
    User(&'a Actor),
    /// The secret of a browser in which a connect link was opened.
    Browser(&'a Secret<String>),
}

impl Hub {
    /// Finishes a flow. `actor` is the user who is signed in to LexiContract in the browser that sent the callback. A repeated
    /// callback with the same state returns the outcome of the first callback.
    pub async fn finish_flow(&self, slug: &str, actor: Option<&Actor>, callback: Callback) -> Outcome {
        self.finish(slug, actor.map(Sender::User), callback).await
    }

    /// Like [`Self::finish_flow`], for the flow of a connect link. `browser` is the secret of the browser that sent the callback.
    pub async fn finish_link_flow(&self, slug: &str, browser: Option<&Secret<String>>, callback: Callback) -> Outcome {
        self.finish(slug, browser.map(Sender::Browser), callback).await
    }

    async fn finish(&self, slug: &str, sender: Option<Sender<'_>>, callback: Callback) -> Outcome {
        let (integration, client) = connections::oauth(slug).map_err(|_| ConnectFailure::Unavailable)?;
        let denial = callback
            .error
            .as_ref()
            .map(|error| client.callback_failure(error, callback.error_description.as_deref().unwrap_or_default()));
        let Some(state) = &callback.state else {
            // The provider's error is more specific than the missing state, so it takes precedence.
            return Err(denial.unwrap_or(ConnectFailure::StateInvalid));
        };
        // A request without a session or a secret must not consume the state, because it can come from a link scanner or a link
        // preview.
        let sender = sender.ok_or(ConnectFailure::StateInvalid)?;
        let digest = digest(state);
        let claimed = self.claim_flow(&digest).await.map_err(|error| failed(&error, ConnectFailure::StateInvalid))?;
        let Some(flow) = claimed else { return self.earlier_outcome(sender, &digest).await };
        if flow.integration_id != integration {
            self.record_failure(&flow, ConnectFailure::StateInvalid).await;
            return Err(ConnectFailure::StateInvalid);
        }
        let outcome = match (self.authorize_sender(sender, &flow).await, denial) {
            (Err(failure), _) => Err(failure),
            (Ok(()), Some(denial)) => {
                tracing::info!(organization = %flow.organization_id, "consent was not given");
                Err(denial)
            }
            (Ok(()), None) => match &callback.code {
                Some(code) => self.redeem(sender, &flow, client, code).await,
                None => Err(ConnectFailure::ProviderError),
            },
        };
        if let Err(failure) = &outcome {
            self.record_failure(&flow, *failure).await;
        }
        outcome
    }

    /// Claims the flow for the first callback with its state. The session is checked afterwards, so a callback from another
    /// session also consumes the state. This is intended, because a state that another session knows is compromised.
    async fn claim_flow(&self, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
        let mut tx = self.db.begin().await?;
        let flow = oauth_flows::claim(&mut tx, state_digest).await?;
        tx.commit().await?;
        Ok(flow)
    }

    /// Returns the outcome of the first callback with this state. Waits while that callback is in progress.
    async fn earlier_outcome(&self, sender: Sender<'_>, state_digest: &str) -> Outcome {
        for _ in 0..OUTCOME_POLLS {
            let found = self.find_flow(state_digest).await.map_err(|error| failed(&error, ConnectFailure::StateInvalid))?;
            let flow = found.ok_or(ConnectFailure::StateInvalid)?;
            authorized(sender, &flow, self.clock().now())?;
            match (flow.outcome.as_deref(), &flow.outcome_connection_id) {
                (Some(oauth_flows::CLAIMED), _) => tokio::time::sleep(OUTCOME_POLL_EVERY).await,
                (Some(oauth_flows::CONNECTED), Some(id)) => {
                    let mut tx = self.db.acquire().await.map_err(|error| failed(&error.into(), ConnectFailure::StateInvalid))?;
                    let found = self.find_connection(&mut tx, &flow.organization_id, id).await;
                    return found.map_err(|_| ConnectFailure::StateInvalid);
                }
                (outcome, _) => return Err(outcome.and_then(ConnectFailure::parse).unwrap_or(ConnectFailure::StateInvalid)),
            }
        }
        Err(ConnectFailure::InProgress)
    }

    async fn find_flow(&self, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
        Ok(oauth_flows::find(&mut self.db.acquire().await?, state_digest).await?)
    }

    async fn record_failure(&self, flow: &OAuthFlowRow, failure: ConnectFailure) {
        let recorded: Result<()> = async {
            let mut tx = self.db.begin().await?;
            oauth_flows::finish(&mut tx, flow, failure.into_str(), None).await?;
            Ok(tx.commit().await?)
        }
        .await;
        if let Err(error) = recorded {
            tracing::warn!(error = chain(&error), "could not record the outcome of a flow");
        }
    }

    async fn redeem(&self, sender: Sender<'_>, flow: &OAuthFlowRow, client: OAuthClient, code: &Secret<String>) -> Outcome {
        let verifier = self.verifier(flow).map_err(|error| failed(&error, ConnectFailure::StateInvalid))?;
        let login_url = url::Url::parse(&flow.login_url).map_err(|_| ConnectFailure::StateInvalid)?;
        let rejected = |error: connectors::Error| {
            tracing::warn!(error = chain(&error), organization = %flow.organization_id, "could not connect");
            error.connect_failure.unwrap_or(ConnectFailure::ExchangeFailed)
        };
        let tokens = client.exchange(&self.ctx, &login_url, code, &verifier).await.map_err(rejected)?;
        let call = Call::with_tokens(&self.ctx, client.connector(), &tokens, ApiUsage::default());
        let stored = match client.connector().identity.identify(&call).await {
            Ok(account) => self.store_grant(sender, flow, account, &tokens).await.map_err(|error| store_failure(&error)),
            Err(error) => Err(rejected(error)),
        };
        // Revokes a grant that is not stored, because it would otherwise stay valid at the provider.
        if stored.is_err()
            && let Err(error) = client.revoke(&self.ctx, &tokens).await
        {
            tracing::warn!(error = chain(&error), "could not revoke a grant that was not stored");
        }
        stored
    }

    fn verifier(&self, flow: &OAuthFlowRow) -> Result<Secret<String>> {
        let opened = self.vault.decrypt(&flow.organization_id, Field::Verifier, &flow.verifier)?;
        let text = String::from_utf8(opened.expose().clone()).map_err(|_| Error::Inconsistent("a verifier that is not UTF-8"))?;
        Ok(Secret::new(text))
    }

    async fn store_grant(
        &self,
        sender: Sender<'_>,
        flow: &OAuthFlowRow,
        account: connectors::Account,
        tokens: &Tokens,
    ) -> Result<Connection> {
        let (mut tx, connection) = match sender {
            Sender::User(actor) => {
                let mut tx = self.begin_as(actor, Role::Admin).await?;
                let connection = self.store_grant_of_user(&mut tx, actor, flow, account, tokens).await?;
                (tx, connection)
            }
            Sender::Browser(_) => {
                let mut tx = self.db.begin().await?;
                let connection = self.store_link_grant(&mut tx, flow, account, tokens).await?;
                (tx, connection)
            }
        };
        oauth_flows::finish(&mut tx, flow, oauth_flows::CONNECTED, Some(&connection.id)).await?;
        tx.commit().await?;
        self.notifier.notify();
        if let Sender::User(actor) = sender {
            self.try_start_polling(actor, &connection.id, connection.created_at).await;
        }
        Ok(connection)
    }

    async fn store_grant_of_user(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        flow: &OAuthFlowRow,
        account: connectors::Account,
        tokens: &Tokens,
    ) -> Result<Connection> {
        let credentials = Credentials::OAuth2(tokens.clone());
        let existing = match &flow.connection_id {
            Some(id) => table::find_locked(tx, &flow.organization_id, id).await?,
            None => None,
        };
        match existing {
            Some(row) if row.external_account_id != account.external_id => Err(Problem::OrgMismatch.into()),
            Some(row) => self.renew_connection(tx, actor, row, account, &credentials).await,
            None if flow.needs_confirmation => self.hold_for_confirmation(tx, actor, flow, account, tokens).await,
            None => {
                let target = Target { integration: &flow.integration_id, environment: flow.environment, host: flow.host.clone() };
                let credentials = self.seal(&flow.organization_id, &credentials);
                let row = target.new_row(&flow.organization_id, account, credentials, &actor.name, self.clock().now());
                self.insert_connection(tx, actor, row).await
            }
        }
    }

    /// Like [`authorized`]. The link of a flow must also be open, because it can have ended since the flow was started.
    async fn authorize_sender(&self, sender: Sender<'_>, flow: &OAuthFlowRow) -> Outcome<()> {
        authorized(sender, flow, self.clock().now())?;
        match &flow.connect_link_id {
            Some(link) => self.require_open_link(&flow.organization_id, link).await.map_err(|error| store_failure(&error)),
            None => Ok(()),
        }
    }
}

/// Fails unless the sender started the flow and the flow has not expired. A user must also be an admin.
fn authorized(sender: Sender<'_>, flow: &OAuthFlowRow, now: Timestamp) -> Outcome<()> {
    let has_started = match sender {
        Sender::User(actor) => belongs_to(actor, flow),
        Sender::Browser(secret) => flow.connect_link_id.is_some() && flow.browser_digest == Some(digest(secret)),
    };
    match sender {
        _ if !has_started || flow.expires_at <= now => Err(ConnectFailure::StateInvalid),
        Sender::User(actor) => actor.require(Role::Admin).map_err(|_| ConnectFailure::NotAllowed),
        Sender::Browser(_) => Ok(()),
    }
}

/// Returns `true` if the actor's session started the flow. If an API token started the flow, any session of the same user can
/// finish the flow. No session can finish the flow of a connect link, also not of the user who created the link.
fn belongs_to(actor: &Actor, flow: &OAuthFlowRow) -> bool {
    let is_same_user = actor.user_id == flow.user_id && actor.organization_id == flow.organization_id;
    match (&actor.via, &flow.session_id) {
        _ if flow.connect_link_id.is_some() => false,
        (Via::Session(session), Some(started_in)) => is_same_user && session == started_in,
        (Via::Session(_), None) => is_same_user,
        (Via::Token(_), _) => false,
    }
}

fn failed(error: &Error, failure: ConnectFailure) -> ConnectFailure {
    tracing::error!(error = chain(error), "could not finish a connection");
    failure
}

fn store_failure(error: &Error) -> ConnectFailure {
    match error {
        Error::Problem(Problem::OrgMismatch) => ConnectFailure::OrgMismatch,
        Error::Problem(Problem::NotSignedIn | Problem::Forbidden | Problem::ConnectLinkInvalid) => ConnectFailure::NotAllowed,
        Error::Problem(Problem::AlreadyConnected) => ConnectFailure::AlreadyConnected,
        Error::Connector(error) if error.kind == Kind::HostNotAllowed => ConnectFailure::InstanceNotAllowed,
        error => failed(error, ConnectFailure::ProviderError),
    }
}
