//! The server as a process: started, asked whether it is ready, ended in every way there is.

use crate::{
    Outcome,
    wire::{Wire, request},
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::BTreeMap,
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::{Duration, Instant},
};
use tokio::process::{Child, Command};

/// No start takes longer.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a server that starts is asked whether it is ready.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// What servers are started with.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The binary.
    pub program: PathBuf,
    /// The environment, and nothing else of it.
    pub environment: BTreeMap<String, String>,
    /// Where logs go.
    pub folder: PathBuf,
}

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// How long it took until it was ready.
    pub ready_after: Duration,
    child: Child,
}

/// An address that nobody listens at.
///
/// # Errors
/// There are no more ports.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Plan {
    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.insert(name.to_owned(), value.into());
    }

    /// The program with the plan's environment; its output is added to `name`.log.
    ///
    /// # Errors
    /// The log cannot be opened.
    pub fn command(&self, name: &str) -> Outcome<Command> {
        let log = File::options().create(true).append(true).open(self.log(name))?;
        let mut command = Command::new(&self.program);
        command.env_clear().envs(&self.environment).current_dir(&self.folder).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        Ok(command)
    }

    /// Where the output of `name` is.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// Starts a server at `address`, with more variables, and waits until it is ready.
    ///
    /// # Errors
    /// It ended, or is not ready after a minute.
    pub async fn start(&self, address: SocketAddr, more: &[(&str, &str)]) -> Outcome<Server> {
        let mut server = self.launch(address, more)?;
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Starts a server, and does not wait.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn launch(&self, address: SocketAddr, more: &[(&str, &str)]) -> Outcome<Server> {
        let mut command = self.command(&format!("server-{}", address.port()))?;
        command.env("LEPTOS_SITE_ADDR", address.to_string()).envs(more.iter().copied()).arg("serve");
        Ok(Server { address, ready_after: Duration::ZERO, child: command.spawn()? })
    }
}

impl Server {
    /// Waits until it answers that it is ready.
    ///
    /// # Errors
    /// It ended, or is not ready after a minute.
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
            tokio::time::sleep(ASK_EVERY).await;
        }
        Err("the server did not become ready".into())
    }

    /// Whether it says that it is ready.
    pub async fn is_ready(&self) -> bool {
        let asked = async { Wire::connect(self.address).await?.send(&request("GET", "/readyz", &[], b"")).await };
        asked.await.is_ok_and(|answer| answer.status == 200)
    }

    /// The number of its process; none once it has ended.
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends it a signal.
    ///
    /// # Errors
    /// It has ended.
    pub fn signal(&self, signal: Signal) -> Outcome<()> {
        let process =
            self.process().and_then(|process| Pid::from_raw(i32::try_from(process).ok()?)).ok_or("the server has ended")?;
        Ok(kill_process(process, signal)?)
    }

    /// Ends it at once, as a power cut would.
    ///
    /// # Errors
    /// The kernel refused.
    pub async fn kill(mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }

    /// Waits for its end, not longer than `at_most`; `None` when it still runs.
    ///
    /// # Errors
    /// The kernel refused.
    pub async fn wait(&mut self, at_most: Duration) -> Outcome<Option<ExitStatus>> {
        match tokio::time::timeout(at_most, self.child.wait()).await {
            Ok(status) => Ok(Some(status?)),
            Err(_) => Ok(None),
        }
    }

    /// Asks it to end, and waits.
    ///
    /// # Errors
    /// It did not end in half a minute.
    pub async fn stop(mut self) -> Outcome<Duration> {
        let began = Instant::now();
        self.signal(Signal::TERM)?;
        self.wait(Duration::from_secs(30)).await?.ok_or("the server did not end")?;
        Ok(began.elapsed())
    }
}

/// A variable for paths that must be absolute, whatever folder a server is started in.
///
/// # Errors
/// There is nothing at the path.
pub fn absolute(path: &Path) -> Outcome<PathBuf> {
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()).into())
}
