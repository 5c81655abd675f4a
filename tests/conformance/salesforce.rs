//! Adapts the Salesforce simulator to the conformance tests.

use crate::provider::{Grants, Response, Simulator};
use async_trait::async_trait;
use futures::FutureExt;
use futures::future::BoxFuture;
use lexicontract::clock::Clock;
use lexicontract::connectors::{Ctx, http};
use lexicontract::domain::record::RecordId;
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::records::text;
use salesforce_simulator::{Options, Simulator as Server};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use test_support::consent;
use test_support::settings::{FERNET_KEY, SalesforceSettings, config};
use url::Url;

struct Salesforce {
    server: Server,
    ctx: Ctx,
    deal: RecordId,
}

pub fn start(grants: Grants) -> BoxFuture<'static, Box<dyn Simulator>> {
    async move {
        let options = Options { rotation: grants == Grants::Rotate, require_pkce: true, ..Options::default() };
        let server = Server::start(options).await.unwrap();
        let ctx = context(&server);
        let deal = deal(&server);
        Box::new(Salesforce { server, ctx, deal }) as Box<dyn Simulator>
    }
    .boxed()
}

fn context(server: &Server) -> Ctx {
    let salesforce = SalesforceSettings::of(server);
    let config = config(&[&[("FERNET_KEY", FERNET_KEY)][..], &salesforce.pairs()].concat());
    Ctx { http: http::client(&config).unwrap(), clock: Clock::system(), config: Arc::new(config) }
}

/// An Opportunity from the simulator's sample data, with one file and no attachment.
fn deal(server: &Server) -> RecordId {
    let found = values(server, "Name", "Id").into_iter().find(|(name, _)| name == "Northwind platform rollout");
    RecordId::new(found.unwrap().1)
}

#[async_trait]
impl Simulator for Salesforce {
    fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    async fn allow(&self, authorize: &Url) -> HashMap<String, String> {
        consent::allow(authorize).await.query_pairs().into_owned().collect()
    }

    fn deal(&self) -> RecordId {
        self.deal.clone()
    }

    fn missing_deal(&self) -> RecordId {
        RecordId::new("006000000000001AAA")
    }

    fn stages(&self) -> Vec<String> {
        let stages: BTreeSet<String> = values(&self.server, "Id", "StageName").into_iter().map(|(_, stage)| stage).collect();
        stages.into_iter().collect()
    }

    fn status_field(&self) -> &'static str {
        "LexiContract_Status__c"
    }

    fn respond_next_with(&self, response: Response) {
        let headers = response.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let fault = Fault { status: Some(response.status), headers, body: Some(response.body.into()), ..Fault::default() };
        let fault = Fault { content_type: Some("application/json".to_owned()), ..fault };
        self.server.production().state().faults.order(vec![fault]);
    }
}

/// The values of two fields, for every Opportunity.
fn values(server: &Server, first: &str, second: &str) -> Vec<(String, String)> {
    let state = server.production().state();
    let values = state.records.all("Opportunity").map(|record| (text(record, first).to_owned(), text(record, second).to_owned()));
    values.collect()
}
