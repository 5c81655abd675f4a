//! Server processes.

use crate::Outcome;
use crate::wire::{PUBLIC_URL, Wire, request};
use rustix::process::{Pid, Signal, kill_process};
use salesforce_simulator::Simulator;
use std::collections::BTreeMap;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(2);

#[derive(Clone, Debug)]
pub struct Plan {
    pub program: PathBuf,
    /// Environment variables of the process. It inherits no other variables.
    pub environment: BTreeMap<String, String>,
    /// Working directory of the process, and folder of the logs.
    pub folder: PathBuf,
}

#[derive(Debug)]
pub struct Server {
    pub address: SocketAddr,
    pub ready_after: Duration,
    child: Child,
}

/// Returns an address on which no program listens.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Plan {
    /// Returns a plan for servers that use the simulated Salesforce. `site` is the folder of the built front end.
    pub fn new(program: &Path, folder: &Path, site: &Path, database: &str, simulator: &Simulator) -> Self {
        let (salesforce, sandbox) = (simulator.production_url(), simulator.sandbox_url());
        let app = &simulator.production().options.apps[0];
        let environment = [
            ("PUBLIC_URL", PUBLIC_URL),
            ("LEPTOS_SITE_ROOT", &site.display().to_string()),
            ("DATABASE_URL", database),
            ("STORAGE_URL", &format!("file://{}/files", folder.display())),
            ("FERNET_KEY", &fernet::Fernet::generate_key()),
            ("SALESFORCE_CLIENT_ID", &app.client_id),
            ("SALESFORCE_CLIENT_SECRET", &app.client_secret),
            ("SALESFORCE_LOGIN_URL", salesforce),
            ("SALESFORCE_SANDBOX_LOGIN_URL", sandbox),
            ("SALESFORCE_ALLOWED_HOSTS", &format!("{salesforce},{sandbox}").replace("http://", "")),
            ("RATE_LIMIT_FACTOR", "0"),
            // Tests queue more deliveries than the default quota allows, and can run on a small disk.
            ("QUOTA_WAITING_DELIVERIES", "100000000"),
            ("MIN_FREE_DISK_BYTES", "0"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { program: program.to_owned(), environment, folder: folder.to_owned() }
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.insert(name.to_owned(), value.into());
    }

    /// Returns a command that runs the program and appends its output to `name`.log.
    pub fn command(&self, name: &str) -> Outcome<Command> {
        let log = File::options().create(true).append(true).open(self.log(name))?;
        let mut command = Command::new(&self.program);
        command.env_clear().envs(&self.environment).current_dir(&self.folder).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        Ok(command)
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    pub async fn start(&self, address: SocketAddr, more: &[(&str, &str)]) -> Outcome<Server> {
        let mut server = self.launch(address, more)?;
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Starts a server without waiting until it is ready.
    pub fn launch(&self, address: SocketAddr, more: &[(&str, &str)]) -> Outcome<Server> {
        let mut command = self.command(&format!("server-{}", address.port()))?;
        command.env("LEPTOS_SITE_ADDR", address.to_string()).envs(more.iter().copied()).arg("serve");
        Ok(Server { address, ready_after: Duration::ZERO, child: command.spawn()? })
    }
}

impl Server {
    pub async fn wait_until_ready(&mut self) -> Outcome<()> {
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended at its start: {status}").into());
            }
            if self.is_ready().await {
                self.ready_after = began.elapsed();
                return Ok(());
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        Err("the server did not become ready".into())
    }

    pub async fn is_ready(&self) -> bool {
        let asked = async { Wire::connect(self.address).await?.send(&request("GET", "/readyz", &[], b"")).await };
        asked.await.is_ok_and(|answer| answer.status == 200)
    }

    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) -> Outcome<()> {
        let process =
            self.process().and_then(|process| Pid::from_raw(i32::try_from(process).ok()?)).ok_or("the server has ended")?;
        Ok(kill_process(process, signal)?)
    }

    pub async fn kill(mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }

    /// Waits until the process exits. Returns `None` if the process still runs after `at_most`.
    pub async fn wait(&mut self, at_most: Duration) -> Outcome<Option<ExitStatus>> {
        match tokio::time::timeout(at_most, self.child.wait()).await {
            Ok(status) => Ok(Some(status?)),
            Err(_) => Ok(None),
        }
    }

    /// Sends SIGTERM to the server, and waits at most 30 s until it exits. Returns the time that the server needed to exit.
    pub async fn stop(mut self) -> Outcome<Duration> {
        let began = Instant::now();
        self.signal(Signal::TERM)?;
        self.wait(Duration::from_secs(30)).await?.ok_or("the server did not end")?;
        Ok(began.elapsed())
    }
}

/// Makes a path absolute. Servers have other working directories, so they would not find a relative path.
pub fn absolute(path: &Path) -> Outcome<PathBuf> {
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()).into())
}
