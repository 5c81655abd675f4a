//! Configurations for tests. A setting is the name and the value of an environment variable.

use lexicontract::config::Config;
use salesforce_simulator::Simulator;
use salesforce_simulator::options::ConnectedApp;

pub const FERNET_KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";

/// A configuration with these settings. If a setting occurs more than once, the first value applies.
pub fn config(settings: &[(&str, &str)]) -> Config {
    let find = |name: &str| settings.iter().find(|(key, _)| *key == name);
    Config::read(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap()
}

/// Settings of a server that connects to Salesforce.
pub struct SalesforceSettings {
    pub app: ConnectedApp,
    /// Hosts to which the server is allowed to send credentials, separated by commas.
    pub allowed_hosts: String,
    login: String,
    sandbox_login: Option<String>,
}

impl SalesforceSettings {
    /// Settings for the simulator's production and sandbox organizations.
    pub fn of(simulator: &Simulator) -> Self {
        let (login, sandbox) = (simulator.production_url(), simulator.sandbox_url());
        let allowed_hosts = format!("{},{}", host(login), host(sandbox));
        Self { sandbox_login: Some(sandbox.to_owned()), allowed_hosts, ..Self::at(login) }
    }

    /// Settings with this login URL for production, and with the default login URL for sandboxes.
    pub fn at(login: &str) -> Self {
        let (login, allowed_hosts) = (login.to_owned(), host(login).to_owned());
        Self { app: ConnectedApp::default(), login, sandbox_login: None, allowed_hosts }
    }

    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let sandbox_login = self.sandbox_login.as_deref().map(|login| ("SALESFORCE_SANDBOX_LOGIN_URL", login));
        let pairs = [
            ("SALESFORCE_CLIENT_ID", self.app.client_id.as_str()),
            ("SALESFORCE_CLIENT_SECRET", &self.app.client_secret),
            ("SALESFORCE_LOGIN_URL", &self.login),
            ("SALESFORCE_ALLOWED_HOSTS", &self.allowed_hosts),
        ];
        pairs.into_iter().chain(sandbox_login).collect()
    }
}

fn host(url: &str) -> &str {
    url.trim_start_matches("http://").trim_start_matches("https://")
}
