//! The way back from the provider's consent page: state, code, tokens, account, stored.

use super::{Actor, Via, connect::Place};
use crate::{
    connectors::{self, Access, Credentials, Kind, OAuthConnector, Session, Tokens},
    db::{connections as table, oauth_flows},
    domain::{connect_failure::ConnectFailure, connection::Connection, people::Role, problem::Problem},
    hub::{Error, Hub, Result, chain},
    random::digest,
    secret::Secret,
    vault::Field,
};

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
    /// Ends the Salesforce flow. `actor` is who is signed in in the browser that came back.
    ///
    /// # Errors
    /// What the page must say.
    pub async fn finish_salesforce(
        &self,
        actor: Option<&Actor>,
        callback: Callback,
    ) -> std::result::Result<Connection, ConnectFailure> {
        let Some(Access::OAuth2(connector)) = connectors::find("salesforce").map(|info| &info.access) else {
            return Err(ConnectFailure::Unavailable);
        };
        let refusal = callback
            .error
            .as_ref()
            .map(|error| connector.callback_failure(error, callback.error_description.as_deref().unwrap_or_default()));
        if let (None, Some(refusal)) = (&callback.state, refusal) {
            // Nobody's flow, so nothing ends here; but what Salesforce says is worth more than that.
            return Err(refusal);
        }
        let (actor, flow) = self.take_flow(actor, &callback).await?;
        if let Some(refusal) = refusal {
            tracing::info!(organization = %flow.organization_id, "consent was not given");
            return Err(refusal);
        }
        let code = callback.code.ok_or(ConnectFailure::SalesforceError)?;
        self.redeem(actor, &flow, *connector, &code).await
    }

    /// Takes the flow whose state came back, whoever brings it: a state that was seen once is worth nothing any more.
    async fn take_flow<'a>(
        &self,
        actor: Option<&'a Actor>,
        callback: &Callback,
    ) -> std::result::Result<(&'a Actor, oauth_flows::OAuthFlowRow), ConnectFailure> {
        let state = callback.state.as_ref().ok_or(ConnectFailure::StateInvalid)?;
        let taken: Result<_> = async {
            let mut tx = self.db.begin().await?;
            let flow = oauth_flows::take(&mut tx, &digest(state)).await?;
            tx.commit().await?;
            Ok(flow)
        }
        .await;
        let flow = taken.map_err(|error| failed(&error, ConnectFailure::StateInvalid))?.ok_or(ConnectFailure::StateInvalid)?;
        let actor = actor
            .filter(|actor| belongs_to(actor, &flow) && flow.expires_at > self.clock().now())
            .ok_or(ConnectFailure::StateInvalid)?;
        actor.require(Role::Admin).map_err(|_| ConnectFailure::NotAllowed)?;
        Ok((actor, flow))
    }

    async fn redeem(
        &self,
        actor: &Actor,
        flow: &oauth_flows::OAuthFlowRow,
        connector: &dyn OAuthConnector,
        code: &Secret<String>,
    ) -> std::result::Result<Connection, ConnectFailure> {
        let verifier = self.verifier(flow).map_err(|error| failed(&error, ConnectFailure::StateInvalid))?;
        let login_url = url::Url::parse(&flow.login_url).map_err(|_| ConnectFailure::StateInvalid)?;
        let refused = |error: connectors::Error| {
            tracing::warn!(error = chain(&error), organization = %flow.organization_id, "could not connect Salesforce");
            connector.exchange_failure(&error)
        };
        let tokens = connector.exchange(&self.ctx, &login_url, code, &verifier).await.map_err(refused)?;
        let session = Session::new(&tokens);
        let stored = match connector.identify(&self.ctx, &session).await {
            Ok(account) => self.store_grant(actor, flow, account, &tokens).await.map_err(|error| store_failure(&error)),
            Err(error) => Err(refused(error)),
        };
        if stored.is_err() {
            self.give_back(connector, &tokens).await;
        }
        stored
    }

    /// A grant that is not kept is ended, so that nothing of it stays at the provider.
    async fn give_back(&self, connector: &dyn OAuthConnector, tokens: &Tokens) {
        if let Err(error) = connector.revoke(&self.ctx, tokens).await {
            tracing::warn!(error = chain(&error), "could not end a grant that was not kept");
        }
    }

    fn verifier(&self, flow: &oauth_flows::OAuthFlowRow) -> Result<Secret<String>> {
        let opened = self.vault.decrypt(&flow.organization_id, Field::Verifier, &flow.verifier)?;
        let text = String::from_utf8(opened.expose().clone()).map_err(|_| Error::Inconsistent("a verifier that is no text"))?;
        Ok(Secret::new(text))
    }

    async fn store_grant(
        &self,
        actor: &Actor,
        flow: &oauth_flows::OAuthFlowRow,
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
            None => {
                let place = Place { integration: &flow.integration_id, environment: flow.environment, host: flow.host.clone() };
                let row = self.new_row(&flow.organization_id, &place, account, &credentials, &actor.name);
                self.insert_connection(&mut tx, actor, row).await?
            }
        };
        tx.commit().await?;
        self.wake.wake();
        Ok(connection)
    }
}

/// The same browser session; or, when a program began it, any session of the same person.
fn belongs_to(actor: &Actor, flow: &oauth_flows::OAuthFlowRow) -> bool {
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
        error => failed(error, ConnectFailure::SalesforceError),
    }
}
