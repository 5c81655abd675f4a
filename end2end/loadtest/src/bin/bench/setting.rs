//! Starts a server with a simulated Salesforce, and the baseline server for comparison.

use crate::floor;
use loadtest::{
    Outcome,
    account::Account,
    salesforce,
    server::{Plan, Server, free_address},
    wire::{PUBLIC_URL, Wire, request},
};
use salesforce_simulator::Simulator;
use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};
use tokio::process::{Child, Command};

/// Paths that the benchmark uses.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Path of the server binary.
    pub program: PathBuf,
    /// Folder of the built front end.
    pub site: PathBuf,
    /// Folder for databases and files.
    pub folder: PathBuf,
}

/// A running server that is connected to a simulated Salesforce.
pub struct Fixture {
    /// Settings for starting the server again.
    pub plan: Plan,
    pub server: Server,
    /// Simulated Salesforce, which runs in this process.
    pub simulator: Simulator,
    /// Administrator who is signed in.
    pub account: Account,
}

/// A running baseline server.
pub struct Bare {
    /// Address that the baseline server listens on.
    pub address: SocketAddr,
    child: Child,
}

impl Setting {
    /// Starts a server with an empty database in a separate folder.
    pub async fn fixture(&self, name: &str) -> Outcome<Fixture> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        let address = free_address()?;
        let simulator = salesforce::start(PUBLIC_URL).await?;
        let host = simulator.production_url().trim_start_matches("http://").to_owned();
        let app = &simulator.production().options.apps[0];
        let mut plan = Plan { program: self.program.clone(), environment: Default::default(), folder: folder.clone() };
        plan.set("PUBLIC_URL", PUBLIC_URL);
        plan.set("LEPTOS_SITE_ROOT", self.site.display().to_string());
        plan.set("DATABASE_URL", format!("sqlite://{}/bench.db", folder.display()));
        plan.set("STORAGE_URL", format!("file://{}/files", folder.display()));
        plan.set("FERNET_KEY", fernet::Fernet::generate_key());
        plan.set("SALESFORCE_CLIENT_ID", app.client_id.as_str());
        plan.set("SALESFORCE_CLIENT_SECRET", app.client_secret.as_str());
        plan.set("SALESFORCE_LOGIN_URL", simulator.production_url());
        plan.set("SALESFORCE_ALLOWED_HOSTS", host);
        plan.set("RATE_LIMIT_FACTOR", "0");
        // More deliveries wait than the default quota allows, so the benchmark sets a high quota. The server still checks the
        // quota. The disk may be small, so the minimum free space is 0.
        plan.set("QUOTA_WAITING_DELIVERIES", "100000000");
        plan.set("MIN_FREE_DISK_BYTES", "0");
        let server = plan.start(address, &[]).await?;
        let account = Account::open(address, &simulator, "bench").await?;
        Ok(Fixture { plan, server, simulator, account })
    }

    /// Starts the baseline server with a separate, empty database.
    pub async fn bare(&self, name: &str) -> Outcome<Bare> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        let child = command.arg("floor").arg(address.to_string()).arg(&folder).kill_on_drop(true).spawn()?;
        for _ in 0..1_000 {
            if let Ok(mut wire) = Wire::connect(address).await
                && wire.send(&request("GET", floor::READY, &[], b"")).await.is_ok()
            {
                return Ok(Bare { address, child });
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the bare program did not start".into())
    }
}

impl Fixture {
    /// Id of the server's process.
    pub fn process(&self) -> Outcome<u32> {
        self.server.process().ok_or_else(|| "the server has ended".into())
    }

    /// Opens a connection to the server.
    pub async fn wire(&self) -> Outcome<Wire> {
        Ok(Wire::connect(self.server.address).await?)
    }

    /// Kills the server.
    pub async fn end(self) -> Outcome<()> {
        self.server.kill().await
    }
}

impl Bare {
    /// Id of the baseline server's process.
    pub fn process(&self) -> Outcome<u32> {
        self.child.id().ok_or_else(|| "the bare program has ended".into())
    }

    /// Kills the baseline server.
    pub async fn end(mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }
}
