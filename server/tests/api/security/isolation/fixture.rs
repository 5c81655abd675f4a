//! The users of two organizations, and their data.

use super::attempt::MULTIPART;
use super::table::{Row, Who};
use crate::support::call::Call;
use crate::support::providers::simulate_other_providers;
use crate::support::salesforce::Connected;
use crate::support::server::{Person, Server};
use lexicontract::domain::account::users::Role;
use lexicontract::random;
use lexicontract::services::Client;
use salesforce_simulator::state::{files, opportunities};
use serde_json::{Value, json};
use test_support::databases::Opened;
use test_support::users::PASSWORD;

/// The kind of resource that the id in a route identifies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Connection,
    ConnectLink,
    Contract,
    Delivery,
    Token,
    User,
    /// The caller's session. Its id is not part of the path.
    Session,
    /// An entry in the catalogue, which all organizations share.
    Integration,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Connection => "con",
            Self::ConnectLink => "cln",
            Self::Contract => "ctr",
            Self::Delivery => "dlv",
            Self::Token => "tok",
            Self::User => "usr",
            Self::Session => "ses",
            Self::Integration => "int",
        }
    }

    pub fn belongs_to_an_organization(self) -> bool {
        !matches!(self, Self::Session | Self::Integration)
    }

    pub fn unknown_id(self) -> String {
        format!("{}_{}", self.prefix(), random::hex(&random::bytes::<16>()))
    }

    /// Malformed ids, percent-encoded for addresses and forms.
    pub fn malformed_ids(self) -> Vec<String> {
        let long = format!("{}_{}", self.prefix(), "a".repeat(65));
        let empty = format!("{}_", self.prefix());
        let others = ["nonsense", "%00", "%ff%fe", "..%2f..%2fetc", "%22%3E%3Cscript%3E", "%27%20OR%201%3D1", "job_0199"];
        others.map(str::to_owned).into_iter().chain([long, empty]).collect()
    }
}

/// A user with a session and two API tokens.
pub struct TestUser {
    pub name: &'static str,
    pub role: Role,
    pub cookie: String,
    pub tokens: [String; 2],
}

/// An organization with a user for each role, and the admin of another organization.
pub struct Fixture {
    pub server: Server,
    pub neighbour: TestUser,
    /// The viewer, the member and the admin, in this order.
    people: Vec<TestUser>,
    connections: [String; 2],
    connect_links: [String; 2],
    users: [String; 2],
    contract: String,
    contracts_to_remove: [String; 2],
    delivery: String,
    opportunity: String,
    connected: Connected,
}

impl Fixture {
    pub async fn new(opened: &Opened) -> Self {
        let files = format!("file://{}/files", opened.folder.display());
        let pipedrive = simulate_other_providers().await;
        let settings = [
            ("DATABASE_URL", opened.url.expose().as_str()),
            ("STORAGE_URL", &files),
            ("PIPEDRIVE_API_URL", &pipedrive),
            ("MAX_FILE_BYTES", "1000000"),
        ];
        let connected = Connected::start(&settings).await;
        let server = connected.server.clone();
        let admin = &connected.admin;
        let (delivery, contract, opportunity) = deliver(&connected).await;
        let mut people = Vec::new();
        for (name, role) in [("vera", Role::Viewer), ("mira", Role::Member)] {
            people.push(test_user(&server, name, role, server.colleague(admin, name, role.into_str()).await).await);
        }
        let cookie = admin.cookie.clone();
        people.push(test_user(&server, "ada", Role::Admin, Person { cookie, me: admin.me.clone() }).await);
        let mut users = Vec::new();
        for name in ["carol", "dave"] {
            let person = server.colleague(admin, name, "viewer").await;
            users.push(person.me["user"]["id"].as_str().unwrap().to_owned());
        }
        let mut contracts_to_remove = Vec::new();
        for _ in 0..2 {
            let upload = Call::post("/api/v1/contracts").cookie(&admin.cookie);
            let upload = upload.header("content-type", "multipart/form-data; boundary=b").body(MULTIPART);
            contracts_to_remove.push(server.send(upload).await.json()["id"].as_str().unwrap().to_owned());
        }
        let key = Call::post("/api/v1/integrations/organization/int_pipedrive").cookie(&admin.cookie);
        let second = server.send(key.json(&json!({"api_key": "k"}))).await;
        assert_eq!(second.status, 201, "{second:?}");
        let mut connect_links = Vec::new();
        for _ in 0..2 {
            let call = Call::post("/api/v1/integrations/organization/connect-links").cookie(&admin.cookie);
            let body = json!({"integration_id": "int_salesforce", "environment": "sandbox"});
            connect_links.push(server.send(call.json(&body)).await.json()["id"].as_str().unwrap().to_owned());
        }
        let neighbour = test_user(&server, "eve", Role::Admin, server.admin("eve").await).await;
        let salesforce = connected.connection["id"].as_str().unwrap().to_owned();
        Self {
            neighbour,
            people,
            connections: [second.json()["id"].as_str().unwrap().to_owned(), salesforce],
            connect_links: connect_links.try_into().unwrap(),
            users: users.try_into().unwrap(),
            contract,
            contracts_to_remove: contracts_to_remove.try_into().unwrap(),
            delivery,
            opportunity,
            server,
            connected,
        }
    }

