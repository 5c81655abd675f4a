//! Servers on one empty database, a simulated Salesforce, and somebody who is signed in.

use crate::database::{Database, create_postgres};
use salesforce_simulator::Simulator;
use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant},
};
use loadtest::{
    Outcome,
    account::Account,
    salesforce,
    server::{Plan, Server, free_address},
    wire::PUBLIC_URL,
};

/// Where everything is.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The server's binary.
    pub program: PathBuf,
    /// Where databases, files and logs lie.
    pub folder: PathBuf,
    /// The folder of the private PostgreSQL; `None` for SQLite.
    pub postgres: Option<PathBuf>,
    /// The seed.
    pub seed: u64,
    /// Whether the binary knows fail points.
    pub has_fail_points: bool,
}

/// Everything of one part.
pub struct Fixture {
    /// How servers are started.
    pub plan: Plan,
    /// Where they listen.
    pub addresses: Vec<SocketAddr>,
    /// Salesforce.
    pub simulator: Simulator,
    /// Who is signed in.
    pub account: Account,
    /// Our own look at the database.
    pub database: Database,
    /// Where documents are.
    pub files: PathBuf,
}

/// How often something is looked at while it is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(50);

impl Setting {
    /// A fixture, and one server of it that runs.
    pub async fn fixture(&self, name: &str) -> Outcome<(Fixture, Server)> {
        let folder = self.folder.join(name);
        self.world_in(name, folder.clone(), &format!("sqlite://{}/chaos.db", folder.display())).await
    }

    /// The same with the SQLite database elsewhere.
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
        // More waits than an organization may have by default, and the check is still made; disks may be small.
        plan.set("QUOTA_WAITING_DELIVERIES", "100000000");
        plan.set("MIN_FREE_DISK_BYTES", "0");
        plan.set("RUST_LOG", "warn");
        plan
    }
}

impl Fixture {
    /// Starts a server at each address that has none yet.
    pub async fn start_all(&self, running: Vec<Server>) -> Outcome<Vec<Server>> {
        let mut servers = running;
        for address in &self.addresses {
            if !servers.iter().any(|server| server.address == *address) {
                servers.push(self.plan.start(*address, &[]).await?);
            }
        }
        Ok(servers)
    }

    /// Waits until a query gives this number; whether it did in time.
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

    /// Waits until nothing is left to do; whether it was in time.
    pub async fn wait_until_done(&self, at_most: Duration) -> Outcome<bool> {
        self.wait_for(UNDONE, 0, at_most).await
    }

    /// What a command of the binary prints.
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

/// How many jobs and deliveries are not at their end.
pub const UNDONE: &str = "SELECT (SELECT count(*) FROM jobs WHERE status IN ('queued', 'running'))
    + (SELECT count(*) FROM deliveries WHERE status IN ('accepted', 'processing'))";
