//! Runs the server as a process: starts it, checks whether it is ready, and stops or kills it.

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

/// Time limit for the start of a server.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// Interval between checks whether a starting server is ready.
const ASK_EVERY: Duration = Duration::from_millis(2);

/// Settings for starting servers.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Path of the server binary.
    pub program: PathBuf,
    /// All environment variables of the process, which inherits no other variables.
    pub environment: BTreeMap<String, String>,
    /// Working directory of the process, which also contains the logs.
    pub folder: PathBuf,
}

/// A server process.
#[derive(Debug)]
pub struct Server {
    /// Address that the server listens on.
    pub address: SocketAddr,
    /// Time from the start until the server was ready.
    pub ready_after: Duration,
    child: Child,
}

/// Returns an address on which no program listens.
///
/// # Errors
/// Fails if there is no free port.
pub fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

impl Plan {
    /// Sets an environment variable.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.environment.insert(name.to_owned(), value.into());
    }

    /// Returns a command that runs the program with the environment of the plan. Appends the output of the command to `name`.log.
    ///
    /// # Errors
    /// Fails if the log cannot be opened.
    pub fn command(&self, name: &str) -> Outcome<Command> {
        let log = File::options().create(true).append(true).open(self.log(name))?;
        let mut command = Command::new(&self.program);
        command.env_clear().envs(&self.environment).current_dir(&self.folder).stdin(Stdio::null());
        command.stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        Ok(command)
    }

    /// Path of the log for the command `name`.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    /// Starts a server at `address` with additional environment variables, and waits until the server is ready.
    ///
    /// # Errors
    /// Fails if the server exits, or is not ready after a minute.
    pub async fn start(&self, address: SocketAddr, more: &[(&str, &str)]) -> Outcome<Server> {
        let mut server = self.launch(address, more)?;
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Starts a server, and does not wait until the server is ready.
    ///
    /// # Errors
    /// Fails if the process cannot be started.
    pub fn launch(&self, address: SocketAddr, more: &[(&str, &str)]) -> Outcome<Server> {
        let mut command = self.command(&format!("server-{}", address.port()))?;
        command.env("LEPTOS_SITE_ADDR", address.to_string()).envs(more.iter().copied()).arg("serve");
        Ok(Server { address, ready_after: Duration::ZERO, child: command.spawn()? })
    }
}

impl Server {
    /// Waits until the server reports that it is ready.
    ///
    /// # Errors
    /// Fails if the server exits, or is not ready after a minute.
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

    /// Whether the server reports that it is ready.
    pub async fn is_ready(&self) -> bool {
        let asked = async { Wire::connect(self.address).await?.send(&request("GET", "/readyz", &[], b"")).await };
        asked.await.is_ok_and(|answer| answer.status == 200)
    }

    /// Id of the process; `None` after the process has ended.
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Sends a signal to the server.
    ///
    /// # Errors
    /// Fails if the server has ended.
    pub fn signal(&self, signal: Signal) -> Outcome<()> {
        let process =
            self.process().and_then(|process| Pid::from_raw(i32::try_from(process).ok()?)).ok_or("the server has ended")?;
        Ok(kill_process(process, signal)?)
    }

    /// Kills the server immediately, which simulates a power failure.
    ///
    /// # Errors
    /// Fails if the process cannot be killed.
    pub async fn kill(mut self) -> Outcome<()> {
        Ok(self.child.kill().await?)
    }

    /// Waits for the end of the process, at most for the time `at_most`. Returns `None` if the process still runs.
    ///
    /// # Errors
    /// Fails if the kernel does not report the status of the process.
    pub async fn wait(&mut self, at_most: Duration) -> Outcome<Option<ExitStatus>> {
        match tokio::time::timeout(at_most, self.child.wait()).await {
            Ok(status) => Ok(Some(status?)),
            Err(_) => Ok(None),
        }
    }

    /// Sends SIGTERM to the server, waits for its end, and returns the duration.
    ///
    /// # Errors
    /// Fails if the server still runs after 30 s.
    pub async fn stop(mut self) -> Outcome<Duration> {
        let began = Instant::now();
        self.signal(Signal::TERM)?;
        self.wait(Duration::from_secs(30)).await?.ok_or("the server did not end")?;
        Ok(began.elapsed())
    }
}

/// Makes a path absolute, so that the path is valid in the working directory of any server.
///
/// # Errors
/// Fails if the path does not exist.
pub fn absolute(path: &Path) -> Outcome<PathBuf> {
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()).into())
}
