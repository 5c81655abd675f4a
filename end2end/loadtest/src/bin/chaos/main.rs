//! Puts servers through what machines do to them, and checks that nothing was lost and nothing doubled.

mod check;
mod database;
mod driver;
mod fairness;
mod fixture;
mod full_disk;
mod kills;
mod ledger;
mod outages;
mod poison;
mod refresh;
mod report;
mod rotation;
mod stalled;
mod termination;

use clap::{Parser, ValueEnum};
use fixture::Setting;
use report::Report;
use std::{path::PathBuf, process::ExitCode, time::Duration};
use loadtest::{Outcome, server::absolute};

/// Kills, stalls and starves servers of a debug build.
#[derive(Debug, Parser)]
struct Arguments {
    /// Makes the same choices as another run with it
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// On which database
    #[arg(long, value_enum, default_value = "sqlite")]
    database: Engine,
    /// For how long servers are killed, in seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// How many calls of the webhook a second meanwhile
    #[arg(long, default_value_t = 12)]
    rate: u64,
    /// How many credentials are sealed anew
    #[arg(long, default_value_t = 1_000)]
    credentials: u64,
    /// Which parts, instead of all but refresh and fairness
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// The server's binary
    #[arg(long, default_value = "target/debug/lexicontract")]
    server: PathBuf,
    /// The binary is a release build: servers die at random moments only
    #[arg(long)]
    release: bool,
    /// The private PostgreSQL of `scripts/lib/postgres.sh`, as its folder
    #[arg(long)]
    postgres_folder: Option<PathBuf>,
    /// Where to look when something failed; by default nothing is kept
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
    /// Servers are killed at random and at every named step, while clients call and hang up
    Kills,
    /// The database is locked, or restarts
    Outages,
    /// The disk is full, and then it is not
    FullDisk,
    /// A worker stands still until another one has its job
    Stalled,
    /// A document ends the server each time
    Poison,
    /// The server is asked to end while jobs hang
    Termination,
    /// Credentials are sealed anew by a command that is killed
    Rotation,
    /// Servers are killed while they renew a session. Takes four minutes, and runs only when it is named
    Refresh,
    /// An ordinary document waits behind hostile ones of another organization: measures seconds, and runs only when it is named
    Fairness,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("chaos: could not go on: {error}");
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
        if !is_wanted {
            continue;
        }
        report.begin(*part);
        match part {
            Part::Kills => kills::run(&setting, Duration::from_secs(arguments.seconds), arguments.rate, &mut report).await?,
            Part::Outages => outages::run(&setting, &mut report).await?,
            Part::FullDisk => full_disk::run(&setting, &mut report).await?,
            Part::Stalled => stalled::run(&setting, &mut report).await?,
            Part::Poison => poison::run(&setting, &mut report).await?,
            Part::Termination => termination::run(&setting, &mut report).await?,
            Part::Rotation => rotation::run(&setting, arguments.credentials, &mut report).await?,
            Part::Refresh => refresh::run(&setting, &mut report).await?,
            Part::Fairness => fairness::run(&setting, &mut report).await?,
        }
    }
    Ok(report.finish())
}
