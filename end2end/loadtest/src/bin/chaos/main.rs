//! Crash tests: failures of servers, databases and disks must not lose or duplicate data.

mod check;
mod database;
mod driver;
mod erasure;
mod fairness;
mod filing;
mod fixture;
mod full_disk;
mod kills;
mod ledger;
mod outages;
mod poison;
mod polling;
mod refresh;
mod report;
mod rotation;
mod stalled;
mod termination;

use clap::{Parser, ValueEnum};
use fixture::Setting;
use loadtest::Outcome;
use loadtest::server::absolute;
use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Simulates failures of servers, of their database, and of their disk. By default it uses a debug build of the server.
#[derive(Debug, Parser)]
struct Arguments {
    /// Seed for random choices. Runs with the same seed make the same choices
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Database engine to test with
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Engine,
    /// Duration of the part that kills servers, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Webhook calls per second during the part that kills servers
    #[arg(long, default_value_t = 12)]
    rate: u64,
    /// Number of credentials to re-encrypt
    #[arg(long, default_value_t = 1_000)]
    credentials: u64,
    /// Parts to run, separated by commas. By default all parts run except refresh and fairness
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Parts to omit, separated by commas
    #[arg(long, value_delimiter = ',')]
    skip: Vec<Part>,
    /// Path of the server binary
    #[arg(long, default_value = "target/debug/lexicontract")]
    server: PathBuf,
    /// Use if the server binary is a release build. It has no fail points, so servers are killed only at random moments
    #[arg(long)]
    release: bool,
    /// Folder of the PostgreSQL cluster that `scripts/lib/postgres.sh` started
    #[arg(long)]
    postgres_folder: Option<PathBuf>,
    /// Folder for databases, files and logs, which are kept for debugging. By default they are deleted after the run
    #[arg(long)]
    keep: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sqlite,
    Postgres,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Servers are killed at random moments and at every fail point, while clients call and close connections early
    Kills,
    /// The database is locked by another program (SQLite) or restarted (PostgreSQL)
    Outages,
    /// The disk becomes full, and then has free space again
    FullDisk,
    /// A worker is stopped until another worker has taken over its job
    Stalled,
    /// A document crashes the server every time it is analysed
    Poison,
    /// Servers are killed while they poll for stage changes. No webhook calls them, and Salesforce's clock differs from theirs
    Polling,
    /// Contracts and organizations are erased by servers that are killed between the steps
    Erasure,
    /// Servers are killed while they file approved versions in Salesforce
    Filing,
    /// The server receives SIGTERM while jobs wait for Salesforce
    Termination,
    /// `rotate-keys` is killed repeatedly
    Rotation,
    /// Servers are killed while they refresh an access token. Takes four minutes, and runs only if it is listed in `--only`
    Refresh,
    /// An ordinary document is queued behind hostile documents from another organization. Measures times, and runs only if it is
    /// listed in `--only`
    Fairness,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("chaos: aborted: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Outcome<bool> {
    let temporary = tempfile::tempdir()?;
    let folder = arguments.keep.clone().unwrap_or_else(|| temporary.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let setting = Setting {
        program: absolute(&arguments.server)?,
        folder: absolute(&folder)?,
        postgres: match arguments.database {
            Engine::Sqlite => None,
            Engine::Postgres => Some(arguments.postgres_folder.clone().ok_or("--postgres-folder is missing")?),
        },
        seed: arguments.seed,
        has_fail_points: !arguments.release,
    };
    let mut report = Report::new(arguments.seed, arguments.database == Engine::Postgres);
    for part in Part::value_variants() {
        let is_wanted = if arguments.only.is_empty() {
            !matches!(part, Part::Fairness | Part::Refresh)
        } else {
            arguments.only.contains(part)
        };
        if !is_wanted || arguments.skip.contains(part) {
            continue;
        }
        report.begin(*part);
        match part {
            Part::Kills => kills::run(&setting, Duration::from_secs(arguments.seconds), arguments.rate, &mut report).await?,
            Part::Outages => outages::run(&setting, &mut report).await?,
            Part::FullDisk => full_disk::run(&setting, &mut report).await?,
            Part::Stalled => stalled::run(&setting, &mut report).await?,
            Part::Poison => poison::run(&setting, &mut report).await?,
            Part::Polling => polling::run(&setting, &mut report).await?,
            Part::Erasure => erasure::run(&setting, &mut report).await?,
            Part::Filing => filing::run(&setting, &mut report).await?,
            Part::Termination => termination::run(&setting, &mut report).await?,
            Part::Rotation => rotation::run(&setting, arguments.credentials, &mut report).await?,
            Part::Refresh => refresh::run(&setting, &mut report).await?,
            Part::Fairness => fairness::run(&setting, &mut report).await?,
        }
    }
    Ok(report.finish())
}
