//! What a simulator is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// An External Client App that may ask for access.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectedApp {
    /// The consumer key.
    pub client_id: String,
    /// The consumer secret.
    pub client_secret: String,
    /// The registered callback addresses; a request must name one of them exactly.
    pub redirect_uris: Vec<String>,
    /// What the consent page calls it.
    #[serde(default = "default_app_name")]
    pub name: String,
}

fn default_app_name() -> String {
    "LexiContract AI".to_owned()
}

impl Default for ConnectedApp {
    fn default() -> Self {
        ConnectedApp {
            client_id: "3MVG9simulator.consumer.key".to_owned(),
            client_secret: "simulator-consumer-secret".to_owned(),
            redirect_uris: ["127.0.0.1", "localhost"]
                .map(|host| format!("http://{host}:3000/api/v1/integrations/salesforce/callback"))
                .to_vec(),
            name: default_app_name(),
        }
    }
}

/// Where the Apex trigger calls.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Webhook {
    /// The whole address; empty when none is set.
    pub url: String,
    /// Sent as `X-Webhook-Secret`; empty: the header is left out.
    #[serde(default)]
    pub secret: String,
}

/// Everything a caller may choose; the defaults suit tests.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the production organization listens.
    pub listen: SocketAddr,
    /// Where the sandbox listens.
    pub sandbox_listen: SocketAddr,
    /// The apps that both organizations know.
    pub apps: Vec<ConnectedApp>,
    /// `instance_url` of token answers; by default the address of the organization's own listener.
    pub instance_url: Option<String>,
    /// Where the trigger of both organizations calls at first.
    pub webhook: Webhook,
    /// How long one call of the trigger may take.
    pub webhook_timeout: Duration,
    /// The pauses before the second, third, … attempt of a call.
    pub webhook_pauses: Vec<Duration>,
    /// Whether each refresh replaces the refresh token.
    pub rotation: bool,
    /// Whether an authorize request without PKCE is refused.
    pub require_pkce: bool,
    /// How long an exchange of a refresh token takes; a second one meanwhile loses.
    pub refresh_duration: Duration,
    /// The time, shared with whoever keeps a clone.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Options {
            listen: any_port,
            sandbox_listen: any_port,
            apps: vec![ConnectedApp::default()],
            instance_url: None,
            webhook: Webhook::default(),
            webhook_timeout: Duration::from_secs(10),
            webhook_pauses: [1, 3, 9].map(Duration::from_secs).to_vec(),
            rotation: false,
            require_pkce: false,
            refresh_duration: Duration::from_millis(20),
            clock: Clock::default(),
        }
    }
}
