//! `oauth_flows`: consents that are under way, by the digest of their state.

use super::{Result, Tx};
use crate::domain::{
    connection::Environment,
    ids::{ConnectionId, IntegrationId, OrganizationId, SessionId, UserId},
    time::Timestamp,
};

/// A consent that is under way.
#[derive(sqlx::FromRow)]
pub struct OAuthFlowRow {
    /// The digest of its state.
    pub state_digest: String,
    /// The organization that connects.
    pub organization_id: OrganizationId,
    /// Who began it.
    pub user_id: UserId,
    /// The browser session that began it; absent when an API token did.
    pub session_id: Option<SessionId>,
    /// The provider.
    pub integration_id: IntegrationId,
    /// The connection that is renewed; absent for a new one.
    pub connection_id: Option<ConnectionId>,
    /// Which of the provider's worlds.
    pub environment: Environment,
    /// The host of `my_domain`, else empty.
    pub host: String,
    /// The login host that issued the code: it is redeemed nowhere else.
    pub login_url: String,
    /// The sealed PKCE verifier.
    pub verifier: Vec<u8>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Adds a flow.
pub async fn insert(tx: &mut Tx, flow: &OAuthFlowRow) -> Result<()> {
    tx.query(
        "INSERT INTO oauth_flows (state_digest, organization_id, user_id, session_id, integration_id, connection_id, environment, host,
             login_url, verifier, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(flow.state_digest.as_str())
    .bind(&flow.organization_id)
    .bind(&flow.user_id)
    .bind(flow.session_id.as_ref())
    .bind(&flow.integration_id)
    .bind(flow.connection_id.as_ref())
    .bind(flow.environment)
    .bind(flow.host.as_str())
    .bind(flow.login_url.as_str())
    .bind(flow.verifier.as_slice())
    .bind(flow.expires_at)
    .execute()
    .await
    .map(drop)
}

/// Takes the flow with that state: whoever comes second finds nothing. Not filtered by organization: the state is all that a callback has.
pub async fn take(tx: &mut Tx, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
    tx.query("DELETE FROM oauth_flows WHERE state_digest = $1 RETURNING *").bind(state_digest).optional().await
}

/// Removes flows that were never finished.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.query("DELETE FROM oauth_flows WHERE expires_at <= $1").bind(now).execute().await
}
