//! Test fixture: a hub with a fixed clock and no workers, a signed-in admin, and a simulated Salesforce.

use crate::databases::Opened;
use lexicontract::{
    clock::Clock,
    config::Config,
    connectors::{
        self, http,
        webhook::{WebhookCall, WebhookSpec},
    },
    db::Db,
    domain::{
        connection::{Authorization, Connection, Environment},
        contract::{Contract, Sync},
        delivery::{Acceptance, Delivery, Receipt},
        ids::{ConnectionId, ContractId, IntegrationId},
        page::PageRequest,
        record::{RecordId, RecordRef},
        time::Timestamp,
    },
    hub::Hub,
    secret::Secret,
    services::{Actor, Callback, Client, ConnectRequest, Connecting, PasswordChange, Registration, WebhookCaller},
};
use salesforce_simulator::{
    Options, Simulator,
    options::ConnectedApp,
    state::{
        faults::Fault,
        files::{self, NewFile},
        opportunities,
        organization::State,
    },
};
use std::{collections::HashMap, sync::MutexGuard, time::Duration};
use url::Url;

pub const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
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
        let sql = "UPDATE sessions SET last_seen_at = '2100-01-01T00:00:00.000Z', expires_at = '2100-01-01T00:00:00.000Z'";
        match &self.opened.db {
            Db::Sqlite { writer, .. } => drop(sqlx::query(sql).execute(writer).await.unwrap()),
            Db::Postgres { pool, .. } => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        }
    }

    /// Runs all due jobs except analyses, and returns their number.
    /// An analysis would start the current executable as document reader, but that is this test program.
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
        let mut address = Url::parse(&authorization.authorization_url).unwrap();
        let mut form: HashMap<String, String> = address.query_pairs().into_owned().collect();
        form.insert("decision".to_owned(), decision.to_owned());
        address.set_query(None);
        let client = http::client(self.hub.config()).unwrap();
        let answer = client.post(address).form(&form).send().await.unwrap();
        let back = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
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

    /// Creates an Opportunity, and attaches `file` if it is `Some`.
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

    pub fn fault(&self, fault: Fault) {
        self.salesforce().faults.order(vec![fault]);
    }

    /// Makes a webhook call as the Apex trigger does.
    pub async fn call(&self, opportunity: &RecordId) -> Receipt {
        let caller = self.hub.webhook_caller(&self.secret).await.unwrap().expect("the secret works");
        let account_id = self.connection.external_account_id.clone().unwrap();
        let call = WebhookCall { account_id, records: vec![RecordRef::deal(opportunity.clone())], is_batch: false };
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

    /// Like [`Self::deliver`], but returns the contract.
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

/// A webhook call for Opportunities in the caller's account.
pub fn call_about(caller: &WebhookCaller, opportunities: Vec<RecordId>) -> WebhookCall {
    let records = opportunities.into_iter().map(RecordRef::deal).collect();
    WebhookCall { account_id: caller.external_account_id.clone(), records, is_batch: true }
}

pub async fn open_hub(
    opened: &Opened,
    simulator: Option<&Simulator>,
    settings: &[(&str, &str)],
) -> Result<Hub, lexicontract::hub::StartError> {
    let Some(simulator) = simulator else { return open_hub_at(opened, "https://login.salesforce.com", settings).await };
    let hosts = [simulator.production_url(), simulator.sandbox_url()].map(|url| url.trim_start_matches("http://"));
    let hosts = hosts.join(",");
    let both = [("SALESFORCE_SANDBOX_LOGIN_URL", simulator.sandbox_url()), ("SALESFORCE_ALLOWED_HOSTS", hosts.as_str())];
    open_hub_at(opened, simulator.production_url(), &[settings, &both].concat()).await
}

/// Opens a hub that uses `login` as Salesforce's login URL.
pub async fn open_hub_at(opened: &Opened, login: &str, settings: &[(&str, &str)]) -> Result<Hub, lexicontract::hub::StartError> {
    let app = ConnectedApp::default();
    let files = format!("file://{}/files", opened.folder.display());
    let hosts = login.trim_start_matches("http://").trim_start_matches("https://").to_owned();
    let defaults = [
        ("FERNET_KEY", KEY),
        ("DATABASE_URL", opened.url.expose()),
        ("STORAGE_URL", &files),
        ("MAX_FILE_BYTES", MAX_FILE_BYTES),
        // Disables the reserve of free disk space, because the disk of the test machine can be nearly full.
        ("MIN_FREE_DISK_BYTES", "0"),
        ("SALESFORCE_CLIENT_ID", &app.client_id),
        ("SALESFORCE_CLIENT_SECRET", &app.client_secret),
        ("SALESFORCE_LOGIN_URL", login),
        ("SALESFORCE_ALLOWED_HOSTS", &hosts),
    ];
    let find = |name: &str| settings.iter().chain(&defaults).find(|(key, _)| *key == name);
    let config = Config::read(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap();
    Hub::open(config, Clock::fixed(BEGINNING)).await
}

/// A password change that also revokes the user's API tokens.
pub fn password_change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current: current.into(), new: new.into(), keeps_api_tokens: false }
}

/// Registers an organization and returns its signed-in admin.
pub async fn register(hub: &Hub, name: &str) -> Actor {
    let registration = Registration {
        organization: name.to_owned(),
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        password: "correct horse battery".into(),
    };
    let signed_in = hub.register(registration, &Client::default()).await.unwrap();
    hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap()
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
