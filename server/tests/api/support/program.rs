//! The built program with its configuration and its output.

use lexicontract::vault::Vault;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use test_support::databases::Opened;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;
use url::Url;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_lexicontract");
/// Time limit for the start of the server, and for its shutdown.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The configuration of the program, and the secrets in the configuration.
pub struct Setting {
    pub fernet_key: String,
    pub database_password: String,
    pub client_secret: String,
    pub metrics_token: String,
    pub model_key: String,
    database_url: String,
    storage_url: String,
}

impl Setting {
    pub fn new(opened: &Opened) -> Self {
        let database_password = "canary-of-the-database-4711".to_owned();
        let mut url = opened.url.expose().clone();
        if url.starts_with("postgres") {
            let mut with_password = Url::parse(&url).unwrap();
            with_password.set_password(Some(&database_password)).unwrap();
            url = with_password.into();
        }
        Self {
            fernet_key: Vault::generate_key().expose().clone(),
            client_secret: "canary-of-the-consumer-secret".to_owned(),
            metrics_token: "canary-of-the-metrics-token".to_owned(),
            model_key: "canary-of-the-language-model".to_owned(),
            database_password,
            database_url: url,
            storage_url: format!("file://{}/files", opened.folder.display()),
        }
    }

    /// A command that runs the program with this configuration, at log level trace.
    pub fn program(&self, more: &[(&str, &str)]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.env_clear().current_dir(std::env::temp_dir());
        for (name, value) in [
            ("RUST_LOG", "trace"),
            ("LOG_FORMAT", "json"),
            ("RUST_BACKTRACE", "full"),
            ("FERNET_KEY", &self.fernet_key),
            ("DATABASE_URL", &self.database_url),
            ("STORAGE_URL", &self.storage_url),
            ("METRICS_TOKEN", &self.metrics_token),
            ("RATE_LIMIT_FACTOR", "0"),
            ("MIN_FREE_DISK_BYTES", "0"),
        ]
        .iter()
        .chain(more)
        {
            command.env(name, value);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs commands with invalid configurations, which must fail. Returns the output of the commands.
    pub async fn failing_commands(&self) -> Vec<u8> {
        let wrong_key = Vault::generate_key();
        let broken_key = format!("{}x", self.fernet_key);
        let password = &self.database_password;
        let nowhere = format!("postgres://lexicontract:{password}@127.0.0.1:1/none");
        let nonsense = format!("postgres://lexicontract:{password}@[nonsense/none");
        let (metrics_token, secret) = (format!("{}\u{e9}", self.metrics_token), self.client_secret.as_str());
        let mut outputs = Vec::new();
        for (command, change) in [
            ("rotate-keys", [("FERNET_KEY", wrong_key.expose().as_str()), ("", "")]),
            ("sweep-files", [("FERNET_KEY", &broken_key), ("METRICS_TOKEN", &metrics_token)]),
            ("migrate", [("DATABASE_URL", &nowhere), ("", "")]),
            ("sweep-files", [("DATABASE_URL", &nonsense), ("SALESFORCE_CLIENT_SECRET", secret)]),
            ("sweep-files", [("PUBLIC_URL", "nonsense"), ("STORAGE_URL", "nonsense")]),
        ] {
            let change: Vec<_> = change.into_iter().filter(|(name, _)| !name.is_empty()).collect();
            let result = timeout(TIMEOUT, self.program(&change).arg(command).output()).await.unwrap().unwrap();
            assert!(!result.status.success(), "{change:?}");
            outputs.extend([result.stdout, result.stderr].concat());
        }
        outputs
    }

    /// The SQL dump of a PostgreSQL database. `None` on SQLite, whose database file the tests read directly.
    pub async fn dump(&self) -> Option<Vec<u8>> {
        if !self.database_url.starts_with("postgres") {
            return None;
        }
        let output = Command::new("pg_dump").args(["--inserts", &self.database_url]).output().await.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(output.stdout)
    }
}

/// A running server.
pub struct Running {
    child: Child,
    output: Arc<Mutex<Vec<u8>>>,
    readers: Vec<tokio::task::JoinHandle<()>>,
    pub address: String,
}

impl Running {
    pub async fn start(setting: &Setting, more: &[(&str, &str)]) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let more: Vec<_> = more.iter().copied().chain([("LEPTOS_SITE_ADDR", address.as_str())]).collect();
        let mut child = setting.program(&more).spawn().unwrap();
        let (output, (ready, mut is_ready)) = (Arc::default(), watch::channel(false));
        let readers = vec![
            tokio::spawn(listen(child.stderr.take().unwrap(), Arc::clone(&output), ready.clone())),
            tokio::spawn(listen(child.stdout.take().unwrap(), Arc::clone(&output), ready)),
        ];
        let started = timeout(TIMEOUT, is_ready.wait_for(|ready| *ready)).await.is_ok_and(|outcome| outcome.is_ok());
        assert!(started, "{}", String::from_utf8_lossy(&output.lock().unwrap()));
        Self { child, output, readers, address }
    }

    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Resident memory without mapped files, in KiB.
    pub fn anonymous_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// Stops the server with SIGTERM. Returns its output.
    pub async fn end(mut self) -> Vec<u8> {
        let id = self.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
        let status = timeout(TIMEOUT, self.child.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
        for reader in self.readers {
            reader.await.unwrap();
        }
        std::mem::take(&mut self.output.lock().unwrap())
    }
}

async fn listen(mut from: impl AsyncRead + Unpin, output: Arc<Mutex<Vec<u8>>>, ready: watch::Sender<bool>) {
    let mut bytes = vec![0; 64 * 1_024];
    loop {
        match from.read(&mut bytes).await.unwrap() {
            0 => return,
            length => output.lock().unwrap().extend_from_slice(&bytes[..length]),
        }
        if !*ready.borrow() && String::from_utf8_lossy(&output.lock().unwrap()).contains("LexiContract is ready") {
            ready.send_replace(true);
        }
    }
}
