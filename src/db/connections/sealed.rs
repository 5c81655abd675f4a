//! All encrypted columns. Used by the key check at startup and by the key rotation.

use crate::db::{ReadConnection, Result, Tx, engine::query::params};
use strum::VariantArray;

#[derive(Clone, Copy, Debug, PartialEq, Eq, VariantArray)]
pub enum SealedColumn {
    /// `organization_integrations.credentials`
    Connections,
    /// `pending_connections.credentials`
    PendingConnections,
    /// `revocations.credentials`
    Revocations,
    /// `oauth_flows.verifier`
    OAuthFlows,
    /// `server_secrets.sealed`
    ServerSecrets,
    /// `webhook_secrets.signing_key`
    SigningKeys,
    /// `idempotency_keys.response`
    FormAnswers,
}

#[derive(sqlx::FromRow)]
pub struct SealedRow {
    /// Primary key of the row.
    pub id: String,
    pub sealed: Vec<u8>,
}

impl SealedColumn {
    pub const ALL: &[Self] = Self::VARIANTS;

    pub async fn count(self, tx: &mut ReadConnection) -> Result<i64> {
        let sql = match self {
            Self::Connections => "SELECT count(*) FROM organization_integrations",
            Self::PendingConnections => "SELECT count(*) FROM pending_connections",
            Self::Revocations => "SELECT count(*) FROM revocations",
            Self::OAuthFlows => "SELECT count(*) FROM oauth_flows WHERE length(verifier) > 0",
            Self::ServerSecrets => "SELECT count(*) FROM server_secrets",
            Self::SigningKeys => "SELECT count(*) FROM webhook_secrets WHERE signing_key IS NOT NULL",
            Self::FormAnswers => "SELECT count(*) FROM idempotency_keys WHERE response IS NOT NULL",
        };
        tx.query(sql, params![]).scalar().await
    }

    /// Returns up to `limit` values from the rows after the primary key `id`, in key order.
    pub async fn after(self, tx: &mut ReadConnection, id: &str, limit: i64) -> Result<Vec<SealedRow>> {
        let sql = match self {
            Self::Connections => {
                "SELECT id, credentials AS sealed FROM organization_integrations WHERE id > $1 ORDER BY id LIMIT $2"
            }
            Self::PendingConnections => {
                "SELECT id, credentials AS sealed FROM pending_connections WHERE id > $1 ORDER BY id LIMIT $2"
            }
            Self::Revocations => "SELECT id, credentials AS sealed FROM revocations WHERE id > $1 ORDER BY id LIMIT $2",
            Self::OAuthFlows => {
                "SELECT state_digest AS id, verifier AS sealed FROM oauth_flows
                 WHERE state_digest > $1 AND length(verifier) > 0 ORDER BY state_digest LIMIT $2"
            }
            Self::ServerSecrets => "SELECT name AS id, sealed FROM server_secrets WHERE name > $1 ORDER BY name LIMIT $2",
            Self::SigningKeys => {
                "SELECT digest AS id, signing_key AS sealed FROM webhook_secrets
                 WHERE digest > $1 AND signing_key IS NOT NULL ORDER BY digest LIMIT $2"
            }
            Self::FormAnswers => {
                "SELECT id, response AS sealed FROM idempotency_keys WHERE id > $1 AND response IS NOT NULL ORDER BY id LIMIT $2"
            }
        };
        tx.query(sql, params![id, limit]).all().await
    }

    /// Replaces a value; `false` if the stored value is no longer that of `row`.
    pub async fn replace(self, tx: &mut Tx, row: &SealedRow, sealed: &[u8]) -> Result<bool> {
        let sql = match self {
            Self::Connections => "UPDATE organization_integrations SET credentials = $1 WHERE id = $2 AND credentials = $3",
            Self::PendingConnections => "UPDATE pending_connections SET credentials = $1 WHERE id = $2 AND credentials = $3",
            Self::Revocations => "UPDATE revocations SET credentials = $1 WHERE id = $2 AND credentials = $3",
            Self::OAuthFlows => "UPDATE oauth_flows SET verifier = $1 WHERE state_digest = $2 AND verifier = $3",
            Self::ServerSecrets => "UPDATE server_secrets SET sealed = $1 WHERE name = $2 AND sealed = $3",
            Self::SigningKeys => "UPDATE webhook_secrets SET signing_key = $1 WHERE digest = $2 AND signing_key = $3",
            Self::FormAnswers => "UPDATE idempotency_keys SET response = $1 WHERE id = $2 AND response = $3",
        };
        tx.query(sql, params![sealed, row.id.as_str(), row.sealed.as_slice()]).affects_rows().await
    }
}
