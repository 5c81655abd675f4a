//! The providers, and what a case asks of a simulator.

use crate::salesforce;
use async_trait::async_trait;
use lexicontract::{
    connectors::{ApiUsage, CONNECTORS, Call, Connector, Ctx, Deals, Error, OAuthClient, Tokens},
    domain::connection::{Environment, record::RecordId},
    secret::Secret,
};
use std::collections::HashMap;
use url::Url;

/// A provider whose connector is tried.
pub struct Provider {
    /// The short name of its connector.
    pub slug: &'static str,
    /// Starts its simulator.
    pub start: fn(Grants) -> futures::future::BoxFuture<'static, Box<dyn Simulator>>,
}

/// What becomes of refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grants {
    /// They stay.
    Keep,
    /// Each refresh replaces them, and an old one ends the grant.
    Rotate,
}

/// Every provider that has deals. The first test below fails for one that is missing.
pub static PROVIDERS: [Provider; 1] = [Provider { slug: "salesforce", start: salesforce::start }];

/// A simulated account with deals, in which everything is set up as it must be.
#[async_trait]
pub trait Simulator: Send + Sync {
    /// A context that may call it.
    fn ctx(&self) -> &Ctx;

    /// What a person does who allows access: gives the parameters of the callback.
    async fn allow(&self, authorize: &Url) -> HashMap<String, String>;

    /// A deal with one file.
    fn deal(&self) -> RecordId;

    /// The id of a deal that does not exist.
    fn missing_deal(&self) -> RecordId;

    /// The stages that its deals are in.
    fn stages(&self) -> Vec<String>;

    /// The field that takes the status.
    fn status_field(&self) -> &'static str;

    /// The next call gets this answer.
    fn answer_next_with(&self, answer: Answer);
}

/// An answer that a case orders. Its body says nothing that a rule of one provider could know.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: &'static str,
}

/// A simulator with a grant.
pub struct Connected {
    pub connector: &'static Connector,
    pub simulator: Box<dyn Simulator>,
    pub tokens: Tokens,
}

pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

impl Connected {
    /// Every provider, one after the other, each connected anew.
    pub async fn each(grants: Grants, case: impl AsyncFn(Self)) {
        for provider in &PROVIDERS {
            let connector = lexicontract::connectors::find(provider.slug).unwrap();
            let simulator = (provider.start)(grants).await;
            let tokens = sign_in(connector.oauth().unwrap(), &*simulator).await.unwrap();
            case(Self { connector, simulator, tokens }).await;
        }
    }

    pub fn oauth(&self) -> OAuthClient {
        self.connector.oauth().unwrap()
    }

    pub fn deals(&self) -> &'static dyn Deals {
        self.connector.deals.unwrap()
    }

    /// Calls with these tokens.
    pub fn call_with(&self, tokens: &Tokens) -> Call {
        Call::with_tokens(self.simulator.ctx(), self.connector, tokens, ApiUsage::default())
    }

    /// Calls with the tokens of the beginning.
    pub fn call(&self) -> Call {
        self.call_with(&self.tokens)
    }
}

/// Gives consent as a person would, and redeems the code.
pub async fn sign_in(client: OAuthClient, simulator: &dyn Simulator) -> Result<Tokens, Error> {
    let (login, authorize) = authorize(client, simulator);
    let callback = simulator.allow(&authorize).await;
    assert_eq!(callback["state"], "r4nd");
    client.exchange(simulator.ctx(), &login, &Secret::from(callback["code"].as_str()), &Secret::from(VERIFIER)).await
}

/// The login host, and where the person is sent.
pub fn authorize(client: OAuthClient, simulator: &dyn Simulator) -> (Url, Url) {
    let config = &simulator.ctx().config;
    let login = client.login_url(config, Environment::Production, None).unwrap();
    let url = client.authorize_url(config, &login, &Secret::from("r4nd"), &Secret::from(VERIFIER)).unwrap();
    (login, url)
}

#[test]
fn every_connector_with_deals_is_tried() {
    for connector in CONNECTORS.iter().filter(|connector| connector.deals.is_some()) {
        assert!(PROVIDERS.iter().any(|provider| provider.slug == connector.slug), "{} has no simulator here", connector.slug);
    }
}
