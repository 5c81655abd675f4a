//! All encrypted columns, for the key check at startup and the key rotation.

use crate::db::{ReadConnection, Result, Tx, params};
use crate::vault::Vault;
use strum::VariantArray;

const VALUES_PER_QUERY: i64 = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum SealedColumn {
    Connections,
    PendingConnections,
    Revocations,
    OAuthFlows,
    ServerSecrets,
    SigningKeys,
    FormAnswers,
}

#[derive(sqlx::FromRow)]
pub struct SealedRow {
    /// Primary key of the row.
    pub id: String,
    pub sealed: Vec<u8>,
}

struct Statements {
    count: &'static str,
    after: &'static str,
    replace: &'static str,
}

/// Statements for the encrypted column of a table with the primary key `$id`. `$condition` selects the rows that have a value. In
/// OAuth flows, an empty value means that the flow has finished and its verifier was erased. In other tables, an empty value is
/// damaged data, so the statements include it.
macro_rules! statements {
    ($table:literal, $id:literal, $column:literal, $condition:literal) => {
        Statements {
            count: concat!("SELECT count(*) FROM ", $table, " WHERE ", $condition),
            after: concat!(
                "SELECT ",
                $id,
                " AS id, ",
                $column,
                " AS sealed FROM ",
                $table,
                " WHERE ",
                $id,
                " > $1 AND ",
                $condition,
                " ORDER BY ",
                $id,
                " LIMIT $2"
            ),
            replace: concat!("UPDATE ", $table, " SET ", $column, " = $1 WHERE ", $id, " = $2 AND ", $column, " = $3"),
        }
    };
}

impl SealedColumn {
    pub const ALL: &[Self] = Self::VARIANTS;

    fn statements(self) -> Statements {
        match self {
            Self::Connections => statements!("organization_integrations", "id", "credentials", "TRUE"),
            Self::PendingConnections => statements!("pending_connections", "id", "credentials", "TRUE"),
            Self::Revocations => statements!("revocations", "id", "credentials", "TRUE"),
            Self::OAuthFlows => statements!("oauth_flows", "state_digest", "verifier", "length(verifier) > 0"),
            Self::ServerSecrets => statements!("server_secrets", "name", "sealed", "TRUE"),
            Self::SigningKeys => statements!("webhook_secrets", "digest", "signing_key", "signing_key IS NOT NULL"),
            Self::FormAnswers => statements!("idempotency_keys", "id", "response", "response IS NOT NULL"),
        }
    }

    pub async fn count(self, tx: &mut ReadConnection) -> Result<i64> {
        tx.query(self.statements().count, params![]).scalar().await
    }

    /// Returns up to `limit` encrypted values in the order of the primary key, starting after the key `id`.
    pub async fn after(self, tx: &mut ReadConnection, id: &str, limit: i64) -> Result<Vec<SealedRow>> {
        tx.query(self.statements().after, params![id, limit]).all().await
    }

    /// Replaces the encrypted value of `row`. Returns false if the stored value has changed since `row` was read.
    pub async fn replace(self, tx: &mut Tx, row: &SealedRow, sealed: &[u8]) -> Result<bool> {
        tx.query(self.statements().replace, params![sealed, &row.id, &row.sealed]).affects_rows().await
    }
}

/// Returns the number of values that each key of `FERNET_KEY` decrypts, in the order of the keys. The last element is the number
/// of values that no key decrypts.
pub async fn count_by_key(tx: &mut ReadConnection, vault: &Vault) -> Result<Vec<u64>> {
    let mut counts = vec![0; vault.key_count() + 1];
    for column in SealedColumn::ALL {
        let mut after = String::new();
        loop {
            let rows = column.after(tx, &after, VALUES_PER_QUERY).await?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in &rows {
                counts[vault.key_of(&row.sealed).unwrap_or(vault.key_count())] += 1;
            }
        }
    }
    Ok(counts)
}
