//! SQL of statements that receive many rows as one JSON parameter.

use crate::db::Result;
use serde::Serialize;

/// Builds the SQL for SQLite and PostgreSQL. `$before` and `$after` are the SQL before and after the `FROM` clause, which reads
/// the rows from the JSON array in `$1`.
macro_rules! over_rows {
    ($before:literal, $after:literal) => {
        (
            concat!($before, " FROM json_each($1) AS given WHERE true ", $after),
            concat!($before, " FROM jsonb_array_elements($1::jsonb) AS given (value) WHERE true ", $after),
        )
    };
}

pub(crate) use over_rows;

/// Serializes the rows of a statement.
pub(crate) fn as_json(rows: impl Iterator<Item: Serialize>) -> Result<String> {
    serde_json::to_string(&rows.collect::<Vec<_>>()).map_err(|error| sqlx::Error::Encode(error.into()))
}