    /// The id of the organization's resource that a request to the row's route uses.
    pub fn own_id(&self, row: &Row) -> String {
        match row.kind {
            None | Some(Kind::Session) => String::new(),
            Some(Kind::Integration) => "int_pipedrive".to_owned(),
            Some(Kind::Connection) => self.connections[1].clone(),
            Some(Kind::ConnectLink) => self.connect_links[0].clone(),
            Some(Kind::Contract) => self.contract.clone(),
            Some(Kind::Delivery) => self.delivery.clone(),
            Some(Kind::Token) => self.people[0].tokens[0].clone(),
            Some(Kind::User) => self.users[0].clone(),
        }
    }

    /// The id of a resource that a request for the row can remove. The API and the form remove different resources.
    pub fn id_to_remove(&self, row: &Row, person: &TestUser) -> String {
        let which = usize::from(row.is_action());
        match row.kind {
            Some(Kind::Connection) => self.connections[which].clone(),
            Some(Kind::ConnectLink) => self.connect_links[which].clone(),
            Some(Kind::User) => self.users[which].clone(),
            Some(Kind::Token) => person.tokens[which].clone(),
            Some(Kind::Contract) => self.contracts_to_remove[which].clone(),
            _ => String::new(),
        }
    }

    pub fn webhook_secret(&self) -> &str {
        &self.connected.secret
    }

    /// The connection to Salesforce.
    pub fn connection(&self) -> &str {
        &self.connections[1]
    }

    pub fn opportunity(&self) -> &str {
        &self.opportunity
    }

    pub fn admin(&self) -> &TestUser {
        &self.people[2]
    }

    pub fn too_low_for(&self, row: &Row) -> impl Iterator<Item = &TestUser> {
        let least = least(row.who);
        self.people.iter().filter(move |person| person.role < least)
    }

    pub fn high_enough_for(&self, row: &Row) -> impl Iterator<Item = &TestUser> {
        let least = least(row.who);
        self.people.iter().filter(move |person| person.role >= least)
    }

    /// The user with the lowest role that is sufficient for the row, in a new session.
    pub async fn with_new_session(&self, row: &Row) -> TestUser {
        let person = self.high_enough_for(row).next().unwrap();
        let email = format!("{}@example.com", person.name);
        let signed_in = self.server.hub.sign_in(&email, PASSWORD.into(), &Client::default()).await.unwrap();
        let cookie = format!("lexicontract_session={}", signed_in.session_token.expose());
        TestUser { name: person.name, role: person.role, cookie, tokens: person.tokens.clone() }
    }

