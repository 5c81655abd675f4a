//! The commands of the CLI. The exit status is 2 for wrong configuration or arguments, and 1 for other failures.

use super::progress::Progress;
use super::serve;
use clap::Args;
use lexicontract::clock::Clock;
use lexicontract::config::Config;
use lexicontract::db::account::organizations::OrganizationRow;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::ids::OrganizationId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::domain::time::Timestamp;
use lexicontract::fail_points;
use lexicontract::hub::{self, Hub};
use lexicontract::secret::Secret;
use lexicontract::services::{
    ChainState, CreatedUser, JoinedOrganization, KeyCount, NewOperatorUser, OrganizationErasure, WholeChain,
};
use lexicontract::vault::Vault;
use std::fmt::Display;
use std::io::{BufRead, stdin};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Limit on the bytes to read, longer than any accepted password or name.
const MAX_LINE_BYTES: u64 = 4_096;

pub struct CommandError {
    message: String,
    status: u8,
}

impl CommandError {
    pub fn usage(message: impl Display) -> Self {
        Self { message: message.to_string(), status: 2 }
    }

    pub fn failed(message: impl Display) -> Self {
        Self { message: message.to_string(), status: 1 }
    }

    pub fn exit(self) -> ExitCode {
        eprintln!("{}", self.message);
        ExitCode::from(self.status)
    }
}

impl From<hub::Error> for CommandError {
    fn from(error: hub::Error) -> Self {
        Self::failed(error.report())
    }
}

type Result<T = ExitCode> = std::result::Result<T, CommandError>;

pub async fn serve() -> Result {
    let site_root = variable("LEPTOS_SITE_ROOT").filter(|folder| !folder.trim().is_empty());
    if let Some(folder) = site_root.filter(|folder| !Path::new(folder.trim()).is_dir()) {
        let message = format!("`LEPTOS_SITE_ROOT` must be the folder of the built front end, but `{folder}` is not a folder.");
        return Err(CommandError::usage(message));
    }
    serve::serve(open().await?).await.map_err(CommandError::usage)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads only `DATABASE_URL` from the configuration.
pub async fn migrate() -> Result {
    let address = Config::read_database_url(variable).map_err(CommandError::usage)?;
    hub::migrate(&address).await.map_err(CommandError::usage)?;
    print("The database is up to date.")
}

/// Reads no configuration, because a valid configuration requires the key that this command generates.
pub fn generate_key() -> Result {
    print(Vault::generate_key().expose())
}

/// Prints the number of values that each key decrypts after the rotation.
pub async fn rotate_keys() -> Result {
    let mut progress = Progress::on_stderr();
    let counts = open().await?.rotate_keys(|so_far| progress.update(so_far.done, so_far.all, Instant::now())).await?;
    print(counts.iter().map(key_line).collect::<Vec<_>>().join("\n"))
}

fn key_line(count: &KeyCount) -> String {
    match count.key {
        Some(1) => format!("key 1 (encrypts): {} values", count.values),
        Some(key) if count.values == 0 => format!("key {key}: 0 values; it can be removed from `FERNET_KEY`"),
        Some(key) => format!("key {key}: {} values left; run this again", count.values),
        None => format!("no key: {} values", count.values),
    }
}

#[derive(Args, Debug)]
pub struct CreateUserArgs {
    #[command(flatten)]
    target: Target,
    /// E-mail address of the user.
    #[arg(long)]
    email: String,
    /// Name of the user.
    #[arg(long)]
    name: String,
    /// `admin`, `member` or `viewer`.
    #[arg(long, value_parser = role)]
    role: Role,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Target {
    /// Name of a new organization. Fails if an organization with this name exists.
    #[arg(long, value_name = "NAME")]
    organization: Option<String>,
    /// Id of an existing organization.
    #[arg(long, value_name = "ID", value_parser = organization_id)]
    organization_id: Option<OrganizationId>,
}

pub fn organization_id(text: &str) -> std::result::Result<OrganizationId, &'static str> {
    text.parse().map_err(|_| "must be the id of an organization, such as `org_0199…`")
}

fn role(text: &str) -> std::result::Result<Role, &'static str> {
    text.parse().map_err(|_| "must be `admin`, `member` or `viewer`")
}

pub async fn create_user(args: CreateUserArgs) -> Result {
    let hub = open().await?;
    let password = read_line(stdin().lock())
        .map_err(|error| CommandError::failed(format!("The password could not be read from standard input: {error}")))?;
    let CreateUserArgs { target, email, name, role } = args;
    let is_new = target.organization_id.is_none();
    // clap ensures that exactly one of the two arguments is present.
    let organization = match target.organization_id {
        Some(id) => JoinedOrganization::Existing(id),
        None => JoinedOrganization::New(target.organization.unwrap_or_default()),
    };
    let user = NewOperatorUser { organization, email: email.clone(), name, role, password };
    match hub.create_user(user).await? {
        CreatedUser::Added(OrganizationRow { id, name, .. }) if is_new => {
            print(format_args!("Created the organization {name} ({id}) and added {email} as {}.", role.label()))
        }
        CreatedUser::Added(OrganizationRow { id, name, .. }) => {
            print(format_args!("Added {email} as {} to the organization {name} ({id}).", role.label()))
        }
        CreatedUser::NameTaken(organizations) => Err(CommandError::usage(name_taken(&organizations, hub.clock().now()))),
        CreatedUser::UnknownOrganization => {
            Err(CommandError::usage("There is no organization with this id, so nothing was added."))
        }
    }
}

