//! `activity`: the entries of the contracts' timelines and of the audit log.

use super::chain::Unchained;
use crate::{
    audit_chain::{Detail, new_salt},
    db::{
        ReadConnection, Result, Tx,
        engine::{json_rows::over_rows, query::params},
    },
    domain::{
        contract::timeline::ActivityKind,
        ids::{ActivityId, ConnectionId, ContractId, DeliveryId, OrganizationId, UserId},
        page::PageRequest,
        time::Timestamp,
    },
    random::new_id,
    request_context::RequestContext,
};
use serde_json::{Value, json};
use sqlx::types::Json;

/// An entry for a timeline. If its kind is audited, it also appears in the audit log.
pub struct NewActivity<'a> {
    pub organization_id: &'a OrganizationId,
    pub kind: ActivityKind,
    pub summary: String,
    pub actor: &'a str,
    pub actor_id: Option<&'a UserId>,
    /// The session or API token that authenticated the actor.
    pub via: Option<&'a str>,
    pub contract_id: Option<&'a ContractId>,
    /// Id of the delivery. The contract can still be missing: the delivery may create it later.
    pub delivery_id: Option<&'a DeliveryId>,
    pub connection_id: Option<&'a ConnectionId>,
    pub detail: Option<Value>,
    pub at: Timestamp,
}

/// An entry of a timeline.
#[derive(sqlx::FromRow)]
pub struct ActivityRow {
    pub id: ActivityId,
    pub kind: String,
    pub summary: String,
    pub actor: String,
    pub detail: Option<Json<Value>>,
    pub at: Timestamp,
}

impl<'a> NewActivity<'a> {
    pub fn new(
        organization_id: &'a OrganizationId,
        kind: ActivityKind,
        actor: &'a str,
        summary: impl Into<String>,
        at: Timestamp,
    ) -> Self {
        Self {
            organization_id,
            kind,
            summary: summary.into(),
            actor,
            actor_id: None,
            via: None,
            contract_id: None,
            delivery_id: None,
            connection_id: None,
            detail: None,
            at,
        }
    }

    pub fn by(mut self, person: &'a UserId) -> Self {
        self.actor_id = Some(person);
        self
    }

    /// Sets the session or API token that authenticated the actor.
    pub fn via(mut self, proof: &'a str) -> Self {
        self.via = Some(proof);
        self
    }

    pub fn contract(mut self, id: &'a ContractId) -> Self {
        self.contract_id = Some(id);
        self
    }

    pub fn delivery(mut self, id: &'a DeliveryId) -> Self {
        self.delivery_id = Some(id);
        self
    }

    pub fn connection(mut self, id: &'a ConnectionId) -> Self {
        self.connection_id = Some(id);
        self
    }

    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// Adds an entry with the client address and request ids from [`RequestContext`]. An audited entry is appended to the
/// organization's hash chain at commit.
pub async fn insert(tx: &mut Tx, activity: NewActivity<'_>) -> Result<()> {
    let (id, from): (ActivityId, _) = (new_id(), RequestContext::current());
    let address = from.address.map(|address| address.to_string());
    let is_audit_event = activity.kind.is_audit_event();
    let salt = is_audit_event.then(new_salt);
    let digest = salt.as_deref().map(|salt| {
        let detail = Detail {
            summary: &activity.summary,
            actor: activity.actor,
            actor_id: activity.actor_id,
            via: activity.via,
            address: address.as_deref(),
            request_id: from.request_id.as_deref(),
            client_request_id: from.client_request_id.as_deref(),
            contract_id: activity.contract_id,
            delivery_id: activity.delivery_id,
            more: activity.detail.as_ref(),
        };
        detail.digest(salt)
    });
    if let Some(detail_digest) = digest.clone() {
        tx.audited.add(Unchained {
            organization_id: activity.organization_id.clone(),
            id: id.clone(),
            at: activity.at,
            kind: activity.kind.into_str(),
            connection_id: activity.connection_id.cloned(),
            detail_digest,
        });
    }
    tx.query(
        "INSERT INTO activity (id, organization_id, contract_id, delivery_id, connection_id, kind, summary, actor, detail, at,
             is_audit, actor_id, via, address, request_id, client_request_id, detail_salt, detail_digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        params![
            id,
            activity.organization_id,
            activity.contract_id,
            activity.delivery_id,
            activity.connection_id,
            activity.kind.into_str(),
            activity.summary,
            activity.actor,
            activity.detail.map(Json),
            activity.at,
            is_audit_event,
            activity.actor_id,
            activity.via,
            address,
            from.request_id,
            from.client_request_id,
            salt,
            digest
        ],
    )
    .execute()
    .await
}

/// Inserts many entries. It omits `actor_id`, so it must be used for unaudited kinds only.
const LINES: (&str, &str) = over_rows!(
    "INSERT INTO activity (id, organization_id, contract_id, delivery_id, connection_id, kind, summary, actor, detail, at)
     SELECT value ->> 'id', value ->> 'organization', value ->> 'contract', value ->> 'delivery', value ->> 'connection', value ->> 'kind',
            value ->> 'summary', value ->> 'actor', value -> 'detail', $2",
    ""
);

/// Adds unaudited entries in this order, all with the time `at`.
pub async fn insert_all(tx: &mut Tx, lines: &[NewActivity<'_>], at: Timestamp) -> Result<()> {
    let rows = Value::from_iter(lines.iter().map(row)).to_string();
    tx.either(LINES.0, LINES.1, params![rows, at]).execute().await
}

fn row(line: &NewActivity<'_>) -> Value {
    let id: ActivityId = new_id();
    let mut row = json!({
        "id": id, "organization": line.organization_id, "contract": line.contract_id, "delivery": line.delivery_id,
        "connection": line.connection_id, "kind": line.kind.into_str(), "summary": line.summary, "actor": line.actor,
    });
    if let Some(detail) = &line.detail {
        row["detail"] = detail.clone();
    }
    row
}

/// Assigns a delivery's entries to the contract that the delivery created. Audited entries are never changed.
pub async fn assign_to_contract(
    tx: &mut Tx,
    organization: &OrganizationId,
    delivery: &DeliveryId,
    contract: &ContractId,
) -> Result<()> {
    let sql = "UPDATE activity SET contract_id = $1
        WHERE organization_id = $2 AND delivery_id = $3 AND contract_id IS NULL AND NOT is_audit";
    tx.query(sql, params![contract, organization, delivery]).execute().await
}

/// Lists a contract's timeline, oldest first, without downloads, which appear only in the audit log. Returns one row more than
/// the page size, which shows whether a next page exists.
pub async fn of_contract(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    after: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<ActivityRow>> {
    let sql = "SELECT id, kind, summary, actor, detail, at FROM activity
        WHERE organization_id = $1 AND contract_id = $2 AND id > $3 AND kind <> 'downloaded'
        ORDER BY id LIMIT $4";
    tx.query(sql, params![organization, contract, after.map_or("", ActivityId::as_str), page.limit() + 1]).all().await
}

/// Lists a contract's timeline, newest first. Returns one row more than the page size, which shows whether a next page exists.
pub async fn of_contract_newest_first(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    before: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<ActivityRow>> {
    let sql = "SELECT id, kind, summary, actor, detail, at FROM activity
        WHERE organization_id = $1 AND contract_id = $2 AND ($3 = '' OR id < $3) AND kind <> 'downloaded'
        ORDER BY id DESC LIMIT $4";
    tx.query(sql, params![organization, contract, before.map_or("", ActivityId::as_str), page.limit() + 1]).all().await
}
