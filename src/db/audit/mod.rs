//! The audit log: the audited entries in `activity`.

pub mod activity;
pub mod chain;

use super::{ReadConnection, Result, params};
use crate::domain::audit::AuditFilter;
use crate::domain::ids::{ActivityId, ConnectionId, ContractId, OrganizationId, UserId};
use crate::domain::page::PageRequest;
use crate::domain::time::Timestamp;

#[derive(sqlx::FromRow)]
pub struct AuditRow {
    pub id: ActivityId,
    pub at: Timestamp,
    pub kind: String,
    pub summary: String,
    pub actor: String,
    pub actor_id: Option<UserId>,
    /// The session or API token that authenticated the actor.
    pub via: Option<String>,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
    pub connection_id: Option<ConnectionId>,
    pub contract_id: Option<ContractId>,
    pub chain_sequence: Option<i64>,
    pub hash: Option<String>,
    pub previous_hash: Option<String>,
}

/// Default time range of an audit query. It covers every valid time.
const ALWAYS: (Timestamp, Timestamp) = (Timestamp::from_millis(0), Timestamp::from_millis(253_370_764_800_000));

/// Lists the organization's audit log, newest first. Returns one row more than the page size if a next page exists.
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
        params![
            organization,
            before.map_or("", ActivityId::as_str),
            filter.kind.map_or("", |kind| kind.into_str()),
            filter.actor_id.as_ref().map_or("", UserId::as_str),
            filter.from.unwrap_or(ALWAYS.0),
            filter.until.unwrap_or(ALWAYS.1),
            page.limit() + 1
        ],
    )
    .all()
    .await
}
