//! A fresh server with everything it needs, and the bare program beside it.

use crate::floor;
use salesforce_simulator::Simulator;
use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};
use tokio::process::{Child, Command};
use loadtest::{
    Outcome,
    account::Account,
    salesforce,
    server::{Plan, Server, free_address},
    wire::{PUBLIC_URL, Wire, request},
};

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The server's binary.
    pub program: PathBuf,
    /// The built front end.
    pub site: PathBuf,
    /// Where databases and files lie.
    pub folder: PathBuf,
}

/// A server that runs, connected to a simulated Salesforce.
pub struct Fixture {
    /// How to start it again.
    pub plan: Plan,
    /// The server.
    pub server: Server,
    /// Salesforce, in this process.
    pub simulator: Simulator,
    /// Who is signed in.
    pub account: Account,
}

/// The bare program that runs.
pub struct Bare {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
}

impl Setting {
    /// A server with an empty database in a folder of its own.
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
        // More waits than an organization may have by default, and the check is still made; disks may be small.
        plan.set("QUOTA_WAITING_DELIVERIES", "100000000");
        plan.set("MIN_FREE_DISK_BYTES", "0");
        let server = plan.start(address, &[]).await?;
        let account = Account::open(address, &simulator, "bench").await?;
        Ok(Fixture { plan, server, simulator, account })
    }

    /// The bare program, on an empty database of its own.
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
    /// The server's process.
    pub fn process(&self) -> Outcome<u32> {
        self.server.process().ok_or_else(|| "the server has ended".into())
    }

    /// A connection to it.
    pub async fn wire(&self) -> Outcome<Wire> {
        Ok(Wire::connect(self.server.address).await?)
    }

    /// Ends everything.
    pub async fn end(self) -> Outcome<()> {
        self.server.kill().await
    }
}

impl Bare {
    /// Its process.
    pub fn process(&self) -> Outcome<u32> {
        self.child.id().ok_or_else(|| "the bare program has ended".into())
    }

    /// Ends it.
    pub async fn end(mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }
}
