//! Runs the simulator for demonstrations, and for tests in other processes.

use clap::Parser;
use salesforce_simulator::options::{ConnectedApp, Webhook};
use salesforce_simulator::{Options, Simulator};
use std::io;
use std::net::SocketAddr;

/// A Salesforce organization and its sandbox on this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// Address on which the production organization listens
    #[arg(long, default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// Address on which the sandbox listens
    #[arg(long, default_value = "127.0.0.1:4401")]
    sandbox_listen: SocketAddr,
    /// Consumer key (client id) of the connected app
    #[arg(long)]
    client_id: Option<String>,
    /// Consumer secret (client secret) of the connected app
    #[arg(long)]
    client_secret: Option<String>,
    /// Callback URL of the connected app; can be repeated
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// Initial webhook URL of the Apex trigger
    #[arg(long, default_value = "http://127.0.0.1:3000/api/v1/integrations/salesforce/webhook")]
    webhook_url: String,
    /// Initial webhook secret that the Apex trigger sends
    #[arg(long, default_value = "")]
    webhook_secret: String,
    /// `instance_url` in token responses; by default the URL of the organization's listener
    #[arg(long)]
    instance_url: Option<String>,
    /// Replace the refresh token at each refresh
    #[arg(long)]
    rotation: bool,
    /// Reject authorize requests without PKCE
    #[arg(long)]
    require_pkce: bool,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let arguments = Arguments::parse();
    let simulator = Simulator::start(options(arguments)).await?;
    println!("Salesforce simulator: production {}", simulator.production_url());
    println!("Salesforce simulator: sandbox    {}", simulator.sandbox_url());
    println!("Salesforce simulator: ready");
    tokio::signal::ctrl_c().await
}

fn options(arguments: Arguments) -> Options {
    let default = ConnectedApp::default();
    let app = ConnectedApp {
        client_id: arguments.client_id.unwrap_or(default.client_id),
        client_secret: arguments.client_secret.unwrap_or(default.client_secret),
        redirect_uris: if arguments.redirect_uri.is_empty() { default.redirect_uris } else { arguments.redirect_uri },
        name: default.name,
    };
    Options {
        listen: arguments.listen,
        sandbox_listen: arguments.sandbox_listen,
        apps: vec![app],
        instance_url: arguments.instance_url,
        webhook: Webhook { url: arguments.webhook_url, secret: arguments.webhook_secret },
        rotation: arguments.rotation,
        require_pkce: arguments.require_pkce,
        ..Options::default()
    }
}
