//! Protection of the built program from other processes and users.

use crate::support::program::{PROGRAM, Running, Setting};
use lexicontract::db::Db;
use lexicontract::secret::Secret;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use test_support::databases::Opened;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Id of an unprivileged user. Tests that run as root start processes as this user.
const UNPRIVILEGED_USER: u32 = 65_534;

#[tokio::test]
async fn active_protections_are_logged_and_files_are_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display();
    let url = Secret::new(format!("sqlite://{path}/of-the-test.db"));
    let opened = Opened { db: Db::connect(&url).await.unwrap(), url, folder: folder.path().to_owned() };
    let (database, storage) = (format!("sqlite://{path}/of-the-server/test.db"), format!("file://{path}/of-the-server/files"));
    let setting = Setting::new(&opened);
    let running = Running::start(&setting, &[("DATABASE_URL", &database), ("STORAGE_URL", &storage)]).await;
    let process = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", running.id())).unwrap();
    assert!(process("status").lines().any(|line| line.split_whitespace().eq(["Umask:", "0077"])));
    let limits = process("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert!(core.split_whitespace().rev().skip(1).take(2).eq(["0", "0"]), "{core}");
    let metrics = metrics(&running.address, &setting.metrics_token).await;
    let said = String::from_utf8(running.end().await).unwrap();
    let line = said.lines().find(|line| line.contains("document reader sandbox: ")).unwrap();
    assert_eq!(said.matches("document reader sandbox: ").count(), 1);
    assert!(line.contains("nproc=on; process: dumpable=off core_dumps=off umask=077"), "{line}");
    let is_on = |layer: &str| u8::from(line.contains(&format!("{layer}=on")));
    for (layer, value) in
        [("no_new_privs", 1), ("seccomp", is_on("seccomp")), ("landlock", is_on("landlock")), ("rlimit_nproc", 1)]
    {
        assert!(metrics.contains(&format!("lexicontract_sandbox_active{{layer=\"{layer}\"}} {value}\n")), "{layer}: {metrics}");
    }
    for layer in ["not_dumpable", "no_core_dumps", "umask"] {
        let gauge = format!("lexicontract_process_hardening_active{{layer=\"{layer}\"}} 1\n");
        assert!(metrics.contains(&gauge), "{layer}: {metrics}");
    }
    let made = modes(&folder.path().join("of-the-server"));
    assert!(made.iter().any(|(name, _)| name.ends_with("test.db")) && made.len() >= 3, "{made:?}");
    assert!(made.iter().all(|(_, mode)| mode & 0o077 == 0), "{made:?}");
}

async fn metrics(address: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The permissions of a file, or of a folder and everything in it.
fn modes(path: &Path) -> Vec<(String, u32)> {
    let mut all = vec![(path.display().to_string(), path.metadata().unwrap().mode() & 0o777)];
    if path.is_dir() {
        all.extend(fs::read_dir(path).unwrap().flat_map(|entry| modes(&entry.unwrap().path())));
    }
    all
}

/// A command that runs as an unprivileged user, because root has access to everything.
fn as_unprivileged_user(program: &Path) -> Command {
    let mut command = Command::new(program);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        command.uid(UNPRIVILEGED_USER).gid(UNPRIVILEGED_USER);
    }
    command.current_dir("/").stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn a_process_of_the_same_user_reads_neither_environment_nor_memory() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let program = folder.path().join("lexicontract");
    fs::hard_link(PROGRAM, &program).or_else(|_| fs::copy(PROGRAM, &program).map(drop)).unwrap();
    // This command applies the protections of all commands, then waits for a document on standard input.
    let mut protected = as_unprivileged_user(&program).args(["extract", "--", "a.pdf"]).spawn().unwrap();
    let control = as_unprivileged_user(Path::new("sleep")).arg("600").spawn().unwrap();
    let status = format!("/proc/{}/status", protected.id());
    while !fs::read_to_string(&status).unwrap().lines().any(|line| line.split_whitespace().eq(["Umask:", "0077"])) {
        assert!(protected.try_wait().unwrap().is_none(), "it ended early");
        std::thread::yield_now();
    }
    let can_read = |pid: u32, file: &str| {
        as_unprivileged_user(Path::new("cat")).arg(format!("/proc/{pid}/{file}")).status().unwrap().success()
    };
    let outcomes = ["environ", "maps"].map(|file| (can_read(control.id(), file), can_read(protected.id(), file)));
    for mut child in [protected, control] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(outcomes, [(true, false); 2]);
}

#[test]
fn a_readable_env_file_is_rejected_with_status_2_and_secrets_can_come_from_files() {
    let folder = tempfile::tempdir().unwrap();
    let (env, url) = (folder.path().join(".env"), folder.path().join("url"));
    fs::write(&env, format!("DATABASE_URL_FILE={}\n", url.display())).unwrap();
    fs::write(&url, format!("sqlite://{}/test.db\n", folder.path().display())).unwrap();
    let migrate = |mode| {
        fs::set_permissions(&env, Permissions::from_mode(mode)).unwrap();
        let output = Command::new(PROGRAM).arg("migrate").env_clear().current_dir(folder.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = migrate(0o644);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("(mode 644)") && said.contains("chmod 600 .env") && said.lines().count() == 1, "{said}");
    assert!(!folder.path().join("test.db").exists());
    for mode in [0o640, 0o620, 0o604] {
        assert_eq!(migrate(mode).0, Some(2), "mode {mode:o}");
    }
    for mode in [0o400, 0o600] {
        let (code, said) = migrate(mode);
        assert_eq!(code, Some(0), "mode {mode:o}: {said}");
    }
    assert_eq!(folder.path().join("test.db").metadata().unwrap().mode() & 0o777, 0o600);
}
