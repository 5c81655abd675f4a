//! Test fixture: a hub with a fixed clock and no workers, a signed-in admin, and a simulated Salesforce.

use crate::consent;
use crate::databases::{Opened, execute};
use crate::settings::{FERNET_KEY, SalesforceSettings, config};
use crate::users::register;
use lexicontract::clock::Clock;
use lexicontract::connectors::webhook::{WebhookCall, WebhookSpec};
use lexicontract::connectors::{self};
use lexicontract::domain::connection::{Authorization, Connection, Environment};
use lexicontract::domain::contract::{Contract, Sync};
use lexicontract::domain::delivery::{Acceptance, Delivery, Receipt};
use lexicontract::domain::ids::{ConnectionId, ContractId, IntegrationId};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::record::{RecordId, RecordRef};
use lexicontract::domain::time::Timestamp;
use lexicontract::hub::{Hub, StartError};
use lexicontract::secret::Secret;
use lexicontract::services::{Actor, Callback, ConnectRequest, Connecting, ConnectionChange, WebhookCaller};
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::files::{self, NewFile};
use salesforce_simulator::state::opportunities;
use salesforce_simulator::state::organization::State;
use salesforce_simulator::{Options, Simulator};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::MutexGuard;
use std::time::Duration;
use url::Url;

/// The time at which the hub's clock starts: 22 November 2026, 16:00 UTC.
pub const BEGINNING: Timestamp = Timestamp::from_millis(1_795_363_200_000);
const MAX_FILE_BYTES: &str = "100000";

pub struct Fixture {
    pub opened: Opened,
    pub simulator: Simulator,
    pub hub: Hub,
    pub admin: Actor,
}

/// A fixture with a connection and a webhook secret.
pub struct Connected {
    pub fixture: Fixture,
    pub connection: Connection,
    pub secret: Secret<String>,
}

impl Fixture {
    pub async fn start(opened: Opened) -> Self {
        Self::with(opened, &[]).await
    }

    pub async fn with(opened: Opened, settings: &[(&str, &str)]) -> Self {
        let simulator = Simulator::start(Options { require_pkce: true, ..Options::default() }).await.unwrap();
        let hub = open_hub(&opened, Some(&simulator), settings).await.unwrap();
        let admin = register(&hub, "ada").await;
        Self { opened, simulator, hub, admin }
    }

    pub fn salesforce(&self) -> MutexGuard<'_, State> {
        self.simulator.production().state()
    }

    pub fn sandbox(&self) -> MutexGuard<'_, State> {
        self.simulator.sandbox().state()
    }

    pub fn advance(&self, seconds: u64) {
        self.hub.clock().advance(Duration::from_secs(seconds));
    }

    /// Extends every session, for tests that advance the clock beyond the session lifetime.
    pub async fn stay_signed_in(&self) {
        let end = "2100-01-01T00:00:00.000Z";
        execute(&self.opened.db, &format!("UPDATE sessions SET last_seen_at = '{end}', expires_at = '{end}'")).await;
    }

    /// Runs all due jobs except analyses, and returns their number. Analyses cannot run in tests: they would start the current
    /// executable, which is the test program, as the document reader.
    pub async fn run_jobs(&self) -> usize {
        let mut done = 0;
        while self.hub.run_one_job(false).await.unwrap() {
            done += 1;
        }
        done
    }

    pub async fn begin_to_connect(&self) -> Authorization {
        self.begin_to_connect_to(Environment::Production).await
    }

    pub async fn begin_to_connect_to(&self, environment: Environment) -> Authorization {
        let salesforce = IntegrationId::from_suffix("salesforce");
        let request = ConnectRequest { environment: Some(environment), ..ConnectRequest::default() };
        match self.hub.connect(&self.admin, &salesforce, request).await.unwrap() {
            Connecting::Authorize(authorization) => authorization,
            Connecting::Done(_) => panic!("Salesforce asks for consent"),
        }
    }

    pub async fn begin_to_reconnect(&self, id: &ConnectionId) -> Authorization {
        match self.hub.reconnect(&self.admin, id, [].into()).await.unwrap() {
            Connecting::Authorize(authorization) => authorization,
            Connecting::Done(_) => panic!("Salesforce asks for consent"),
        }
    }

    /// Submits the consent page with the decision `allow` or `deny`. Returns the callback.
    pub async fn decide(&self, authorization: &Authorization, decision: &str) -> Callback {
        let back = consent::decide(&Url::parse(&authorization.authorization_url).unwrap(), decision).await;
        let mut pairs: HashMap<String, String> = back.query_pairs().into_owned().collect();
        Callback {
            state: pairs.remove("state").map(Secret::new),
            code: pairs.remove("code").map(Secret::new),
            error: pairs.remove("error"),
            error_description: pairs.remove("error_description"),
        }
    }

    pub async fn allow(&self, authorization: &Authorization) -> Callback {
        self.decide(authorization, "allow").await
    }

    pub async fn connect(self) -> Connected {
        self.connect_to(Environment::Production).await
    }

    pub async fn connect_to(self, environment: Environment) -> Connected {
        let callback = self.allow(&self.begin_to_connect_to(environment).await).await;
        let connection = self.hub.finish_flow("salesforce", Some(&self.admin), callback).await.unwrap();
        let made = self.hub.make_webhook_secret(&self.admin, &connection.id).await.unwrap();
        Connected { fixture: self, connection, secret: Secret::new(made.secret) }
    }
}

impl std::ops::Deref for Connected {
    type Target = Fixture;

    fn deref(&self) -> &Fixture {
        &self.fixture
    }
}

impl Connected {
    pub async fn start(opened: Opened) -> Self {
        Fixture::start(opened).await.connect().await
    }

