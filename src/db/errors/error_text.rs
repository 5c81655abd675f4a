//! Texts of database errors for logs. A text contains the cause and the violated constraint, but no values from rows.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use std::borrow::Cow;
use std::error::Error;

/// SQLSTATE classes whose messages contain no values from rows: connection exception, invalid authorization, invalid catalog
/// name, syntax error or access violation, insufficient resources, operator intervention, system error.
const ABOUT_THE_SERVER: [&str; 7] = ["08", "28", "3D", "42", "53", "57", "58"];
/// SQLite's primary result codes for problems with the file: busy, locked, read-only, I/O error, corrupt, full, cannot open, not
/// a database.
const ABOUT_THE_FILE: [u16; 8] = [5, 6, 8, 10, 11, 13, 14, 26];

/// Returns the text of a database error and its causes, without values from rows; `None` for other errors.
pub fn without_values(error: &(dyn Error + 'static)) -> Option<String> {
    let of_driver = error.downcast_ref::<sqlx::Error>().map(of_driver);
    of_driver.or_else(|| error.downcast_ref::<MigrateError>().map(of_migration))
}

fn of_driver(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => of_database(error.as_ref()),
        sqlx::Error::ColumnDecode { index, .. } => format!("could not decode column {index}"),
        sqlx::Error::Decode(_) => "could not decode a value".to_owned(),
        sqlx::Error::Encode(_) => "could not encode a value".to_owned(),
        sqlx::Error::Migrate(error) => of_migration(error),
        other => other.to_string(),
    }
}

fn of_migration(error: &MigrateError) -> String {
    match error {
        MigrateError::Execute(error) => format!("while executing migrations: {}", of_driver(error)),
        MigrateError::ExecuteMigration(error, version) => format!("while executing migration {version}: {}", of_driver(error)),
        other => other.to_string(),
    }
}

fn of_database(error: &dyn DatabaseError) -> String {
    let code = error.code().unwrap_or(Cow::Borrowed("without a code"));
    if is_about_the_system(&code) {
        return format!("database error {code}: {}", error.message());
    }
    // SQLite reports the columns of the constraint only in the message, which contains no values from rows.
    let constraint = error.constraint().or_else(|| Some(error.message().split_once(" constraint failed: ")?.1));
    let named = |what: &str, name: Option<&str>| name.map(|name| format!(", {what} {name}")).unwrap_or_default();
    format!("database error {code}{}{}", named("constraint", constraint), named("table", error.table()))
}

fn is_about_the_system(code: &str) -> bool {
    match code.len() {
        5 if code.is_ascii() => ABOUT_THE_SERVER.contains(&&code[..2]),
        _ => code.parse().is_ok_and(|code: u16| ABOUT_THE_FILE.contains(&(code & 0xff))),
    }
}

/// Error code: the SQLSTATE on PostgreSQL, the extended result code on SQLite.
pub(crate) fn code(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code)
}
