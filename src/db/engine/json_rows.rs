//! Many rows in one statement: they travel as one JSON parameter, which both engines can take apart; only how they call that differs.

/// A statement over the rows of `$1`, for each engine: what comes before `FROM`, and what comes after the rows.
macro_rules! over_rows {
    ($before:literal, $after:literal) => {
        (
            concat!($before, " FROM json_each($1) AS given WHERE true ", $after),
            concat!($before, " FROM jsonb_array_elements($1::jsonb) AS given (value) WHERE true ", $after),
        )
    };
}

pub(crate) use over_rows;
