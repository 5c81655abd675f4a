//! Test fixture: servers that share a database, a simulated Salesforce, and an account with a Salesforce connection.

use crate::database::{Database, create_postgres};
use loadtest::account::Account;
use loadtest::server::{Plan, Server, free_address};
use loadtest::wire::PUBLIC_URL;
use loadtest::{Outcome, salesforce};
use salesforce_simulator::Simulator;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Clone, Debug)]
pub struct Setting {
    pub program: PathBuf,
    pub folder: PathBuf,
    /// Folder of the PostgreSQL cluster. `None` means SQLite.
    pub postgres: Option<PathBuf>,
    pub seed: u64,
    pub has_fail_points: bool,
}

pub struct Fixture {
    pub plan: Plan,
    pub addresses: Vec<SocketAddr>,
    pub simulator: Simulator,
    pub account: Account,
    pub database: Database,
    /// Folder of the stored documents.
    pub files: PathBuf,
}

const POLL_INTERVAL: Duration = Duration::from_millis(50);

impl Setting {
    /// Creates a fixture and starts its first server.
    pub async fn fixture(&self, name: &str) -> Outcome<(Fixture, Server)> {
        self.fixture_with(name, salesforce::start(PUBLIC_URL).await?).await
    }

    /// Creates a fixture whose account is connected to the production organization of `simulator`, and starts its first server.
    pub async fn fixture_with(&self, name: &str, simulator: Simulator) -> Outcome<(Fixture, Server)> {
        let folder = self.folder.join(name);
        let sqlite = format!("sqlite://{}/chaos.db", folder.display());
        self.fixture_in(name, folder, &sqlite, simulator).await
    }

    /// Creates a fixture in `folder`, and starts its first server. `sqlite` is the database URL for tests with SQLite.
    pub async fn fixture_in(
        &self,
        name: &str,
        folder: PathBuf,
        sqlite: &str,
        simulator: Simulator,
    ) -> Outcome<(Fixture, Server)> {
        fs::create_dir_all(&folder)?;
        let servers = if self.postgres.is_some() { 3 } else { 1 };
        let addresses = (0..servers).map(|_| free_address()).collect::<Outcome<Vec<_>>>()?;
        let first = *addresses.first().ok_or("no server")?;
        let url = match &self.postgres {
            Some(postgres) => create_postgres(postgres, &format!("chaos_{name}")).await?,
            None => sqlite.to_owned(),
        };
        let mut plan = Plan::new(&self.program, &folder, &folder, &url, &simulator);
        plan.set("RUST_LOG", "warn");
        let server = plan.start(first, &[]).await?;
        let account = Account::open(first, &simulator, name).await?;
        let database = Database::open(&url).await?;
        Ok((Fixture { plan, addresses, simulator, account, database, files: folder.join("files") }, server))
    }
}

impl Fixture {
    /// Starts a server at each address that no server in `running` uses. Returns all servers.
    pub async fn start_all(&self, running: Vec<Server>) -> Outcome<Vec<Server>> {
        let mut servers = running;
        for address in &self.addresses {
            if !servers.iter().any(|server| server.address == *address) {
                servers.push(self.plan.start(*address, &[]).await?);
            }
        }
        Ok(servers)
    }

    /// Waits until a query returns the number `wanted`. Returns false if this takes longer than `at_most`.
    pub async fn wait_for(&self, sql: &str, wanted: i64, at_most: Duration) -> Outcome<bool> {
        let began = Instant::now();
        while began.elapsed() < at_most {
            if self.database.number(sql).await.is_ok_and(|found| found == wanted) {
                return Ok(true);
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Ok(false)
    }

    /// Waits until all jobs and deliveries have finished. Returns false if this takes longer than `at_most`.
    pub async fn wait_until_done(&self, at_most: Duration) -> Outcome<bool> {
        self.wait_for(UNDONE, 0, at_most).await
    }

    /// Runs a command of the server binary, and returns the output of the command.
    pub async fn command(&self, arguments: &[&str]) -> Outcome<String> {
        let mut command = self.plan.command("command")?;
        let output = command.args(arguments).stdout(std::process::Stdio::piped()).output().await?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => {
                Err(format!("{arguments:?} ended with {}; see {}", output.status, self.plan.log("command").display()).into())
            }
        }
    }
}

/// Query for the number of unfinished jobs and deliveries.
pub const UNDONE: &str = "SELECT (SELECT count(*) FROM jobs WHERE status IN ('queued', 'running'))
    + (SELECT count(*) FROM deliveries WHERE status IN ('accepted', 'processing'))";