    /// Creates a user with the lowest role that is sufficient for the row. Returns the id and the signed-in user.
    pub async fn short_lived(&self, row: &Row) -> (String, TestUser) {
        let role = least(row.who);
        let admin = Person { cookie: self.admin().cookie.clone(), me: Value::Null };
        let person = self.server.colleague(&admin, "temp", role.into_str()).await;
        let id = person.me["user"]["id"].as_str().unwrap().to_owned();
        (id, TestUser { name: "temp", role, cookie: person.cookie, tokens: Default::default() })
    }

    /// Removes a user. Accepts that the user has already been removed.
    pub async fn remove_if_there(&self, user: &str) {
        let call = Call::new("DELETE", &format!("/api/v1/users/{user}")).cookie(&self.admin().cookie);
        let answer = self.server.send(call).await;
        assert!(matches!(answer.status, 204 | 404), "{answer:?}");
    }

    /// All data that the organization's admin can read.
    pub async fn everything(&self) -> Vec<(String, Value)> {
        let connection = format!("/api/v1/integrations/organization/{}", self.connections[1]);
        let contract = format!("/api/v1/contracts/{}", self.contract);
        let paths = [
            "/api/v1/users".to_owned(),
            "/api/v1/tokens".to_owned(),
            "/api/v1/integrations/organization".to_owned(),
            "/api/v1/integrations/organization/connect-links".to_owned(),
            format!("{connection}/deliveries"),
            "/api/v1/contracts".to_owned(),
            format!("{contract}/timeline"),
            contract,
        ];
        let mut all = Vec::new();
        for path in paths {
            let answer = self.server.send(Call::get(&path).cookie(&self.admin().cookie)).await;
            assert_eq!(answer.status, 200, "{path} {answer:?}");
            all.push((path, answer.json()));
        }
        all
    }
}

fn least(who: Who) -> Role {
    match who {
        Who::Anyone(_) | Who::Viewer => Role::Viewer,
        Who::Member => Role::Member,
        Who::Admin => Role::Admin,
    }
}

async fn test_user(server: &Server, name: &'static str, role: Role, person: Person) -> TestUser {
    let mut tokens = Vec::new();
    for token in ["one", "two"] {
        let call = Call::post("/api/v1/tokens").cookie(&person.cookie).json(&json!({"name": token}));
        tokens.push(server.send(call).await.json()["id"].as_str().unwrap().to_owned());
    }
    TestUser { name, role, cookie: person.cookie, tokens: tokens.try_into().unwrap() }
}

/// Delivers an Opportunity. Returns the ids of the delivery, the contract and the Opportunity.
async fn deliver(connected: &Connected) -> (String, String, String) {
    let opportunity = {
        let mut state = connected.simulator.production().state();
        let id = opportunities::create(&mut state, "Northwind", None, "Prospecting", "2026-11-20T10:00:00.000+0000");
        let file = files::NewFile {
            file_name: "Agreement.txt".into(),
            bytes: b"An agreement."[..].into(),
            modified_at: "2026-11-20T10:00:00.000+0000".into(),
            ..Default::default()
        };
        files::attach(&mut state, &id, &file);
        id
    };
    let call = json!({"OrganizationId": connected.organization(), "OpportunityId": opportunity});
    let path = "/api/v1/integrations/salesforce/webhook";
    let receipt = connected.server.send(Call::post(path).header("x-webhook-secret", &connected.secret).json(&call)).await;
    while connected.server.hub.run_one_job(false).await.unwrap() {}
    let deliveries = format!("/api/v1/integrations/organization/{}/deliveries", connected.connection["id"].as_str().unwrap());
    let deliveries = connected.server.send(Call::get(&deliveries).cookie(&connected.admin.cookie)).await.json();
    assert_eq!(deliveries["items"][0]["status"], "done", "{deliveries}");
    let contracts = connected.server.send(Call::get("/api/v1/contracts").cookie(&connected.admin.cookie)).await.json();
    let contract = contracts["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{contracts}")).to_owned();
    (receipt.json()["delivery_id"].as_str().unwrap().to_owned(), contract, opportunity)
}
