//! `oauth_flows`: OAuth flows and their outcomes, looked up by the digest of the `state` parameter.

use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::connection::Environment;
use crate::domain::ids::{ConnectLinkId, ConnectionId, IntegrationId, OrganizationId, SessionId, UserId};
use crate::domain::time::Timestamp;

#[derive(sqlx::FromRow)]
pub struct OAuthFlowRow {
    pub state_digest: String,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    /// Browser session that started the flow; `None` if an API token started it.
    pub session_id: Option<SessionId>,
    /// Connect link that started the flow. `user_id` is then the user who created the link, and `session_id` is `None`.
    pub connect_link_id: Option<ConnectLinkId>,
    /// Digest of the secret of the browser in which a connect link was opened.
    pub browser_digest: Option<String>,
    pub integration_id: IntegrationId,
    /// Connection to reconnect; `None` if the flow creates a connection.
    pub connection_id: Option<ConnectionId>,
    pub environment: Environment,
    /// Host of the environment `my_domain`; empty for other environments.
    pub host: String,
    /// Login host that issues the authorization code. The server redeems the code only at this host.
    pub login_url: String,
    /// Encrypted PKCE verifier; empty after the flow has ended.
    pub verifier: Vec<u8>,
    pub expires_at: Timestamp,
    /// True if an admin must confirm the new connection. Always false for a reconnect.
    pub needs_confirmation: bool,
    /// `None` before the first callback, [`CLAIMED`] during the callback, then [`CONNECTED`] or an error code.
    pub outcome: Option<String>,
    pub outcome_connection_id: Option<ConnectionId>,
}

pub const CLAIMED: &str = "claimed";
pub const CONNECTED: &str = "connected";

pub async fn insert(tx: &mut Tx, flow: &OAuthFlowRow) -> Result<()> {
    let query = insert! {
        tx, "oauth_flows" (state_digest, organization_id, user_id, session_id, connect_link_id, browser_digest, integration_id,
            connection_id, environment, host, login_url, verifier, expires_at, needs_confirmation) = flow
    };
    query.execute().await
}

/// Claims a flow for its first callback; `None` for later callbacks. This query does not filter by organization, because a
/// callback contains only the `state` of the flow.
pub async fn claim(tx: &mut Tx, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
    let sql = "UPDATE oauth_flows SET outcome = $1 WHERE state_digest = $2 AND outcome IS NULL RETURNING *";
    tx.query(sql, params![CLAIMED, state_digest]).optional().await
}

/// Finds a flow. Like [`claim`], this query does not filter by organization.
pub async fn find(tx: &mut ReadConnection, state_digest: &str) -> Result<Option<OAuthFlowRow>> {
    tx.query("SELECT * FROM oauth_flows WHERE state_digest = $1", params![state_digest]).optional().await
}

/// Stores the outcome of a claimed flow and erases the PKCE verifier.
pub async fn finish(tx: &mut Tx, flow: &OAuthFlowRow, outcome: &str, connection: Option<&ConnectionId>) -> Result<()> {
    let sql = "UPDATE oauth_flows SET outcome = $1, outcome_connection_id = $2, verifier = $3
        WHERE organization_id = $4 AND state_digest = $5";
    let erased: &[u8] = &[];
    tx.query(sql, params![outcome, connection, erased, &flow.organization_id, &flow.state_digest]).execute().await
}

/// Removes all but the newest flows of a user or, if `link` is given, of this connect link. A connect link therefore cannot remove
/// the flows that its creator has started.
pub async fn keep_newest(
    tx: &mut Tx,
    organization: &OrganizationId,
    user: &UserId,
    link: Option<&ConnectLinkId>,
    number: i64,
) -> Result<u64> {
    let sql = "DELETE FROM oauth_flows
        WHERE organization_id = $1 AND user_id = $2 AND coalesce(connect_link_id, '') = $3 AND state_digest NOT IN (
            SELECT state_digest FROM oauth_flows
            WHERE organization_id = $1 AND user_id = $2 AND coalesce(connect_link_id, '') = $3
            ORDER BY expires_at DESC, state_digest LIMIT $4)";
    let link = link.map_or("", ConnectLinkId::as_str);
    tx.query(sql, params![organization, user, link, number]).rows_affected().await
}

/// Returns the connection that a flow of this connect link has created in this browser.
pub async fn connection_of_link(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    link: &ConnectLinkId,
    browser_digest: &str,
) -> Result<Option<ConnectionId>> {
    let sql = "SELECT outcome_connection_id FROM oauth_flows
        WHERE organization_id = $1 AND connect_link_id = $2 AND browser_digest = $3 AND outcome = $4
            AND outcome_connection_id IS NOT NULL";
    tx.query(sql, params![organization, link, browser_digest, CONNECTED]).optional_scalar().await
}

pub async fn delete_expired(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    tx.query("DELETE FROM oauth_flows WHERE expires_at <= $1", params![now]).rows_affected().await
}
