//! The command line.

use super::commands::{self, CommandError, CreateUserArgs};
use super::telemetry;
use analysis::reader::{run_extract, run_sandbox_check};
use clap::{Parser, Subcommand};
use lexicontract::domain::ids::OrganizationId;
use lexicontract::hardening;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

/// Imports contracts from CRM opportunities, and writes their status back.
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
    /// Migrates the database and exits.
    Migrate,
    /// Prints a new key for `FERNET_KEY`.
    GenerateKey,
    /// Encrypts all stored credentials again with the first key in `FERNET_KEY`. Can be interrupted and repeated.
    RotateKeys,
    /// Removes stored files that no contract refers to. The server does this automatically every day.
    SweepFiles {
        /// Minimum age of a file to remove, in minutes. Newer files are kept, because a running server may be about to use them.
        #[arg(long, default_value_t = 24 * 60)]
        older_than_minutes: u64,
    },
    /// Verifies the hash chains of the audit log. Prints one line for each organization. Exits with status 1 if a chain is
    /// broken. Can run while servers are running.
    VerifyAudit {
        /// Verifies only organizations with this name.
        #[arg(long, value_name = "NAME")]
        organization: Option<String>,
    },
    /// Adds a user to a new organization, or to an existing organization. Reads the password from standard input.
    CreateUser(CreateUserArgs),
    /// Deletes an organization with its users, connections, contracts, files and audit log, and revokes its access at the
    /// providers. Reads the name of the organization from standard input, as a confirmation. Can run while servers are running.
    DeleteOrganization {
        /// Id of the organization.
        #[arg(long, value_name = "ID", value_parser = commands::organization_id)]
        organization_id: OrganizationId,
    },
    /// Reads a document from standard input and prints its text. The server starts this command, with resource limits.
    #[command(hide = true)]
    Extract {
        /// File name of the document.
        file_name: String,
    },
    /// Prints the isolation of the processes that read documents. The server runs this command at startup.
    #[command(hide = true)]
    CheckSandbox,
}

pub fn run() -> ExitCode {
    let result = match hardening::apply() {
        Ok(()) => run_command(Cli::parse().command.unwrap_or(Command::Serve)),
        Err(error) => Err(CommandError::failed(format!("The process could not be protected from other programs: {error}"))),
    };
    result.unwrap_or_else(CommandError::exit)
}

fn run_command(command: Command) -> Result<ExitCode, CommandError> {
    match command {
        // `extract` and `check-sandbox` run before any thread starts, because they set resource limits for the process.
        Command::Extract { file_name } => Ok(run_extract(&file_name)),
        Command::CheckSandbox => Ok(run_sandbox_check()),
        Command::GenerateKey => commands::generate_key(),
        Command::Serve => in_runtime(commands::serve()),
        Command::Migrate => in_runtime(commands::migrate()),
        Command::RotateKeys => in_runtime(commands::rotate_keys()),
        Command::SweepFiles { older_than_minutes } => in_runtime(commands::sweep_files(older_than_minutes)),
        Command::VerifyAudit { organization } => in_runtime(commands::verify_audit(organization.as_deref())),
        Command::CreateUser(args) => in_runtime(commands::create_user(args)),
        Command::DeleteOrganization { organization_id } => in_runtime(commands::delete_organization(organization_id)),
    }
}

fn in_runtime(command: impl Future<Output = Result<ExitCode, CommandError>>) -> Result<ExitCode, CommandError> {
    prepare().map_err(CommandError::usage)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| CommandError::failed(format!("The threads could not be started: {error}")))?.block_on(command)
}

/// Loads `.env`, and starts logging.
fn prepare() -> Result<(), String> {
    check_permissions(Path::new(".env"))?;
    match dotenvy::from_path(".env") {
        // The error's text is not printed, because it contains the line, which may hold a secret.
        Err(dotenvy::Error::LineParse(_, at)) => {
            return Err(format!("`.env` cannot be read: a line has a syntax error at character {at}."));
        }
        Err(error) if !error.not_found() => return Err(format!("`.env` cannot be read: {error}.")),
        Ok(()) | Err(_) => {}
    }
    telemetry::start_logging(commands::variable("LOG_FORMAT").as_deref(), commands::variable("RUST_LOG").as_deref())
}

/// Rejects a file with secrets if other users of this machine can access it.
fn check_permissions(file: &Path) -> Result<(), String> {
    let Ok(metadata) = file.metadata() else { return Ok(()) };
    let (name, mode) = (file.display(), metadata.permissions().mode() & 0o777);
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(format!(
        "`{name}` may contain secrets, and other users of this machine have access to it (mode {mode:03o}). Run `chmod 600 \
         {name}`."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn serve_is_the_default_command() {
        Cli::command().debug_assert();
        assert!(Cli::try_parse_from(["lexicontract"]).unwrap().command.is_none());
    }

    #[test]
    fn a_file_name_may_look_like_an_option() {
        let cli = Cli::try_parse_from(["lexicontract", "extract", "--", "--help.pdf"]).unwrap();
        assert!(matches!(cli.command, Some(Command::Extract { file_name }) if file_name == "--help.pdf"));
    }

    #[test]
    fn create_user_takes_a_role_and_either_a_new_organization_or_an_id() {
        let with = |target: &str, role: &str| {
            let words = format!("lexicontract create-user {target} --email e@example.com --name N --role {role}");
            Cli::try_parse_from(words.split_whitespace())
        };
        assert!(with("--organization Acme", "member").is_ok() && with("--organization-id org_0199", "viewer").is_ok());
        for wrong in ["", "--organization Acme --organization-id org_0199", "--organization-id Acme"] {
            assert!(with(wrong, "viewer").is_err(), "{wrong}");
        }
        let message = with("--organization Acme", "owner").unwrap_err().to_string();
        assert!(message.contains("`admin`, `member` or `viewer`"), "{message}");
    }
}
