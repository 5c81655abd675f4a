//! Two Salesforce accounts whose records have equal ids: production, and a sandbox that is a full copy of production.

use lexicontract::domain::connection::{Connection, Environment};
use lexicontract::domain::contract::{Contract, NegotiationStatus, SyncStatus};
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::record::RecordId;
use lexicontract::secret::Secret;
use lexicontract::services::ContractFilter;
use salesforce_simulator::state::organization::{Environment as Place, State};
use salesforce_simulator::state::records::Records;
use salesforce_simulator::state::schema::STATUS_FIELD;
use salesforce_simulator::state::{files, opportunities, seed};
use serde_json::Value;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, call_about, file, salesforce_webhook};

const AT: &str = "2026-11-20T10:00:00.000+0000";

/// Production and its sandbox, both connected to one organization.
struct Both {
    production: Connected,
    sandbox: (Connection, Secret<String>),
    /// An Opportunity that exists in both orgs.
    opportunity: RecordId,
}

/// Makes the sandbox a full copy of production: the records keep their ids, and the sandbox org has a new id. Returns the id of
/// an Opportunity that exists in both orgs.
fn copy(fixture: &Fixture) -> RecordId {
    let mut production = fixture.salesforce();
    // Advances production's id counter, so that the sandbox's counter can reach the Opportunity's id.
    for _ in 0..20 {
        production.records.new_id("006");
    }
    let id = opportunities::create(&mut production, "Rollout", None, "Prospecting", AT);
    let mut copy = fixture.sandbox();
    copy.records = Records::new("ak0");
    copy.records.new_id("00D");
    seed::fill(&mut copy, Place::Sandbox, fixture.simulator.clock().now());
    assert_ne!(copy.organization_id, production.organization_id);
    let has_id = (0..100).any(|_| opportunities::create(&mut copy, "Rollout (copy)", None, "Prospecting", AT) == id);
    assert!(has_id, "the copy has {id}");
    RecordId::new(id)
}

fn attach(state: &mut State, opportunity: &RecordId, day: u8, bytes: &'static [u8]) {
    files::attach(state, opportunity.as_str(), &file(day, bytes));
}

fn status_in(state: &State, opportunity: &RecordId) -> Value {
    state.records.live("Opportunity", opportunity.as_str()).unwrap()[STATUS_FIELD].clone()
}

impl Both {
    async fn connect(fixture: Fixture) -> Self {
        let opportunity = copy(&fixture);
        let Connected { fixture, connection, secret } = fixture.connect_to(Environment::Sandbox).await;
        let production = fixture.connect().await;
        assert_ne!(connection.external_account_id, production.connection.external_account_id);
        Self { production, sandbox: (connection, secret), opportunity }
    }

    /// Makes the webhook call of the sandbox's trigger and runs due jobs. Returns the contract.
    async fn deliver_from_sandbox(&self) -> Contract {
        let (connection, secret) = &self.sandbox;
        let (hub, admin) = (&self.production.hub, &self.production.admin);
        let caller = hub.webhook_caller(secret).await.unwrap().unwrap();
        let call = call_about(&caller, vec![self.opportunity.clone()]);
        let receipt = hub.receive(&caller, salesforce_webhook(), call, None).await.unwrap().remove(0);
        self.production.run_jobs().await;
        let page = hub.deliveries(admin, &connection.id, &PageRequest::default()).await.unwrap();
        let delivery = page.items.into_iter().find(|delivery| delivery.id == receipt.delivery_id).unwrap();
        assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
        self.production.contract(delivery.contract_id.as_ref().unwrap()).await
    }

    async fn change(&self, contract: &Contract, status: NegotiationStatus) {
        let production = &self.production;
        production.hub.change_status(&production.admin, &contract.id, status).await.unwrap();
        production.run_jobs().await;
    }

    /// The Opportunity's contract status in production, then in the sandbox.
    fn statuses(&self) -> (Value, Value) {
        let production = status_in(&self.production.salesforce(), &self.opportunity);
        (production, status_in(&self.production.sandbox(), &self.opportunity))
    }
}

fn file_names(contract: &Contract) -> Vec<&str> {
    contract.versions.iter().map(|version| version.file_name.as_str()).collect()
}

