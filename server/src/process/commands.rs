//! What each command does. Bad configuration ends with status 2 and a sentence, a command that failed with status 1.

use super::{
    cli::{NewPerson, Target},
    progress::Progress,
    serve,
};
use lexicontract::{
    clock::Clock,
    config::Config,
    db::account::organizations::OrganizationRow,
    domain::time::Timestamp,
    fail_points,
    hub::{self, Hub, StartError},
    secret::Secret,
    services::{ChainState, CreatedUser, JoinedOrganization, KeyCount, NewOperatorUser, WholeChain},
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
        Err(error) => refused(&error.report(), 1),
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
    let NewPerson { target: Target { organization, organization_id }, email, name, role } = person;
    let organization = match (organization, organization_id) {
        (Some(name), None) => JoinedOrganization::New(name),
        (None, Some(id)) => JoinedOrganization::Existing(id),
        _ => return refused(&"Name the organization with `--organization` or `--organization-id`.", BAD_CONFIGURATION),
    };
    let is_new = matches!(organization, JoinedOrganization::New(_));
    let user = NewOperatorUser { organization, email: email.clone(), name, role, password };
    match hub.create_user(user).await {
        Ok(CreatedUser::Added(organization)) => {
            let OrganizationRow { id, name, .. } = organization;
            told(&match is_new {
                true => format!("Made the organization {name} ({id}) and added {email} as {}.", role.label()),
                false => format!("Added {email} as {} to the organization {name} ({id}).", role.label()),
            })
        }
        Ok(CreatedUser::NameTaken(organizations)) => refused(&name_taken(&organizations, hub.clock().now()), BAD_CONFIGURATION),
        Ok(CreatedUser::UnknownOrganization) => {
            refused(&"There is no organization with this id. Nothing was added.", BAD_CONFIGURATION)
        }
        Err(error) => refused(&error.report(), 1),
    }
}

/// Names the organizations that have the name, so that the operator can recognize the right one.
fn name_taken(organizations: &[OrganizationRow], now: Timestamp) -> String {
    let line = |row: &OrganizationRow| {
        let (days, users) = (now.since(row.created_at).as_secs() / (24 * 60 * 60), row.users);
        let age = match days {
            0 => "today".to_owned(),
            1 => "1 day ago".to_owned(),
            days => format!("{days} days ago"),
        };
        let users = if users == 1 { "1 user".to_owned() } else { format!("{users} users") };
        format!("  {} made {age} ({}), {users}", row.id, row.created_at)
    };
    format!(
        "An organization of this name exists already, so nothing was added:\n{}\nChoose another name, or add `--organization-id ID` \
         in place of `--organization` if one of them is yours. Anybody may have registered an organization of this name.",
        organizations.iter().map(line).collect::<Vec<_>>().join("\n")
    )
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
        Err(error) => refused(&error.report(), 1),
    }
}

/// Verifies the chains of the audit log.
pub async fn verify_audit(organization: Option<&str>) -> ExitCode {
    let name = organization.map(str::trim);
    if name == Some("") {
        return refused(&"`--organization` needs the name of an organization.", BAD_CONFIGURATION);
    }
    let hub = match open().await {
        Ok(hub) => hub,
        Err(code) => return code,
    };
    let mut is_whole = true;
    let verified = hub.verify_audit(name, |id, name, state| {
        is_whole &= matches!(state, ChainState::Whole(_));
        println!("{} ({name}, {id})", chain_line(&state));
    });
    match verified.await {
        Ok(0) if name.is_some() => refused(&"There is no organization of this name.", BAD_CONFIGURATION),
        Ok(_) if is_whole => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => refused(&error.report(), 1),
    }
}

/// The head belongs elsewhere, too: only who kept it can tell that the whole database is an older one.
fn chain_line(state: &ChainState) -> String {
    match state {
        ChainState::Whole(WholeChain { lines, erased, unchained, sequence, hash }) => {
            format!("ok: {lines} lines, {erased} erased, {unchained} before the chain, head {sequence} {hash}")
        }
        ChainState::Broken { sequence, why } => format!("BROKEN at sequence {sequence}: {why}"),
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
    fn organizations_of_the_same_name_are_told_apart_by_id_age_and_users() {
        let now = Timestamp::parse("2026-11-29T10:00:00Z").unwrap();
        let made = |at: &str, users| OrganizationRow {
            id: "org_1".parse().unwrap(),
            name: "Acme".to_owned(),
            created_at: Timestamp::parse(at).unwrap(),
            users,
        };
        let said = name_taken(&[made("2026-11-29T09:00:00Z", 1), made("2026-11-26T09:00:00Z", 4)], now);
        assert!(said.contains("org_1 made today (2026-11-29T09:00:00.000Z), 1 user\n"), "{said}");
        assert!(said.contains("org_1 made 3 days ago (2026-11-26T09:00:00.000Z), 4 users\n"), "{said}");
    }

    #[test]
    fn a_rotation_says_which_key_is_no_longer_needed() {
        assert_eq!(key_line(&KeyCount { key: Some(2), values: 0 }), "key 2: 0 values; it can be removed from `FERNET_KEY`");
        assert_eq!(key_line(&KeyCount { key: Some(2), values: 3 }), "key 2: 3 values left; run this again");
    }
}