/// Prints what a server still has to do if grants are to be revoked at a provider.
pub async fn delete_organization(id: OrganizationId) -> Result {
    let hub = open().await?;
    let name = read_line(stdin().lock())
        .map_err(|error| CommandError::failed(format!("The name could not be read from standard input: {error}")))?;
    match hub.erase_organization_by_id(&id, name.expose()).await {
        Ok(OrganizationErasure::Erased) => print(format_args!(
            "Deleted the organization {id}. A running server revokes its access at the providers, and removes what is left of \
             its files and texts within minutes."
        )),
        Ok(OrganizationErasure::UnknownOrganization) => {
            Err(CommandError::usage("There is no organization with this id, so nothing was deleted."))
        }
        Err(hub::Error::Problem(Problem::Invalid(Invalid::TypedOrganizationName))) => {
            Err(CommandError::usage("The name on standard input is not the name of this organization, so nothing was deleted."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Lists the organizations with this name, so that the operator can choose one of them.
fn name_taken(organizations: &[OrganizationRow], now: Timestamp) -> String {
    let line = |row: &OrganizationRow| {
        let age = match now.since(row.created_at).as_secs() / (24 * 60 * 60) {
            0 => "today".to_owned(),
            1 => "1 day ago".to_owned(),
            days => format!("{days} days ago"),
        };
        let users = if row.users == 1 { "user" } else { "users" };
        format!("  {} created {age} ({}), {} {users}", row.id, row.created_at, row.users)
    };
    format!(
        "An organization with this name already exists, so nothing was added:\n{}\nChoose another name, or use \
         `--organization-id ID` instead of `--organization` if one of them is yours. Anyone could have registered an \
         organization with this name.",
        organizations.iter().map(line).collect::<Vec<_>>().join("\n")
    )
}

/// Reads the first line, without its line break.
fn read_line(input: impl BufRead) -> std::io::Result<Secret<String>> {
    let mut line = String::new();
    input.take(MAX_LINE_BYTES).read_line(&mut line)?;
    let text = Secret::from(line.trim_end_matches(['\r', '\n']));
    drop(Secret::new(line));
    Ok(text)
}

pub async fn sweep_files(older_than_minutes: u64) -> Result {
    let removed = open().await?.sweep_files(Duration::from_secs(older_than_minutes.saturating_mul(60))).await?;
    print(format_args!("{removed} files removed."))
}

pub async fn verify_audit(organization: Option<&str>) -> Result {
    let name = organization.map(str::trim);
    if name == Some("") {
        return Err(CommandError::usage("`--organization` needs the name of an organization."));
    }
    let (hub, mut is_whole) = (open().await?, true);
    let verified = hub.verify_audit(name, |id, name, state| {
        is_whole &= matches!(state, ChainState::Whole(_));
        println!("{} ({name}, {id})", chain_line(&state));
    });
    match verified.await? {
        0 if name.is_some() => Err(CommandError::usage("There is no organization with this name.")),
        _ => Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }),
    }
}

/// Describes the verified chain of one organization. For an intact chain, the text contains the chain's head. An operator who
/// keeps a copy of the head elsewhere can detect that an older database was restored.
fn chain_line(state: &ChainState) -> String {
    match state {
        ChainState::Whole(WholeChain { lines, erased, unchained, sequence, hash }) => {
            format!("ok: {lines} lines, {erased} erased, {unchained} before the chain, head {sequence} {hash}")
        }
        ChainState::Broken { sequence, why } => format!("BROKEN at sequence {sequence}: {why}"),
    }
}

async fn open() -> Result<Hub> {
    if let Some(step) = variable(fail_points::VARIABLE) {
        fail_points::arm(&step).map_err(CommandError::usage)?;
    }
    let config = Config::read(variable).map_err(CommandError::usage)?;
    Hub::open(config, Clock::system()).await.map_err(CommandError::usage)
}

/// Variables from `.env` are already part of the environment.
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn print(text: impl Display) -> Result {
    println!("{text}");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_first_line_without_its_line_break() {
        let read = |text: &str| read_line(text.as_bytes()).unwrap().expose().clone();
        assert_eq!(read("correct horse battery\n"), "correct horse battery");
        assert_eq!(read("correct horse battery\r\nmore"), "correct horse battery");
        assert_eq!(read(" spaces stay "), " spaces stay ");
        assert_eq!(read(""), "");
    }

    #[test]
    fn organizations_of_the_same_name_are_listed_with_id_age_and_users() {
        let now = Timestamp::parse("2026-11-29T10:00:00Z").unwrap();
        let made = |at: &str, users| OrganizationRow {
            id: "org_1".parse().unwrap(),
            name: "Acme".to_owned(),
            created_at: Timestamp::parse(at).unwrap(),
            users,
        };
        let message = name_taken(&[made("2026-11-29T09:00:00Z", 1), made("2026-11-26T09:00:00Z", 4)], now);
        assert!(message.contains("org_1 created today (2026-11-29T09:00:00.000Z), 1 user\n"), "{message}");
        assert!(message.contains("org_1 created 3 days ago (2026-11-26T09:00:00.000Z), 4 users\n"), "{message}");
    }

    #[test]
    fn rotation_names_the_key_that_can_be_removed() {
        assert_eq!(key_line(&KeyCount { key: Some(2), values: 0 }), "key 2: 0 values; it can be removed from `FERNET_KEY`");
        assert_eq!(key_line(&KeyCount { key: Some(2), values: 3 }), "key 2: 3 values left; run this again");
    }
}