#[tokio::test]
async fn production_and_sandbox_records_with_the_same_id_become_separate_contracts() {
    on_every_database(async |opened| {
        let both = Both::connect(Fixture::start(opened).await).await;
        let (fixture, id) = (&both.production, &both.opportunity);
        attach(&mut fixture.salesforce(), id, 1, b"%PDF-1.7 the real one");
        attach(&mut fixture.sandbox(), id, 9, b"%PDF-1.7 a test");
        let production = fixture.deliver_contract(id).await;
        let sandbox = both.deliver_from_sandbox().await;
        assert_ne!(production.id, sandbox.id);
        assert_eq!(
            (production.title.as_str(), sandbox.title.as_str()),
            ("Rollout", "Rollout (copy)"),
            "titles in production and in the sandbox"
        );
        for (contract, connection) in [(&production, &fixture.connection), (&sandbox, &both.sandbox.0)] {
            let source = contract.source().unwrap();
            assert_eq!((&source.record_id, source.connection_id.as_ref()), (id, Some(&connection.id)), "record, connection");
        }
        attach(&mut fixture.sandbox(), id, 10, b"%PDF-1.7 a newer test");
        let sandbox = both.deliver_from_sandbox().await;
        let production = fixture.deliver_contract(id).await;
        assert_eq!(file_names(&sandbox), ["Agreement 9.pdf", "Agreement 10.pdf"]);
        assert_eq!(file_names(&production), ["Agreement 1.pdf"], "the newer file is not in production");
        let all = fixture.hub.contracts(&fixture.admin, &ContractFilter::default()).await.unwrap().items;
        assert_eq!(all.len(), 2);
        let plan = fixture.hub.dry_run(&fixture.admin, &both.sandbox.0.id, id.as_str()).await.unwrap();
        assert_eq!(plan.contract.id.as_ref(), Some(&sandbox.id));
        let plan = fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, id.as_str()).await.unwrap();
        assert_eq!(plan.contract.id.as_ref(), Some(&production.id));
    })
    .await;
}

#[tokio::test]
async fn status_is_written_only_to_the_account_of_the_contract() {
    on_every_database(async |opened| {
        let both = Both::connect(Fixture::start(opened).await).await;
        let fixture = &both.production;
        let sandbox = both.deliver_from_sandbox().await;
        let production = fixture.deliver_contract(&both.opportunity).await;
        both.change(&production, NegotiationStatus::Signed).await;
        assert_eq!(both.statuses(), ("Signed".into(), "Draft".into()), "status in production, in the sandbox");
        assert_eq!(fixture.contract(&sandbox.id).await.negotiation_status, NegotiationStatus::Draft);
        both.change(&sandbox, NegotiationStatus::Rejected).await;
        assert_eq!(both.statuses(), ("Signed".into(), "Rejected".into()), "status in production, in the sandbox");
        assert_eq!(fixture.sync(&production.id).await.last_synced_value.as_deref(), Some("Signed"));
        assert_eq!(
            (fixture.salesforce().writes.entries().count(), fixture.sandbox().writes.entries().count()),
            (2, 2),
            "writes to production, to the sandbox"
        );
    })
    .await;
}

#[tokio::test]
async fn disconnecting_the_sandbox_does_not_affect_production() {
    on_every_database(async |opened| {
        let both = Both::connect(Fixture::start(opened).await).await;
        let (fixture, connection) = (&both.production, &both.sandbox.0);
        let sandbox = both.deliver_from_sandbox().await;
        let production = fixture.deliver_contract(&both.opportunity).await;
        for contract in [&production, &sandbox] {
            let change = fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Approved).await;
            assert_eq!(change.unwrap().source().unwrap().sync.status, SyncStatus::Pending);
        }
        fixture.hub.disconnect(&fixture.admin, &connection.id).await.unwrap();
        fixture.run_jobs().await;
        let (kept, failed) = (fixture.sync(&production.id).await, fixture.sync(&sandbox.id).await);
        assert_eq!(
            (kept.status, failed.status),
            (SyncStatus::Synced, SyncStatus::Failed),
            "status of the production contract, of the sandbox contract"
        );
        assert_eq!(both.statuses(), ("Approved".into(), "Draft".into()), "status in production, in the sandbox");
        let left = fixture.contract(&sandbox.id).await;
        assert_eq!(
            (left.source().unwrap().connection_id.as_ref(), &left.source().unwrap().record_id),
            (None, &both.opportunity),
            "connection, record"
        );
    })
    .await;
}

#[tokio::test]
async fn lookup_by_record_id_returns_the_newest_contract() {
    on_every_database(async |opened| {
        let both = Both::connect(Fixture::start(opened).await).await;
        let (fixture, pasted) = (&both.production, both.opportunity.as_str());
        let find = async || fixture.hub.contract_of_record(&fixture.admin, "salesforce", pasted).await;
        assert_eq!(find().await.unwrap(), None);
        let production = fixture.deliver_contract(&both.opportunity).await;
        assert_eq!(find().await.unwrap().as_ref(), Some(&production.id));
        let sandbox = both.deliver_from_sandbox().await;
        assert_eq!(find().await.unwrap(), Some(sandbox.id));
    })
    .await;
}
