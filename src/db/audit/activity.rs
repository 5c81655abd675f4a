//! `activity`: the entries of timelines and of the audit log.

use super::chain::Unchained;
use crate::audit_chain::{Detail, new_salt};
use crate::db::engine::json_rows::over_rows;
use crate::db::{ReadConnection, Result, Tx, insert, params};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ActivityId, ConnectionId, ContractId, DeliveryId, OrganizationId, UserId};
use crate::domain::page::PageRequest;
use crate::domain::time::Timestamp;
use crate::random::new_id;
use crate::request_context::RequestContext;
use serde_json::{Value, json};
use sqlx::types::Json;

/// A new timeline entry. An entry of an audited kind also appears in the audit log.
pub struct NewActivity<'a> {
    pub organization_id: &'a OrganizationId,
    pub kind: ActivityKind,
    pub summary: String,
    pub actor: &'a str,
    pub actor_id: Option<&'a UserId>,
    /// The session or API token that authenticated the actor.
    pub via: Option<&'a str>,
    /// `None` for entries without a contract, such as entries about accounts, connections, and deliveries that have not created a
    /// contract yet.
    pub contract_id: Option<&'a ContractId>,
    pub delivery_id: Option<&'a DeliveryId>,
    pub connection_id: Option<&'a ConnectionId>,
    pub detail: Option<Value>,
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
pub struct ActivityRow {
    pub id: ActivityId,
    pub kind: String,
    pub summary: String,
    pub actor: String,
    pub detail: Option<Json<Value>>,
    pub at: Timestamp,
    /// `None` if the delivery was removed.
    pub delivery_id: Option<DeliveryId>,
}

/// Defines builder methods. Each method sets an optional field.
macro_rules! setters {
    ($($method:ident($field:ident: $type:ty)),* $(,)?) => {$(
        pub fn $method(mut self, value: $type) -> Self {
            self.$field = Some(value);
            self
        }
    )*};
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

    setters! {
        by(actor_id: &'a UserId),
        via(via: &'a str),
        contract(contract_id: &'a ContractId),
        delivery(delivery_id: &'a DeliveryId),
        connection(connection_id: &'a ConnectionId),
        detail(detail: Value),
    }
}

/// Adds an entry with the client address and request ids of the [`RequestContext`]. If the entry is audited, the commit appends
/// it to the hash chain.
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
    let query = insert! {
        tx, "activity" (organization_id, contract_id, delivery_id, connection_id, summary, actor, at, actor_id, via) = activity,
        id = id, kind = activity.kind.into_str(), detail = activity.detail.as_ref().map(Json), is_audit = is_audit_event,
        address = address, request_id = from.request_id, client_request_id = from.client_request_id, detail_salt = salt,
        detail_digest = digest
    };
    query.execute().await
}

const LINES: (&str, &str) = over_rows!(
    "INSERT INTO activity (id, organization_id, contract_id, delivery_id, connection_id, kind, summary, actor, detail, at)
     SELECT value ->> 'id', value ->> 'organization', value ->> 'contract', value ->> 'delivery', value ->> 'connection', value ->> 'kind',
            value ->> 'summary', value ->> 'actor', value -> 'detail', $2",
    ""
);

/// Adds unaudited entries in the order of `lines`. All entries get the time `at`.
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

/// Assigns a delivery's unaudited entries to the contract that the delivery created.
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

/// Lists a contract's timeline, oldest first. Omits downloads, which appear only in the audit log. Returns one row more than the
/// page size if a next page exists.
pub async fn of_contract(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    after: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<ActivityRow>> {
    let sql = "SELECT id, kind, summary, actor, detail, at,
            (SELECT d.id FROM deliveries d WHERE d.id = activity.delivery_id) AS delivery_id
        FROM activity
        WHERE organization_id = $1 AND contract_id = $2 AND id > $3 AND kind <> 'downloaded'
        ORDER BY id LIMIT $4";
    tx.query(sql, params![organization, contract, after.map_or("", ActivityId::as_str), page.limit() + 1]).all().await
}

/// Finds the newest entry of one kind in a contract's timeline whose detail has this `id`.
pub async fn latest_about(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    kind: ActivityKind,
    id: &str,
) -> Result<Option<ActivityRow>> {
    let sql = "SELECT id, kind, summary, actor, detail, at,
            (SELECT d.id FROM deliveries d WHERE d.id = activity.delivery_id) AS delivery_id
        FROM activity
        WHERE organization_id = $1 AND contract_id = $2 AND kind = $3 AND detail ->> 'id' = $4
        ORDER BY id DESC LIMIT 1";
    tx.query(sql, params![organization, contract, kind.into_str(), id]).optional().await
}

/// Returns the summary of a delivery's first entry, which says how the delivery was received.
pub async fn first_of_delivery(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    delivery: &DeliveryId,
) -> Result<Option<String>> {
    let sql = "SELECT summary FROM activity WHERE organization_id = $1 AND delivery_id = $2
          AND kind IN ('webhook_received', 'deal_found', 'file_selected')
        ORDER BY id LIMIT 1";
    tx.query(sql, params![organization, delivery]).optional_scalar().await
}

/// Like [`of_contract`], but newest first.
pub async fn of_contract_newest_first(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    before: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<ActivityRow>> {
    let sql = "SELECT id, kind, summary, actor, detail, at,
            (SELECT d.id FROM deliveries d WHERE d.id = activity.delivery_id) AS delivery_id
        FROM activity
        WHERE organization_id = $1 AND contract_id = $2 AND ($3 = '' OR id < $3) AND kind <> 'downloaded'
        ORDER BY id DESC LIMIT $4";
    tx.query(sql, params![organization, contract, before.map_or("", ActivityId::as_str), page.limit() + 1]).all().await
}
