//! PostgreSQL errors after which a retry on another connection or in another transaction can succeed.

use super::error_text::code;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transient {
    /// The server has become a standby or is set to read-only.
    ReadOnly,
    /// The connection is lost, or the server is shutting down or starting.
    ConnectionLost,
    /// PostgreSQL rolled the transaction back because of a concurrent transaction.
    Conflict,
}

impl Transient {
    /// Classifies an error. Returns `None` if a retry cannot succeed.
    pub(crate) fn of(error: &sqlx::Error) -> Option<Self> {
        match error {
            sqlx::Error::Io(_) => Some(Self::ConnectionLost),
            error => Self::of_code(code(error)?.as_ref()),
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        match code {
            "25006" => Some(Self::ReadOnly),
            // admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout
            "57P01" | "57P02" | "57P03" | "57P05" => Some(Self::ConnectionLost),
            // serialization_failure, deadlock_detected
            "40001" | "40P01" => Some(Self::Conflict),
            // Connection exceptions, except protocol errors.
            "08000" | "08001" | "08003" | "08006" => Some(Self::ConnectionLost),
            _ => None,
        }
    }
}

/// Returns true if PostgreSQL rolled the transaction back because of a deadlock or a serialization failure, so that the caller
/// can retry the whole transaction. Always false on SQLite, which allows only one write transaction at a time.
pub fn is_conflict(error: &sqlx::Error) -> bool {
    Transient::of(error) == Some(Transient::Conflict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_connections_conflicts_and_read_only_servers_are_transient() {
        assert_eq!(
            Transient::of(&std::io::Error::from(std::io::ErrorKind::ConnectionReset).into()),
            Some(Transient::ConnectionLost)
        );
        for (code, kind) in [
            ("25006", Transient::ReadOnly),
            ("57P01", Transient::ConnectionLost),
            ("57P02", Transient::ConnectionLost),
            ("57P03", Transient::ConnectionLost),
            ("08006", Transient::ConnectionLost),
            ("40001", Transient::Conflict),
            ("40P01", Transient::Conflict),
        ] {
            assert_eq!(Transient::of_code(code), Some(kind), "{code}");
        }
    }

    #[test]
    fn row_statement_and_resource_errors_are_not_transient() {
        // `5` is SQLITE_BUSY, for which a retry is useless, because SQLite has already waited for the lock.
        for code in ["23505", "42601", "53100", "57014", "25P02", "5"] {
            assert_eq!(Transient::of_code(code), None, "{code}");
        }
        assert_eq!(Transient::of(&sqlx::Error::PoolTimedOut), None, "it has waited for as long as a request may");
        assert_eq!(Transient::of(&sqlx::Error::RowNotFound), None);
    }
}
