//! The command line.

use super::{commands, telemetry};
use clap::{Args, Parser, Subcommand};
use lexicontract::{
    analysis::child::{run_extract, run_sandbox_check},
    domain::{account::users::Role, ids::OrganizationId},
    hardening,
};
use std::{os::unix::fs::PermissionsExt, path::Path, process::ExitCode};

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
    /// Removes stored files that no contract refers to. The server does it every day by itself.
    SweepFiles {
        /// Younger files are left alone: a running server may be about to use them.
        #[arg(long, default_value_t = 24 * 60)]
        older_than_minutes: u64,
    },
    /// Verifies the hash chains of the audit log: one line for each organization, and status 1 when one is broken. Can run beside servers.
    VerifyAudit {
        /// Only the organizations of this name.
        #[arg(long, value_name = "NAME")]
        organization: Option<String>,
    },
    /// Adds a person to a new organization, or to the one with an id. The password comes on standard input.
    CreateUser(NewPerson),
    /// Reads a document on standard input and writes its text; started by the server itself, with limits.
    #[command(hide = true)]
    Extract {
        /// The document's name.
        file_name: String,
    },
    /// Prints how a process that reads a document is isolated; started by the server at its start.
    #[command(hide = true)]
    CheckSandbox,
}

/// The person of `create-user`.
#[derive(Args, Debug)]
pub struct NewPerson {
    /// Which organization.
    #[command(flatten)]
    pub target: Target,
    /// The person's e-mail address.
    #[arg(long)]
    pub email: String,
    /// The person's name.
    #[arg(long)]
    pub name: String,
    /// `admin`, `member` or `viewer`.
    #[arg(long, value_parser = role)]
    pub role: Role,
}

/// The organization of `create-user`.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct Target {
    /// The name of a new organization. It is an error when there is one of this name.
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,
    /// The id of an organization that exists.
    #[arg(long, value_name = "ID", value_parser = organization_id)]
    pub organization_id: Option<OrganizationId>,
}

/// Does what the command line asks for.
pub fn run() -> ExitCode {
    if let Err(error) = hardening::apply() {
        eprintln!("The process could not be protected from other programs: {error}");
        return ExitCode::FAILURE;
    }
    match Cli::parse().command.unwrap_or(Command::Serve) {
        // Before any thread is started: the limits of this process are for one document.
        Command::Extract { file_name } => run_extract(&file_name),
        Command::CheckSandbox => run_sandbox_check(),
        Command::GenerateKey => commands::generate_key(),
        Command::Serve => in_runtime(commands::serve()),
        Command::Migrate => in_runtime(commands::migrate()),
        Command::RotateKeys => in_runtime(commands::rotate_keys()),
        Command::SweepFiles { older_than_minutes } => in_runtime(commands::sweep_files(older_than_minutes)),
        Command::VerifyAudit { organization } => in_runtime(commands::verify_audit(organization.as_deref())),
        Command::CreateUser(person) => in_runtime(commands::create_user(person)),
    }
}

fn in_runtime(command: impl Future<Output = ExitCode>) -> ExitCode {
    if let Err(sentence) = prepare() {
        eprintln!("{sentence}");
        return ExitCode::from(commands::BAD_CONFIGURATION);
    }
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => {
            eprintln!("The threads could not be started: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads `.env` of the working directory and starts logging.
fn prepare() -> Result<(), String> {
    check_owner_alone(Path::new(".env"))?;
    match dotenvy::from_path(".env") {
        Err(error) if !error.not_found() => {
            return Err(match error {
                // Its own words repeat the line, which may hold a secret.
                dotenvy::Error::LineParse(_, at) => format!("`.env` cannot be read: a line is wrong at character {at}."),
                error => format!("`.env` cannot be read: {error}."),
            });
        }
        Ok(()) | Err(_) => {}
    }
    let format = telemetry::LogFormat::parse(commands::variable("LOG_FORMAT").as_deref())?;
    telemetry::start_logging(format, commands::variable("RUST_LOG").as_deref())
}

/// Refuses a file with secrets that other users of this machine can read.
fn check_owner_alone(file: &Path) -> Result<(), String> {
    let Ok(metadata) = file.metadata() else { return Ok(()) };
    match metadata.permissions().mode() & 0o777 {
        mode if mode & 0o077 == 0 => Ok(()),
        mode => Err(format!(
            "`{name}` may hold secrets and is open to other users of this machine (mode {mode:03o}). Run `chmod 600 {name}`.",
            name = file.display()
        )),
    }
}

fn organization_id(text: &str) -> Result<OrganizationId, String> {
    text.parse().map_err(|_| "must be the id of an organization, such as `org_0199…`".to_owned())
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "must be `admin`, `member` or `viewer`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn without_a_command_the_server_is_meant() {
        Cli::command().debug_assert();
        assert!(Cli::try_parse_from(["lexicontract"]).unwrap().command.is_none());
    }

    #[test]
    fn a_document_may_have_the_name_of_an_option() {
        let cli = Cli::try_parse_from(["lexicontract", "extract", "--", "--help.pdf"]).unwrap();
        assert!(matches!(cli.command, Some(Command::Extract { file_name }) if file_name == "--help.pdf"));
    }

    #[test]
    fn a_person_joins_a_new_organization_or_one_with_an_id_and_never_both() {
        let with = |target: &str| {
            let words = format!("lexicontract create-user {target} --email e@example.com --name N --role viewer");
            Cli::try_parse_from(words.split_whitespace())
        };
        assert!(with("--organization Acme").is_ok());
        assert!(with("--organization-id org_0199").is_ok());
        for wrong in ["", "--organization Acme --organization-id org_0199", "--organization-id Acme"] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_file_with_secrets_must_be_for_its_owner_alone() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let with = |mode| {
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            check_owner_alone(file.path())
        };
        assert!(with(0o600).is_ok() && with(0o400).is_ok());
        for mode in [0o644, 0o640, 0o604, 0o620] {
            let said = with(mode).unwrap_err();
            assert!(said.contains(&format!("mode {mode:o}")) && said.contains("chmod 600"), "{said}");
        }
        assert!(check_owner_alone(Path::new("/nonexistent/.env")).is_ok());
    }

    #[test]
    fn an_unknown_role_is_refused() {
        let words = "lexicontract create-user --organization O --email e@example.com --name N --role";
        let with = |role: &str| Cli::try_parse_from(words.split(' ').chain([role]));
        assert!(with("member").is_ok());
        assert!(with("owner").unwrap_err().to_string().contains("`admin`, `member` or `viewer`"));
    }
}
