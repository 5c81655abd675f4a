//! Tests the server while the disk of its SQLite database is full, and after space has been freed.

use crate::check;
use crate::driver::pause;
use crate::fixture::Setting;
use crate::ledger::Ledger;
use crate::outages::Callers;
use crate::report::Report;
use loadtest::wire::PUBLIC_URL;
use loadtest::{Outcome, salesforce};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const DISK: &str = "size=12m";
const TIMEOUT: Duration = Duration::from_secs(30);
const DRAIN: Duration = Duration::from_secs(90);

/// A tmpfs that is unmounted on drop.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: PathBuf) -> Outcome<Option<Self>> {
        std::fs::create_dir_all(&folder)?;
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "chaos"]).arg(&folder).output();
        Ok(mounted.is_ok_and(|output| output.status.success()).then_some(Self(folder)))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // `-l` unmounts the disk even if a server still uses it.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

/// Fills the disk, and checks that calls receive 503. Then frees the space, and checks that calls are accepted again.
pub async fn run(setting: &Setting, report: &mut Report) -> Outcome<()> {
    if setting.postgres.is_some() {
        report.did("left out: PostgreSQL's disk is PostgreSQL's matter");
        return Ok(());
    }
    let Some(disk) = SmallDisk::mount(setting.folder.join("small-disk"))? else {
        report.did("LEFT OUT: only root can mount a small disk");
        return Ok(());
    };
    let sqlite = format!("sqlite://{}/chaos.db", disk.0.display());
    let (folder, simulator) = (setting.folder.join("full-disk"), salesforce::start(PUBLIC_URL).await?);
    let (fixture, server) = setting.fixture_in("full-disk", folder, &sqlite, simulator).await?;
    let ledger = Arc::new(Ledger::default());
    let mut callers = Callers::start(&fixture, &ledger);
    let ballast = disk.0.join("ballast");
    fill(&ballast)?;
    let is_put_off = until(|| ledger.lines().put_off >= 20).await;
    let count = ledger.lines().put_off;
    report.invariant(
        "calls get 503 with Retry-After while the disk is full",
        is_put_off,
        format!("{count} answers 503 with Retry-After"),
    );
    std::fs::remove_file(&ballast)?;
    let before = ledger.lines().accepted.len();
    let is_back = until(|| ledger.lines().accepted.len() >= before + 10).await;
    report.invariant(
        "calls are accepted again without a restart",
        is_back,
        format!("{} after {before}", ledger.lines().accepted.len()),
    );
    callers.stop().await;
    let is_done = fixture.wait_until_done(DRAIN).await?;
    report.invariant("everything that was accepted comes to its end", is_done, "");
    server.stop().await?;
    check::everything(&fixture, &ledger, report).await?;
    fixture.database.close().await;
    Ok(())
}

/// Writes to a file until the disk is full.
fn fill(path: &Path) -> Outcome<()> {
    let mut file = File::create(path)?;
    for size in [64 * 1024, 1024, 1] {
        let block = vec![0; size];
        while file.write_all(&block).is_ok() {}
    }
    Ok(())
}

async fn until(is_so: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !is_so() && began.elapsed() < TIMEOUT {
        pause().await;
    }
    is_so()
}
