//! Starts the simulator for a demonstration, or for tests that run outside this process.

use std::io;
use std::net::SocketAddr;

use clap::Parser;
use salesforce_simulator::options::{ConnectedApp, Webhook};
use salesforce_simulator::{Options, Simulator};

/// A Salesforce organization and its sandbox on this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where the production organization listens
    #[arg(long, default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// Where the sandbox listens
    #[arg(long, default_value = "127.0.0.1:4401")]
    sandbox_listen: SocketAddr,
    /// The consumer key of the app that may ask for access
    #[arg(long)]
    client_id: Option<String>,
    /// Its consumer secret
    #[arg(long)]
    client_secret: Option<String>,
    /// A callback address of the app; may be given several times
    #[arg(long)]
    redirect_uri: Vec<String>,
    /// Where the Apex trigger calls at first
    #[arg(long, default_value = "http://127.0.0.1:3000/api/v1/integrations/salesforce/webhook")]
    webhook_url: String,
    /// The secret that the trigger sends at first
    #[arg(long, default_value = "")]
    webhook_secret: String,
    /// The instance_url of token answers, when it is not the address of the listener
    #[arg(long)]
    instance_url: Option<String>,
    /// Replace the refresh token with each refresh
    #[arg(long)]
    rotation: bool,
    /// Refuse an authorize request without PKCE
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
    let usual = ConnectedApp::default();
    let app = ConnectedApp {
        client_id: arguments.client_id.unwrap_or(usual.client_id),
        client_secret: arguments.client_secret.unwrap_or(usual.client_secret),
        redirect_uris: if arguments.redirect_uri.is_empty() { usual.redirect_uris } else { arguments.redirect_uri },
        name: usual.name,
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
