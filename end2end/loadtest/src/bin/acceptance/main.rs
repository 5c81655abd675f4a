//! Acceptance test: runs the whole story of a contract against a real Salesforce org, or against the simulator.
//!
//! It starts a server with an empty database, lets a person connect the org with a connect link, creates an Opportunity with a file
//! in the org, and deletes both at the end. Nothing has to be deployed in the org.

mod browser;
mod org;
mod product;
mod report;
mod story;

use clap::Parser;
use loadtest::Outcome;
use loadtest::server::{absolute, free_address};
use product::Product;
use report::Report;
use salesforce_simulator::options::ConnectedApp;
use salesforce_simulator::{Options, Simulator};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

const DEFAULT_PORT: u16 = 3000;

/// Runs the story against the org of `SALESFORCE_CLIENT_ID` and `SALESFORCE_CLIENT_SECRET`, or against the simulator.
#[derive(Debug, Parser)]
struct Arguments {
    /// Use the simulator instead of a real org
    #[arg(long)]
    simulator: bool,
    /// Port of the server: by default 3000, and any free port with the simulator. The External Client App must have the callback
    /// URL `http://localhost:PORT/api/v1/integrations/salesforce/callback`
    #[arg(long)]
    port: Option<u16>,
    /// Path of the server binary
    #[arg(long, default_value = "target/release/lexicontract")]
    server: PathBuf,
    /// Folder of the built front end
    #[arg(long, default_value = "target/site")]
    site: PathBuf,
    /// Folder for the report
    #[arg(long, default_value = "target")]
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("acceptance: aborted: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Outcome<bool> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let port = match arguments.port {
        Some(port) => port,
        None if arguments.simulator => free_address()?.port(),
        None => DEFAULT_PORT,
    };
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let public_url = format!("http://localhost:{port}");
    let simulator = if arguments.simulator { Some(start_simulator(&public_url).await?) } else { None };
    let app = match &simulator {
        Some(simulator) => simulator.production().options.apps[0].clone(),
        None => app_of_the_environment()?,
    };
    let folder = tempfile::tempdir()?;
    let (program, site) = (absolute(&arguments.server)?, absolute(&arguments.site)?);
    let login = simulator.as_ref().map(|simulator| simulator.production_url().to_owned());
    let product = Product::start(&program, &site, folder.path(), address, &public_url, &app, login.as_deref()).await?;
    let mut report = Report::new(arguments.simulator);
    let result = story::run(&product, simulator.is_some(), &mut report).await;
    if let Err(error) = &result {
        report.fail(&error.to_string());
    }
    product.stop().await?;
    let path = report.write(&absolute(&arguments.folder)?)?;
    println!("\nThe report is in {}", path.display());
    Ok(result.is_ok())
}

async fn start_simulator(public_url: &str) -> Outcome<Simulator> {
    let mut options = Options::default();
    options.apps[0].redirect_uris = vec![format!("{public_url}/api/v1/integrations/salesforce/callback")];
    Ok(Simulator::start(options).await?)
}

fn app_of_the_environment() -> Outcome<ConnectedApp> {
    let value = |name: &str| std::env::var(name).map_err(|_| format!("set {name}, or use --simulator"));
    let mut app = Options::default().apps.swap_remove(0);
    (app.client_id, app.client_secret) = (value("SALESFORCE_CLIENT_ID")?, value("SALESFORCE_CLIENT_SECRET")?);
    Ok(app)
}
