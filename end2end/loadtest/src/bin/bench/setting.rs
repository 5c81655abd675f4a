//! Starts the measured server with a simulated Salesforce, and the baseline server.

use crate::floor;
use loadtest::account::Account;
use loadtest::server::{Plan, Server, free_address};
use loadtest::wire::{PUBLIC_URL, Wire, request};
use loadtest::{Outcome, salesforce};
use salesforce_simulator::Simulator;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::{Child, Command};

#[derive(Clone, Debug)]
pub struct Setting {
    pub program: PathBuf,
    /// Folder of the built front end.
    pub site: PathBuf,
    pub folder: PathBuf,
}

pub struct Fixture {
    pub plan: Plan,
    pub server: Server,
    pub simulator: Simulator,
    pub account: Account,
}

pub struct Bare {
    pub address: SocketAddr,
    child: Child,
}

impl Setting {
    pub async fn fixture(&self, name: &str) -> Outcome<Fixture> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder)?;
        let address = free_address()?;
        let simulator = salesforce::start(PUBLIC_URL).await?;
        let database = format!("sqlite://{}/bench.db", folder.display());
        let plan = Plan::new(&self.program, &folder, &self.site, &database, &simulator);
        let server = plan.start(address, &[]).await?;
        let account = Account::open(address, &simulator, "bench").await?;
        Ok(Fixture { plan, server, simulator, account })
    }

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
    pub fn process(&self) -> Outcome<u32> {
        self.server.process().ok_or_else(|| "the server has ended".into())
    }

    pub async fn wire(&self) -> Outcome<Wire> {
        Ok(Wire::connect(self.server.address).await?)
    }

    pub async fn end(self) -> Outcome<()> {
        self.server.kill().await
    }
}

impl Bare {
    pub fn process(&self) -> Outcome<u32> {
        self.child.id().ok_or_else(|| "the bare program has ended".into())
    }

    pub async fn end(mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }
}
