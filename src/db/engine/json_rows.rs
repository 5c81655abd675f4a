//! SQL for statements that process many rows, which are passed as one JSON parameter.

/// Builds the SQL for SQLite and for PostgreSQL from the text before and the text after the `FROM` clause, which reads the rows
/// in `$1`.
macro_rules! over_rows {
    ($before:literal, $after:literal) => {
        (
            concat!($before, " FROM json_each($1) AS given WHERE true ", $after),
            concat!($before, " FROM jsonb_array_elements($1::jsonb) AS given (value) WHERE true ", $after),
        )
    };
}

pub(crate) use over_rows;
