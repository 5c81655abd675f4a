//! The way back from the provider's consent page: state, code, tokens, account, stored.

use super::connect::Place;
use crate::{
    connectors::{self, ApiUsage, Call, Credentials, Kind, OAuthClient, Tokens},
    db::connections::{
        self as table,
        oauth_flows::{self, OAuthFlowRow},
    },
    domain::{
        account::users::Role,
        connection::{Connection, connect_failure::ConnectFailure},
        problem::Problem,
        time::Timestamp,
    },
    hub::{Error, Hub, Result, chain},
    random::digest,
    secret::Secret,
    services::{Actor, Via, connections},
    vault::Field,
};
use std::time::Duration;

/// How often, and how many times, a second callback looks whether the first one has ended: for ten seconds.
const OUTCOME_LOOKUP_EVERY: Duration = Duration::from_millis(250);
const OUTCOME_LOOKUPS: usize = 40;

/// What came back from the provider's consent page.
pub struct Callback {
    /// Our state.
    pub state: Option<Secret<String>>,
    /// The code, when consent was given.
    pub code: Option<Secret<String>>,
    /// The error, when it was not.
    pub error: Option<String>,
    /// More about the error.
    pub error_description: Option<String>,
}

impl Hub {
    /// Ends the flow of a provider. `actor` is who is signed in in the browser that came back. A second callback with the same state returns
    /// what the first one led to.
    ///
    /// # Errors
    /// What the page must say.
    pub async fn finish_flow(
        &self,
        slug: &str,
        actor: Option<&Actor>,
        callback: Callback,
    ) -> std::result::Result<Connection, ConnectFailure> {
        let (integration, client) = connections::oauth(slug).map_err(|_| ConnectFailure::Unavailable)?;
        let refusal = callback
            .error
            .as_ref()
            .map(|error| client.callback_failure(error, callback.error_description.as_deref().unwrap_or_default()));
        let Some(state) = &callback.state else {
            // There is no flow to end, but the provider's error says more than that.
            return Err(refusal.unwrap_or(ConnectFailure::StateInvalid));
        };
        if actor.is_none() {
            // A scanner or a preview of the link has no session. It must not end the flow of the person who comes after it.
            return Err(ConnectFailure::StateInvalid);
        }
        let digest = digest(state);
        let claimed = self.claim_flow(&digest).await.map_err(|error| failed(&error, ConnectFailure::StateInvalid))?;
        let Some(flow) = claimed else { return self.earlier_outcome(actor, &digest).await };
        if flow.integration_id != integration {
            // The state of one provider's flow proves nothing at the callback of another.
            self.record_failure(&flow, ConnectFailure::StateInvalid).await;
            return Err(ConnectFailure::StateInvalid);
        }
        let outcome = match (entitled(actor, &flow, self.clock().now()), refusal) {
            (Err(failure), _) => Err(failure),
            (Ok(_), Some(refusal)) => {
                tracing::info!(organization = %flow.organization_id, "consent was not given");
                Err(refusal)
            }
            (Ok(actor), None) => match &callback.code {
                Some(code) => self.redeem(actor, &flow, client, code).await,
                None => Err(ConnectFailure::ProviderError),
            },
        };
        if let Err(failure) = &outcome {
            self.record_failure(&flow, *failure).await;
        }
        outcome
    }

    /// Claims the flow for the first callback with its state, whichever session it comes from: a state that another session knows is worth
    /// nothing any more.
    async fn claim_flow(&self, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
        let mut tx = self.db.begin().await?;
        let flow = oauth_flows::claim(&mut tx, state_digest).await?;
        tx.commit().await?;
        Ok(flow)
    }

    /// What the first callback with this state led to. Waits for one that is in progress, and redeems nothing.
    async fn earlier_outcome(
        &self,
        actor: Option<&Actor>,
        state_digest: &str,
    ) -> std::result::Result<Connection, ConnectFailure> {
        for _ in 0..OUTCOME_LOOKUPS {
            let found = match self.db.acquire().await {
                Ok(mut tx) => oauth_flows::find(&mut tx, state_digest).await,
                Err(error) => Err(error),
            };
            let flow = found.map_err(|error| failed(&error.into(), ConnectFailure::StateInvalid))?;
            let flow = flow.ok_or(ConnectFailure::StateInvalid)?;
            let actor = entitled(actor, &flow, self.clock().now())?;
            match (flow.outcome.as_deref(), &flow.outcome_connection_id) {
                (Some(oauth_flows::CLAIMED), _) => tokio::time::sleep(OUTCOME_LOOKUP_EVERY).await,
                // It may be gone since.
                (Some(oauth_flows::CONNECTED), Some(id)) => {
                    return self.connection(actor, id).await.map_err(|_| ConnectFailure::StateInvalid);
                }
                (outcome, _) => return Err(outcome.and_then(ConnectFailure::parse).unwrap_or(ConnectFailure::StateInvalid)),
            }
        }
        Err(ConnectFailure::InProgress)
    }

