//! `oauth_flows`: consents in progress and their outcomes, by the digest of their state.

use crate::{
    db::{ReadConnection, Result, Tx},
    domain::{
        connection::Environment,
        ids::{ConnectionId, IntegrationId, OrganizationId, SessionId, UserId},
        time::Timestamp,
    },
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
    /// The sealed PKCE verifier; empty once the flow has ended.
    pub verifier: Vec<u8>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whether an admin must confirm a new connection that it makes. A renewed one needs no confirmation.
    pub needs_confirmation: bool,
    /// `NULL` before the first callback; then [`CLAIMED`], [`CONNECTED`] or the code of a failure.
    pub outcome: Option<String>,
    /// The connection that it made or renewed.
    pub outcome_connection_id: Option<ConnectionId>,
}

/// The outcome of a flow whose callback is in progress.
pub const CLAIMED: &str = "claimed";
/// The outcome of a flow that made or renewed a connection.
pub const CONNECTED: &str = "connected";

/// Adds a flow.
pub async fn insert(tx: &mut Tx, flow: &OAuthFlowRow) -> Result<()> {
    tx.query(
        "INSERT INTO oauth_flows (state_digest, organization_id, user_id, session_id, integration_id, connection_id, environment, host,
             login_url, verifier, expires_at, needs_confirmation)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
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
    .bind(flow.needs_confirmation)
    .execute()
    .await
    .map(drop)
}

/// Claims the flow with that state for the first callback; `None` for every later one. Not filtered by organization: the state is all that
/// a callback has.
pub async fn claim(tx: &mut Tx, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
    tx.query("UPDATE oauth_flows SET outcome = $1 WHERE state_digest = $2 AND outcome IS NULL RETURNING *")
        .bind(CLAIMED)
        .bind(state_digest)
        .optional()
        .await
}

/// The flow with that state, whatever its outcome. Not filtered by organization, either.
pub async fn find(tx: &mut ReadConnection, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
    tx.query("SELECT * FROM oauth_flows WHERE state_digest = $1").bind(state_digest).optional().await
}

/// Records how a claimed flow ended, and erases its verifier.
pub async fn finish(tx: &mut Tx, flow: &OAuthFlowRow, outcome: &str, connection: Option<&ConnectionId>) -> Result<()> {
    tx.query(
        "UPDATE oauth_flows SET outcome = $1, outcome_connection_id = $2, verifier = $3 WHERE organization_id = $4 AND state_digest = $5",
    )
    .bind(outcome)
    .bind(connection)
    .bind([0_u8; 0].as_slice())
    .bind(&flow.organization_id)
    .bind(flow.state_digest.as_str())
    .execute()
    .await
    .map(drop)
}

/// Removes all flows of a user but the newest ones.
pub async fn keep_newest(tx: &mut Tx, organization: &OrganizationId, user: &UserId, number: i64) -> Result<u64> {
    tx.query(
        "DELETE FROM oauth_flows WHERE organization_id = $1 AND user_id = $2 AND state_digest NOT IN (
             SELECT state_digest FROM oauth_flows WHERE organization_id = $1 AND user_id = $2
             ORDER BY expires_at DESC, state_digest LIMIT $3)",
    )
    .bind(organization)
    .bind(user)
    .bind(number)
    .execute()
    .await
}

/// Removes flows that have expired.
pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.query("DELETE FROM oauth_flows WHERE expires_at <= $1").bind(now).execute().await
}
