//! `activity`, the lines that matter to security.

pub mod activity;
pub mod chain;

use super::{ReadConnection, Result};
use crate::domain::{
    audit::AuditFilter,
    ids::{ActivityId, ConnectionId, ContractId, OrganizationId, UserId},
    page::PageRequest,
    time::Timestamp,
};

/// One line of the audit log.
#[derive(sqlx::FromRow)]
pub struct AuditRow {
    /// Its id.
    pub id: ActivityId,
    /// When it happened.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: String,
    /// What happened.
    pub summary: String,
    /// Who did it.
    pub actor: String,
    /// The person's id.
    pub actor_id: Option<UserId>,
    /// The session or token that proved who it was.
    pub via: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
    /// What the client called the request.
    pub client_request_id: Option<String>,
    /// The connection it is about.
    pub connection_id: Option<ConnectionId>,
    /// The contract it is about.
    pub contract_id: Option<ContractId>,
    /// Its place in the chain.
    pub chain_sequence: Option<i64>,
    /// Its hash.
    pub hash: Option<String>,
    /// The hash of the line before it.
    pub previous_hash: Option<String>,
}

/// Before every time that matters, and after.
const ALWAYS: (Timestamp, Timestamp) = (Timestamp::from_millis(0), Timestamp::from_millis(253_370_764_800_000));

/// The organization's audit log, newest first, one more than the page holds.
pub async fn list(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    filter: &AuditFilter,
    before: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<AuditRow>> {
    tx.query(
        "SELECT id, at, kind, summary, actor, actor_id, via, address, request_id, client_request_id, connection_id, contract_id,
                chain_sequence, hash, previous_hash
         FROM activity
         WHERE organization_id = $1 AND is_audit AND ($2 = '' OR id < $2) AND ($3 = '' OR kind = $3)
           AND ($4 = '' OR actor_id = $4) AND at >= $5 AND at < $6
         ORDER BY id DESC LIMIT $7",
    )
    .bind(organization)
    .bind(before.map_or("", ActivityId::as_str))
    .bind(filter.kind.map_or("", |kind| kind.as_str()))
    .bind(filter.actor_id.as_ref().map_or("", UserId::as_str))
    .bind(filter.from.unwrap_or(ALWAYS.0))
    .bind(filter.until.unwrap_or(ALWAYS.1))
    .bind(page.limit() + 1)
    .all()
    .await
}