    /// Keeps a failure for a second callback with the same state.
    async fn record_failure(&self, flow: &OAuthFlowRow, failure: ConnectFailure) {
        let recorded: Result<()> = async {
            let mut tx = self.db.begin().await?;
            oauth_flows::finish(&mut tx, flow, failure.code(), None).await?;
            Ok(tx.commit().await?)
        }
        .await;
        if let Err(error) = recorded {
            tracing::warn!(error = chain(&error), "could not record how a flow ended");
        }
    }

    async fn redeem(
        &self,
        actor: &Actor,
        flow: &OAuthFlowRow,
        client: OAuthClient,
        code: &Secret<String>,
    ) -> std::result::Result<Connection, ConnectFailure> {
        let verifier = self.verifier(flow).map_err(|error| failed(&error, ConnectFailure::StateInvalid))?;
        let login_url = url::Url::parse(&flow.login_url).map_err(|_| ConnectFailure::StateInvalid)?;
        let refused = |error: connectors::Error| {
            tracing::warn!(error = chain(&error), organization = %flow.organization_id, "could not connect");
            error.connect_failure.unwrap_or(ConnectFailure::ExchangeFailed)
        };
        let tokens = client.exchange(&self.ctx, &login_url, code, &verifier).await.map_err(refused)?;
        let call = Call::with_tokens(&self.ctx, client.connector(), &tokens, ApiUsage::default());
        let stored = match client.connector().identity.identify(&call).await {
            Ok(account) => self.store_grant(actor, flow, account, &tokens).await.map_err(|error| store_failure(&error)),
            Err(error) => Err(refused(error)),
        };
        if stored.is_err() {
            self.give_back(client, &tokens).await;
        }
        stored
    }

    /// A grant that is not kept is ended, so that nothing of it stays at the provider.
    async fn give_back(&self, client: OAuthClient, tokens: &Tokens) {
        if let Err(error) = client.revoke(&self.ctx, tokens).await {
            tracing::warn!(error = chain(&error), "could not end a grant that was not kept");
        }
    }

    fn verifier(&self, flow: &OAuthFlowRow) -> Result<Secret<String>> {
        let opened = self.vault.decrypt(&flow.organization_id, Field::Verifier, &flow.verifier)?;
        let text = String::from_utf8(opened.expose().clone()).map_err(|_| Error::Inconsistent("a verifier that is no text"))?;
        Ok(Secret::new(text))
    }

    async fn store_grant(
        &self,
        actor: &Actor,
        flow: &OAuthFlowRow,
        account: connectors::Account,
        tokens: &Tokens,
    ) -> Result<Connection> {
        let credentials = Credentials::OAuth2(tokens.clone());
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        let existing = match &flow.connection_id {
            Some(id) => table::find_locked(&mut tx, &flow.organization_id, id).await?,
            None => None,
        };
        let connection = match existing {
            Some(row) if row.external_account_id != account.external_id => return Err(Problem::OrgMismatch.into()),
            Some(row) => self.renew_connection(&mut tx, actor, row, account, &credentials).await?,
            None if flow.needs_confirmation => self.hold_for_confirmation(&mut tx, actor, flow, account, tokens).await?,
            None => {
                let place = Place { integration: &flow.integration_id, environment: flow.environment, host: flow.host.clone() };
                let row = self.new_row(&flow.organization_id, &place, account, &credentials, &actor.name);
                self.insert_connection(&mut tx, actor, row).await?
            }
        };
        oauth_flows::finish(&mut tx, flow, oauth_flows::CONNECTED, Some(&connection.id)).await?;
        tx.commit().await?;
        self.notifier.notify();
        Ok(connection)
    }
}

/// The person who may end the flow: the one who started it, in time, and still an admin.
fn entitled<'a>(actor: Option<&'a Actor>, flow: &OAuthFlowRow, now: Timestamp) -> std::result::Result<&'a Actor, ConnectFailure> {
    let actor = actor.filter(|actor| belongs_to(actor, flow) && flow.expires_at > now).ok_or(ConnectFailure::StateInvalid)?;
    actor.require(Role::Admin).map_err(|_| ConnectFailure::NotAllowed)?;
    Ok(actor)
}

/// The same browser session; or, when a program began it, any session of the same person.
fn belongs_to(actor: &Actor, flow: &OAuthFlowRow) -> bool {
    let same_person = actor.user_id == flow.user_id && actor.organization_id == flow.organization_id;
    match (&actor.via, &flow.session_id) {
        (Via::Session(session), Some(begun_in)) => same_person && session == begun_in,
        (Via::Session(_), None) => same_person,
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
        Error::Problem(Problem::NotSignedIn | Problem::Forbidden) => ConnectFailure::NotAllowed,
        Error::Problem(Problem::AlreadyConnected) => ConnectFailure::AlreadyConnected,
        Error::Connector(error) if error.kind == Kind::HostNotAllowed => ConnectFailure::InstanceNotAllowed,
        error => failed(error, ConnectFailure::ProviderError),
    }
}
