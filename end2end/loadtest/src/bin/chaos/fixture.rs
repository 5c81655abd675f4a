//! Servers that share an empty database, a simulated Salesforce, and an administrator who is signed in.

use crate::database::{Database, create_postgres};
use loadtest::{
    Outcome,
    account::Account,
    salesforce,
    server::{Plan, Server, free_address},
    wire::PUBLIC_URL,
};
use salesforce_simulator::Simulator;
use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};

/// Settings of the whole run.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Path of the server binary.
    pub program: PathBuf,
    /// Folder for databases, files and logs.
    pub folder: PathBuf,
    /// Folder of the PostgreSQL cluster for tests; `None` for SQLite.
    pub postgres: Option<PathBuf>,
    /// Seed for random choices.
    pub seed: u64,
    /// Whether the server binary supports fail points.
    pub has_fail_points: bool,
}

/// Servers and data for one part of the run.
pub struct Fixture {
    /// Settings for starting servers.
    pub plan: Plan,
    /// Addresses that the servers listen on.
    pub addresses: Vec<SocketAddr>,
    /// Simulated Salesforce.
    pub simulator: Simulator,
    /// Administrator who is signed in.
    pub account: Account,
    /// Connection pool for the tests.
    pub database: Database,
    /// Folder in which the servers store documents.
    pub files: PathBuf,
}

/// Interval between checks while the tests wait for a condition.
const LOOK_EVERY: Duration = Duration::from_millis(50);

impl Setting {
    /// Creates a fixture, and starts the first of its servers.
    pub async fn fixture(&self, name: &str) -> Outcome<(Fixture, Server)> {
        let folder = self.folder.join(name);
        self.world_in(name, folder.clone(), &format!("sqlite://{}/chaos.db", folder.display())).await
    }

    /// Creates a fixture with the SQLite database at the URL `sqlite`, and starts the first of its servers.
    pub async fn world_in(&self, name: &str, folder: PathBuf, sqlite: &str) -> Outcome<(Fixture, Server)> {
        fs::create_dir_all(&folder)?;
        let servers = if self.postgres.is_some() { 3 } else { 1 };
        let addresses = (0..servers).map(|_| free_address()).collect::<Outcome<Vec<_>>>()?;
        let first = *addresses.first().ok_or("no server")?;
        let simulator = salesforce::start(PUBLIC_URL).await?;
        let url = match &self.postgres {
            Some(postgres) => create_postgres(postgres, &format!("chaos_{name}")).await?,
            None => sqlite.to_owned(),
        };
        let files = folder.join("files");
        let plan = self.plan(
            &simulator,
            &folder,
            [
                ("DATABASE_URL", url.clone()),
                ("STORAGE_URL", format!("file://{}", files.display())),
                ("PUBLIC_URL", PUBLIC_URL.to_owned()),
            ],
        );
        let server = plan.start(first, &[]).await?;
        let account = Account::open(first, &simulator, name).await?;
        let database = Database::open(&url).await?;
        Ok((Fixture { plan, addresses, simulator, account, database, files }, server))
    }

    fn plan(&self, simulator: &Simulator, folder: &std::path::Path, more: [(&str, String); 3]) -> Plan {
        let app = &simulator.production().options.apps[0];
        let mut plan = Plan { program: self.program.clone(), environment: Default::default(), folder: folder.to_owned() };
        for (name, value) in more {
            plan.set(name, value);
        }
        plan.set("FERNET_KEY", fernet::Fernet::generate_key());
        plan.set("LEPTOS_SITE_ROOT", folder.display().to_string());
        plan.set("SALESFORCE_CLIENT_ID", app.client_id.as_str());
        plan.set("SALESFORCE_CLIENT_SECRET", app.client_secret.as_str());
        plan.set("SALESFORCE_LOGIN_URL", simulator.production_url());
        plan.set("SALESFORCE_ALLOWED_HOSTS", simulator.production_url().trim_start_matches("http://"));
        plan.set("RATE_LIMIT_FACTOR", "0");
        // More deliveries wait than the default quota allows, so the tests set a high quota. The server still checks the quota.
        // The disk may be small, so the minimum free space is 0.
        plan.set("QUOTA_WAITING_DELIVERIES", "100000000");
        plan.set("MIN_FREE_DISK_BYTES", "0");
        plan.set("RUST_LOG", "warn");
        plan
    }
}

impl Fixture {
    /// Starts a server at each address that has no running server.
    pub async fn start_all(&self, running: Vec<Server>) -> Outcome<Vec<Server>> {
        let mut servers = running;
        for address in &self.addresses {
            if !servers.iter().any(|server| server.address == *address) {
                servers.push(self.plan.start(*address, &[]).await?);
            }
        }
        Ok(servers)
    }

    /// Waits until a query returns the number `wanted`. Returns whether this happened within the time `at_most`.
    pub async fn wait_for(&self, sql: &str, wanted: i64, at_most: Duration) -> Outcome<bool> {
        let began = Instant::now();
        while began.elapsed() < at_most {
            if self.database.number(sql).await.is_ok_and(|found| found == wanted) {
                return Ok(true);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Ok(false)
    }

    /// Waits until all jobs and deliveries have finished. Returns whether this happened within the time `at_most`.
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
