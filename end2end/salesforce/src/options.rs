use crate::clock::Clock;
use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ConnectedApp {
    pub client_id: String,
    pub client_secret: String,
    /// Registered callback URLs. The `redirect_uri` of a request must be equal to one of them.
    pub redirect_uris: Vec<String>,
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

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Webhook {
    /// URL that the trigger calls. If it is empty, the trigger makes no calls.
    pub url: String,
    /// Value of the `X-Webhook-Secret` header. If it is empty, calls do not have the header.
    #[serde(default)]
    pub secret: String,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub listen: SocketAddr,
    pub sandbox_listen: SocketAddr,
    pub apps: Vec<ConnectedApp>,
    /// `instance_url` in token responses. `None` means the organization's URL.
    pub instance_url: Option<String>,
    pub webhook: Webhook,
    pub webhook_timeout: Duration,
    /// Delays before the retries of a webhook call.
    pub webhook_pauses: Vec<Duration>,
    /// Each refresh replaces the refresh token.
    pub rotation: bool,
    /// Rejects requests to the authorization endpoint without PKCE.
    pub require_pkce: bool,
    /// Duration of a refresh request. While it is in progress, other requests with the same refresh token fail.
    pub refresh_duration: Duration,
    /// Clones of the options share the clock.
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
