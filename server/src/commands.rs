//! What each command does. Bad configuration ends with status 2 and a sentence, a command that failed with status 1.

use crate::{cli::NewPerson, progress::Progress, serve};
use lexicontract::{
    clock::Clock,
    config::Config,
    domain::problem::Problem,
    fail_points,
    hub::{self, Hub, StartError},
    secret::Secret,
    services::{KeyCount, NewOperatorUser},
    vault::Vault,
};
use std::{
    fmt::Display,
    io::BufRead,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

/// The status of a program that was configured wrongly.
pub const BAD_CONFIGURATION: u8 = 2;
/// More than any password that is accepted.
const MAX_PASSWORD_BYTES: u64 = 4_096;

/// Runs the server.
pub async fn serve() -> ExitCode {
    if let Some(folder) =
        variable("LEPTOS_SITE_ROOT").filter(|folder| !folder.trim().is_empty() && !Path::new(folder.trim()).is_dir())
    {
        let sentence = format!("`LEPTOS_SITE_ROOT` must be the folder of the built front end, but `{folder}` is no folder.");
        return refused(&sentence, BAD_CONFIGURATION);
    }
    match open().await {
        Ok(hub) => match serve::serve(hub).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => refused(&error, BAD_CONFIGURATION),
        },
        Err(code) => code,
    }
}

/// Migrates, for which the database's address is enough.
pub async fn migrate() -> ExitCode {
    let address = match Config::read_database_url(variable) {
        Ok(address) => address,
        Err(error) => return refused(&error, BAD_CONFIGURATION),
    };
    match hub::migrate(&address).await {
        Ok(_db) => told("The database is up to date."),
        Err(error) => refused(&error, BAD_CONFIGURATION),
    }
}

/// Prints a key. It needs no configuration: it is what the configuration is made with.
pub fn generate_key() -> ExitCode {
    told(Vault::generate_key().expose())
}

/// Encrypts again, and tells what is left for each key.
pub async fn rotate_keys() -> ExitCode {
    let hub = match open().await {
        Ok(hub) => hub,
        Err(code) => return code,
    };
    let mut progress = Progress::on_stderr();
    match hub.rotate_keys(|so_far| progress.tell(so_far.done, so_far.all, Instant::now())).await {
        Ok(counts) => told(&counts.iter().map(key_line).collect::<Vec<_>>().join("\n")),
        Err(error) => refused(&Problem::from(error), 1),
    }
}

fn key_line(count: &KeyCount) -> String {
    match count.key {
        Some(1) => format!("key 1 (encrypts): {} values", count.values),
        Some(key) if count.values == 0 => format!("key {key}: 0 values; it can be removed from `FERNET_KEY`"),
        Some(key) => format!("key {key}: {} values left; run this again", count.values),
        None => format!("no key: {} values", count.values),
    }
}

/// Adds a person with the password on standard input.
pub async fn create_user(person: NewPerson) -> ExitCode {
    let hub = match open().await {
        Ok(hub) => hub,
        Err(code) => return code,
    };
    let password = match read_password(std::io::stdin().lock()) {
        Ok(password) => password,
        Err(error) => return refused(&format!("The password could not be read from standard input: {error}"), 1),
    };
    let NewPerson { organization, email, name, role } = person;
    let done = format!("{email} can sign in to {organization}.");
    match hub.create_user(NewOperatorUser { organization, email, name, role, password }).await {
        Ok(()) => told(&done),
        Err(error) => refused(&Problem::from(error), 1),
    }
}

/// The first line, without its end.
fn read_password(input: impl BufRead) -> std::io::Result<Secret<String>> {
    let mut line = String::new();
    input.take(MAX_PASSWORD_BYTES).read_line(&mut line)?;
    let password = Secret::from(line.trim_end_matches(['\r', '\n']));
    drop(Secret::new(line));
    Ok(password)
}

/// Removes files that no contract refers to.
pub async fn sweep_files(older_than_minutes: u64) -> ExitCode {
    let hub = match open().await {
        Ok(hub) => hub,
        Err(code) => return code,
    };
    match hub.sweep_files(Duration::from_secs(older_than_minutes.saturating_mul(60))).await {
        Ok(removed) => told(&format!("{removed} files removed.")),
        Err(error) => refused(&Problem::from(error), 1),
    }
}

async fn open() -> Result<Hub, ExitCode> {
    if let Some(step) = variable(fail_points::VARIABLE) {
        fail_points::arm(&step).map_err(|sentence| refused(&sentence, BAD_CONFIGURATION))?;
    }
    let config = Config::read(variable).map_err(|error| refused(&error, BAD_CONFIGURATION))?;
    Hub::open(config, Clock::system()).await.map_err(|error: StartError| refused(&error, BAD_CONFIGURATION))
}

/// A variable of the environment, or of `.env`, which has been read into it.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn refused(reason: &dyn Display, status: u8) -> ExitCode {
    eprintln!("{reason}");
    ExitCode::from(status)
}

fn told(sentence: &str) -> ExitCode {
    println!("{sentence}");
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_first_line_without_its_end() {
        let read = |text: &str| read_password(text.as_bytes()).unwrap().expose().clone();
        assert_eq!(read("correct horse battery\n"), "correct horse battery");
        assert_eq!(read("correct horse battery\r\nmore"), "correct horse battery");
        assert_eq!(read(" spaces stay "), " spaces stay ");
        assert_eq!(read(""), "");
    }

    #[test]
    fn a_rotation_says_which_key_is_no_longer_needed() {
        assert_eq!(key_line(&KeyCount { key: Some(2), values: 0 }), "key 2: 0 values; it can be removed from `FERNET_KEY`");
        assert_eq!(key_line(&KeyCount { key: Some(2), values: 3 }), "key 2: 3 values left; run this again");
    }
}