    /// Creates an Opportunity in the simulator, and attaches `file` if it is `Some`.
    pub fn opportunity(&self, name: &str, file: Option<NewFile>) -> RecordId {
        let mut state = self.salesforce();
        let id = opportunities::create(&mut state, name, Some("Northwind"), "Prospecting", "2026-11-20T10:00:00.000+0000");
        if let Some(file) = file {
            files::attach(&mut state, &id, &file);
        }
        RecordId::new(id)
    }

    pub fn attach(&self, opportunity: &RecordId, file: &NewFile) -> String {
        files::attach(&mut self.salesforce(), opportunity.as_str(), file).version_id
    }

    /// Changes settings of the connection.
    pub async fn change_settings(&self, metadata: Value) {
        let change = ConnectionChange { metadata: metadata.as_object().cloned(), ..ConnectionChange::default() };
        self.hub.update_connection(&self.admin, &self.connection.id, change).await.unwrap();
    }

    pub fn fault(&self, fault: Fault) {
        self.salesforce().faults.order(vec![fault]);
    }

    /// Makes the webhook call of the Apex trigger for an Opportunity.
    pub async fn call(&self, opportunity: &RecordId) -> Receipt {
        let caller = self.hub.webhook_caller(&self.secret).await.unwrap().expect("the secret works");
        let account_id = self.connection.external_account_id.clone().unwrap();
        let call = WebhookCall { account_id, events: vec![RecordRef::deal(opportunity.clone()).into()], is_batch: false };
        self.hub.receive(&caller, salesforce_webhook(), call, None).await.unwrap().remove(0)
    }

    /// Makes a webhook call, runs due jobs and returns the delivery.
    pub async fn deliver(&self, opportunity: &RecordId) -> Delivery {
        let receipt = self.call(opportunity).await;
        assert_eq!(receipt.status, Acceptance::Accepted);
        self.run_jobs().await;
        self.delivery(&receipt).await
    }

    pub async fn delivery(&self, receipt: &Receipt) -> Delivery {
        let page = self.hub.deliveries(&self.admin, &self.connection.id, &PageRequest::default()).await.unwrap();
        page.items.into_iter().find(|delivery| delivery.id == receipt.delivery_id).expect("it is listed")
    }

    /// Makes a webhook call, runs due jobs and returns the contract of the delivery.
    pub async fn deliver_contract(&self, opportunity: &RecordId) -> Contract {
        let delivery = self.deliver(opportunity).await;
        self.contract(&delivery.contract_id.unwrap_or_else(|| panic!("{:?}", delivery.error))).await
    }

    pub async fn contract(&self, id: &ContractId) -> Contract {
        self.hub.contract(&self.admin, id).await.unwrap()
    }

    /// The write-back status of the contract's source record.
    pub async fn sync(&self, id: &ContractId) -> Sync {
        self.contract(id).await.source().expect("it has a source").sync.clone()
    }

    pub async fn connection_now(&self) -> Connection {
        self.hub.connection(&self.admin, &self.connection.id).await.unwrap()
    }

    /// Kind and summary of each timeline entry.
    pub async fn timeline(&self, id: &ContractId) -> Vec<(String, String)> {
        let page = PageRequest::new(Some(100), None).unwrap();
        let lines = self.hub.timeline(&self.admin, id, &page).await.unwrap().items;
        lines.into_iter().map(|line| (line.kind, line.summary)).collect()
    }

    /// Number of requests to Salesforce whose path contains `path`.
    pub fn requests(&self, path: &str) -> usize {
        self.salesforce().requests.entries().filter(|entry| entry.path.contains(path)).count()
    }
}

/// The webhook that the Apex trigger calls.
pub fn salesforce_webhook() -> &'static WebhookSpec {
    connectors::find("salesforce").unwrap().webhook("webhook").unwrap()
}

/// A webhook call that names Opportunities of the caller's Salesforce organization.
pub fn call_about(caller: &WebhookCaller, opportunities: Vec<RecordId>) -> WebhookCall {
    let events = opportunities.into_iter().map(|id| RecordRef::deal(id).into()).collect();
    WebhookCall { account_id: caller.external_account_id.clone(), events, is_batch: true }
}

/// Opens a hub with a fixed clock. If `simulator` is `None`, the hub uses the login URL of the real Salesforce.
pub async fn open_hub(opened: &Opened, simulator: Option<&Simulator>, settings: &[(&str, &str)]) -> Result<Hub, StartError> {
    let default = || SalesforceSettings::at("https://login.salesforce.com");
    open_hub_with(opened, &simulator.map_or_else(default, SalesforceSettings::of), settings).await
}

/// Opens a hub with a fixed clock. `settings` take precedence over the defaults.
pub async fn open_hub_with(
    opened: &Opened,
    salesforce: &SalesforceSettings,
    settings: &[(&str, &str)],
) -> Result<Hub, StartError> {
    let files = format!("file://{}/files", opened.folder.display());
    let defaults = [
        ("FERNET_KEY", FERNET_KEY),
        ("DATABASE_URL", opened.url.expose()),
        ("STORAGE_URL", &files),
        ("MAX_FILE_BYTES", MAX_FILE_BYTES),
        // Disables the reserve of free disk space, because the disk of the test machine can be nearly full.
        ("MIN_FREE_DISK_BYTES", "0"),
    ];
    Hub::open(config(&[settings, &salesforce.pairs(), &defaults].concat()), Clock::fixed(BEGINNING)).await
}

/// A file that was modified on this day in November.
pub fn file(day: u8, bytes: &'static [u8]) -> NewFile {
    NewFile {
        file_name: format!("Agreement {day}.pdf"),
        bytes: bytes.into(),
        modified_at: format!("2026-11-{day:02}T10:00:00.000+0000"),
        ..NewFile::default()
    }
}
