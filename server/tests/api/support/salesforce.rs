//! A server with a connection to the simulated Salesforce.

use crate::support::call::Call;
use crate::support::server::{Person, Server};
use lexicontract::clock::Clock;
use salesforce_simulator::state::opportunities;
use salesforce_simulator::{Options, Simulator};
use serde_json::{Value, json};
use test_support::consent;
use test_support::settings::SalesforceSettings;
use url::Url;

/// A server with an organization that is connected to Salesforce.
pub struct Connected {
    pub server: Server,
    pub admin: Person,
    pub connection: Value,
    pub secret: String,
    pub simulator: Simulator,
}

impl Connected {
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::at(Clock::system(), settings).await
    }

    pub async fn at(clock: Clock, settings: &[(&str, &str)]) -> Self {
        let mut options = Options::default();
        let public_urls = settings.iter().filter(|(name, _)| *name == "PUBLIC_URL");
        let callbacks = public_urls.map(|(_, url)| format!("{url}/api/v1/integrations/salesforce/callback"));
        options.apps[0].redirect_uris.extend(callbacks);
        let simulator = Simulator::start(options).await.unwrap();
        let salesforce = SalesforceSettings::of(&simulator);
        let all = [settings, &salesforce.pairs()].concat();
        let server = Server::at(clock, &all).await;
        let admin = server.admin("ada").await;
        connect(&server, &admin).await;
        let (connection, secret) = make_secret(&server, &admin).await;
        Self { server, admin, connection, secret, simulator }
    }

    /// Connects another organization to the same Salesforce org. Returns its webhook secret.
    pub async fn secret_of_neighbour(&self) -> String {
        let neighbour = self.server.admin("eve").await;
        connect(&self.server, &neighbour).await;
        make_secret(&self.server, &neighbour).await.1
    }

    /// Creates an Opportunity without a file. Returns its id.
    pub fn opportunity(&self, name: &str) -> String {
        let mut state = self.simulator.production().state();
        opportunities::create(&mut state, name, None, "Prospecting", "2026-11-20T10:00:00.000+0000")
    }

    /// The id of the Salesforce org.
    pub fn organization(&self) -> &str {
        self.connection["external_account_id"].as_str().unwrap()
    }
}

/// Adds the user's cookie, and marks the request as same-origin. Unlike [`Call::cookie`], this function works with any public
/// URL.
fn own(call: Call, person: &Person) -> Call {
    call.header("cookie", &person.cookie).header("sec-fetch-site", "same-origin")
}

/// Creates a webhook secret for the first connection. Returns the connection and the secret.
async fn make_secret(server: &Server, admin: &Person) -> (Value, String) {
    let list = server.send(Call::get("/api/v1/integrations/organization").cookie(&admin.cookie)).await.json();
    let connection = list[0].clone();
    let path = format!("/api/v1/integrations/organization/{}/webhook-secret", connection["id"].as_str().unwrap());
    let made = server.send(own(Call::post(&path), admin)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    (connection, secret)
}

async fn connect(server: &Server, admin: &Person) {
    let path = "/api/v1/integrations/organization/int_salesforce";
    let begun = server.send(own(Call::post(path), admin).json(&json!({"environment": "production"}))).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let address = Url::parse(begun.json()["authorization_url"].as_str().unwrap()).unwrap();
    let back = consent::allow(&address).await;
    let path = format!("{}?{}", back.path(), back.query().unwrap());
    let answer = server.send(Call::get(&path).header("cookie", &admin.cookie)).await;
    assert_eq!(answer.location(), "/integrations?connected=salesforce");
}
