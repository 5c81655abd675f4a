//! The command line.

use crate::{serve, telemetry};
use clap::{Args, Parser, Subcommand};
use lexicontract::{
    clock::Clock,
    config::Config,
    domain::{people::Role, problem::Problem},
    hub::{Hub, StartError},
    secret::Secret,
    services::{KeyCount, NewOperatorUser},
    vault::Vault,
};
use std::{
    fmt::Display,
    io::{BufRead, Read},
    process::ExitCode,
};

/// Contracts from Opportunities, and their status back.
#[derive(Debug, Parser)]
#[command(name = "lexicontract", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server (the default). Migrates the database first.
    Serve,
    /// Migrates the database, and does nothing else.
    Migrate,
    /// Prints a new key for `FERNET_KEY`.
    GenerateKey,
    /// Encrypts every stored credential again with the first key of `FERNET_KEY`. Can be interrupted and repeated.
    RotateKeys,
    /// Adds a person to an organization, which is made when there is none of that name. The password comes on standard input.
    CreateUser(NewPerson),
    /// Reads a document on standard input and writes its text; started by the server itself, with limits.
    #[command(hide = true)]
    Extract {
        /// What the document is called.
        file_name: String,
    },
}

#[derive(Args, Debug)]
struct NewPerson {
    /// The organization's name.
    #[arg(long)]
    organization: String,
    /// The person's e-mail address.
    #[arg(long)]
    email: String,
    /// The person's name.
    #[arg(long)]
    name: String,
    /// `admin`, `member` or `viewer`.
    #[arg(long, value_parser = role)]
    role: Role,
}

/// Bad configuration, told apart from a command that failed.
const BAD_CONFIGURATION: u8 = 2;

/// Does what the command line asks for.
pub async fn run() -> ExitCode {
    match Cli::parse().command.unwrap_or(Command::Serve) {
        Command::GenerateKey => generate_key(),
        Command::Extract { file_name } => lexicontract::analysis::child::run_extract(&file_name),
        Command::Serve => serve().await,
        Command::Migrate => migrate().await,
        Command::RotateKeys => rotate_keys().await,
        Command::CreateUser(person) => create_user(person).await,
    }
}

async fn serve() -> ExitCode {
    let hub = match open().await {
        Ok(hub) => hub,
        Err(code) => return code,
    };
    finished(serve::serve(hub).await)
}

/// Opening the hub migrates.
async fn migrate() -> ExitCode {
    match open().await {
        Ok(_hub) => told("The database is up to date."),
        Err(code) => code,
    }
}

fn generate_key() -> ExitCode {
    told(Vault::generate_key().expose())
}

async fn rotate_keys() -> ExitCode {
    let hub = match open().await {
        Ok(hub) => hub,
        Err(code) => return code,
    };
    match hub.rotate_keys().await {
        Ok(counts) => told(&counts.iter().map(key_line).collect::<Vec<_>>().join("\n")),
        Err(error) => failed(&Problem::from(error)),
    }
}

fn key_line(count: &KeyCount) -> String {
    match count.key {
        Some(key) => format!("Key {key} of `FERNET_KEY`: {} stored values", count.values),
        None => format!("No key of `FERNET_KEY`: {} stored values", count.values),
    }
}

async fn create_user(person: NewPerson) -> ExitCode {
    let hub = match open().await {
        Ok(hub) => hub,
        Err(code) => return code,
    };
    let mut password = String::new();
    if std::io::stdin().lock().take(MAX_PASSWORD_BYTES).read_line(&mut password).is_err() {
        return failed(&"The password on standard input is not text.");
    }
    let password = Secret::new(password.trim_end_matches(['\n', '\r']).to_owned());
    let NewPerson { organization, email, name, role } = person;
    match hub.create_user(NewOperatorUser { organization, email: email.clone(), name, role, password }).await {
        Ok(()) => told(&format!("{email} can sign in.")),
        Err(error) => failed(&Problem::from(error)),
    }
}

/// More than any password that is accepted.
const MAX_PASSWORD_BYTES: u64 = 4096;

/// Reads the configuration and opens the hub; what is wrong is said on standard error.
async fn open() -> Result<Hub, ExitCode> {
    drop(dotenvy::dotenv());
    telemetry::start_logging(telemetry::LogFormat::parse(variable("LOG_FORMAT").as_deref()), variable("RUST_LOG").as_deref());
    let config = Config::read(variable).map_err(|error| refused(&error))?;
    Hub::open(config, Clock::system()).await.map_err(|error: StartError| refused(&error))
}

#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn refused(error: &dyn Display) -> ExitCode {
    eprintln!("{error}");
    ExitCode::from(BAD_CONFIGURATION)
}

fn finished<E: Display>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn Display) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn told(sentence: &str) -> ExitCode {
    println!("{sentence}");
    ExitCode::SUCCESS
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be `admin`, `member` or `viewer`".to_owned())
}
