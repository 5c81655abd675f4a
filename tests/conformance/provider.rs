//! The tested providers, and the interface of their simulators.

use crate::salesforce;
use async_trait::async_trait;
use lexicontract::connectors::{ApiUsage, CONNECTORS, Call, Connector, Ctx, Deals, Error, OAuthClient, Tokens};
use lexicontract::domain::connection::Environment;
use lexicontract::domain::record::RecordId;
use lexicontract::secret::Secret;
use std::collections::HashMap;
use url::Url;

pub struct Provider {
    pub slug: &'static str,
    pub start: fn(Grants) -> futures::future::BoxFuture<'static, Box<dyn Simulator>>,
}

/// Effect of a refresh on the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grants {
    /// The refresh token stays valid.
    Keep,
    /// Each refresh replaces the refresh token. The use of a replaced token revokes the grant.
    Rotate,
}

/// Every provider with deals.
pub static PROVIDERS: [Provider; 1] = [Provider { slug: "salesforce", start: salesforce::start }];

/// A simulated provider account that is fully configured and contains deals.
#[async_trait]
pub trait Simulator: Send + Sync {
    /// A context whose configuration allows requests to the simulator's hosts.
    fn ctx(&self) -> &Ctx;

    /// Gives consent. Returns the query parameters of the callback.
    async fn allow(&self, authorize: &Url) -> HashMap<String, String>;

    /// A deal with one file.
    fn deal(&self) -> RecordId;

    /// The id of a deal that does not exist.
    fn missing_deal(&self) -> RecordId;

    /// The stages of the deals in this account.
    fn stages(&self) -> Vec<String>;

    fn status_field(&self) -> &'static str;

    /// Makes the simulator send `response` to the next request.
    fn respond_next_with(&self, response: Response);
}

/// A scripted response whose body matches no provider-specific error rule.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: &'static str,
}

/// A connector, the simulator of its provider, and the tokens of a sign-in.
pub struct Connected {
    pub connector: &'static Connector,
    pub simulator: Box<dyn Simulator>,
    pub tokens: Tokens,
}

pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

impl Connected {
    /// Runs a test for every provider, each time with a new simulator and a new sign-in.
    pub async fn each(grants: Grants, test: impl AsyncFn(Self)) {
        for provider in &PROVIDERS {
            let connector = lexicontract::connectors::find(provider.slug).unwrap();
            let simulator = (provider.start)(grants).await;
            let tokens = sign_in(connector.oauth().unwrap(), &*simulator).await.unwrap();
            test(Self { connector, simulator, tokens }).await;
        }
    }

    pub fn oauth(&self) -> OAuthClient {
        self.connector.oauth().unwrap()
    }

    pub fn deals(&self) -> &'static dyn Deals {
        self.connector.deals.unwrap()
    }

    pub fn call_with(&self, tokens: &Tokens) -> Call {
        Call::with_tokens(self.simulator.ctx(), self.connector, tokens, ApiUsage::default())
    }

    pub fn call(&self) -> Call {
        self.call_with(&self.tokens)
    }
}

/// Gives consent, and exchanges the authorization code for tokens.
pub async fn sign_in(client: OAuthClient, simulator: &dyn Simulator) -> Result<Tokens, Error> {
    let (login, authorize) = authorize(client, simulator);
    let callback = simulator.allow(&authorize).await;
    assert_eq!(callback["state"], "r4nd");
    client.exchange(simulator.ctx(), &login, &Secret::from(callback["code"].as_str()), &Secret::from(VERIFIER)).await
}

/// Returns the login URL and the authorization URL.
pub fn authorize(client: OAuthClient, simulator: &dyn Simulator) -> (Url, Url) {
    let config = &simulator.ctx().config;
    let login = client.login_url(config, Environment::Production, None).unwrap();
    let url = client.authorize_url(config, &login, &Secret::from("r4nd"), &Secret::from(VERIFIER)).unwrap();
    (login, url)
}

#[test]
fn every_connector_with_deals_is_tested() {
    for connector in CONNECTORS.iter().filter(|connector| connector.deals.is_some()) {
        assert!(PROVIDERS.iter().any(|provider| provider.slug == connector.slug), "{} has no simulator here", connector.slug);
    }
}
