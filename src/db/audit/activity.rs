//! `activity`: the timeline of contracts and the audit of everything else.

use super::chain::Unchained;
use crate::{
    audit_chain::{Detail, new_salt},
    db::{ReadConnection, Result, Tx, engine::json_rows::over_rows},
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

/// One thing that happened.
pub struct NewActivity<'a> {
    /// The organization.
    pub organization_id: &'a OrganizationId,
    /// What kind of thing.
    pub kind: ActivityKind,
    /// What happened, in a sentence.
    pub summary: String,
    /// Who did it.
    pub actor: &'a str,
    /// The person's id.
    pub actor_id: Option<&'a UserId>,
    /// The session or API token that proved who it was.
    pub via: Option<&'a str>,
    /// The contract it is about.
    pub contract_id: Option<&'a ContractId>,
    /// The delivery it is about; its contract may come later.
    pub delivery_id: Option<&'a DeliveryId>,
    /// The connection it is about.
    pub connection_id: Option<&'a ConnectionId>,
    /// More about it.
    pub detail: Option<Value>,
    /// When it happened.
    pub at: Timestamp,
}

/// One line of a timeline.
#[derive(sqlx::FromRow)]
pub struct ActivityRow {
    /// Its id.
    pub id: ActivityId,
    /// What kind of thing.
    pub kind: String,
    /// What happened.
    pub summary: String,
    /// Who did it.
    pub actor: String,
    /// More about it.
    pub detail: Option<Json<Value>>,
    /// When it happened.
    pub at: Timestamp,
}

impl<'a> NewActivity<'a> {
    /// Something that happened to an organization now.
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

    /// By a person, or in a person's name.
    #[must_use]
    pub fn by(mut self, person: &'a UserId) -> Self {
        self.actor_id = Some(person);
        self
    }

    /// As a session or an API token proved it.
    #[must_use]
    pub fn via(mut self, proof: &'a str) -> Self {
        self.via = Some(proof);
        self
    }

    /// About a contract.
    #[must_use]
    pub fn contract(mut self, id: &'a ContractId) -> Self {
        self.contract_id = Some(id);
        self
    }

    /// About a delivery.
    #[must_use]
    pub fn delivery(mut self, id: &'a DeliveryId) -> Self {
        self.delivery_id = Some(id);
        self
    }

    /// About a connection.
    #[must_use]
    pub fn connection(mut self, id: &'a ConnectionId) -> Self {
        self.connection_id = Some(id);
        self
    }

    /// With more about it.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = Some(detail);
        self
    }
}

/// Adds a line, with the address and the request that led to it. An audited one becomes part of the organization's chain when the
/// transaction commits.
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
            kind: activity.kind.as_str(),
            connection_id: activity.connection_id.cloned(),
            detail_digest,
        });
    }
    tx.query(
        "INSERT INTO activity (id, organization_id, contract_id, delivery_id, connection_id, kind, summary, actor, detail, at,
                               is_audit, actor_id, via, address, request_id, client_request_id, detail_salt, detail_digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(id)
    .bind(activity.organization_id)
    .bind(activity.contract_id)
    .bind(activity.delivery_id)
    .bind(activity.connection_id)
    .bind(activity.kind.as_str())
    .bind(activity.summary)
    .bind(activity.actor)
    .bind(activity.detail.map(Json))
    .bind(activity.at)
    .bind(is_audit_event)
    .bind(activity.actor_id)
    .bind(activity.via)
    .bind(address)
    .bind(from.request_id)
    .bind(from.client_request_id)
    .bind(salt)
    .bind(digest)
    .execute()
    .await
    .map(drop)
}

/// These lines have no user, so none of them is audited.
const LINES: (&str, &str) = over_rows!(
    "INSERT INTO activity (id, organization_id, contract_id, delivery_id, connection_id, kind, summary, actor, detail, at)
     SELECT value ->> 'id', value ->> 'organization', value ->> 'contract', value ->> 'delivery', value ->> 'connection', value ->> 'kind',
            value ->> 'summary', value ->> 'actor', value -> 'detail', $2",
    ""
);

/// Adds several lines about what a job did at one time, in this order.
pub async fn insert_all(tx: &mut Tx, lines: &[NewActivity<'_>], at: Timestamp) -> Result<()> {
    let rows = Value::from_iter(lines.iter().map(row)).to_string();
    tx.either(LINES.0, LINES.1).bind(rows).bind(at).execute().await.map(drop)
}

fn row(line: &NewActivity<'_>) -> Value {
    let id: ActivityId = new_id();
    let mut row = json!({
        "id": id, "organization": line.organization_id, "contract": line.contract_id, "delivery": line.delivery_id,
        "connection": line.connection_id, "kind": line.kind.as_str(), "summary": line.summary, "actor": line.actor,
    });
    if let Some(detail) = &line.detail {
        row["detail"] = detail.clone();
    }
    row
}

/// Gives the lines of a delivery to the contract that came of it. Audited lines never change.
pub async fn adopt(tx: &mut Tx, organization: &OrganizationId, delivery: &DeliveryId, contract: &ContractId) -> Result<()> {
    tx.query("UPDATE activity SET contract_id = $1 WHERE organization_id = $2 AND delivery_id = $3 AND contract_id IS NULL AND NOT is_audit")
        .bind(contract)
        .bind(organization)
        .bind(delivery)
        .execute()
        .await
        .map(drop)
}

/// The timeline of a contract, oldest first, one more than the page holds. Who downloaded it is for admins, in the audit log.
pub async fn of_contract(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    after: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<ActivityRow>> {
    tx.query(
        "SELECT id, kind, summary, actor, detail, at FROM activity
         WHERE organization_id = $1 AND contract_id = $2 AND id > $3 AND kind <> 'downloaded'
         ORDER BY id LIMIT $4",
    )
    .bind(organization)
    .bind(contract)
    .bind(after.map_or("", ActivityId::as_str))
    .bind(page.limit() + 1)
    .all()
    .await
}

/// The same from its other end: newest first, one more than the page holds.
pub async fn of_contract_newest_first(
    tx: &mut ReadConnection,
    organization: &OrganizationId,
    contract: &ContractId,
    before: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<ActivityRow>> {
    tx.query(
        "SELECT id, kind, summary, actor, detail, at FROM activity
         WHERE organization_id = $1 AND contract_id = $2 AND ($3 = '' OR id < $3) AND kind <> 'downloaded'
         ORDER BY id DESC LIMIT $4",
    )
    .bind(organization)
    .bind(contract)
    .bind(before.map_or("", ActivityId::as_str))
    .bind(page.limit() + 1)
    .all()
    .await
}
