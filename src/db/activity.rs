//! `activity`: the timeline of contracts and the audit of everything else.

use super::{Result, Tx};
use crate::{
    domain::{
        ids::{ActivityId, ConnectionId, ContractId, DeliveryId, OrganizationId},
        page::PageRequest,
        time::Timestamp,
        timeline::ActivityKind,
    },
    random::new_id,
};
use serde_json::Value;
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
            contract_id: None,
            delivery_id: None,
            connection_id: None,
            detail: None,
            at,
        }
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

/// Adds a line.
pub async fn insert(tx: &mut Tx, activity: NewActivity<'_>) -> Result<()> {
    let id: ActivityId = new_id();
    tx.query(
        "INSERT INTO activity (id, organization_id, contract_id, delivery_id, connection_id, kind, summary, actor, detail, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
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
    .execute()
    .await
    .map(drop)
}

/// Gives the lines of a delivery to the contract that came of it.
pub async fn adopt(tx: &mut Tx, organization: &OrganizationId, delivery: &DeliveryId, contract: &ContractId) -> Result<()> {
    tx.query("UPDATE activity SET contract_id = $1 WHERE organization_id = $2 AND delivery_id = $3 AND contract_id IS NULL")
        .bind(contract)
        .bind(organization)
        .bind(delivery)
        .execute()
        .await
        .map(drop)
}

/// The timeline of a contract, oldest first, one more than the page holds.
pub async fn of_contract(
    tx: &mut Tx,
    organization: &OrganizationId,
    contract: &ContractId,
    after: Option<&ActivityId>,
    page: &PageRequest,
) -> Result<Vec<ActivityRow>> {
    tx.query(
        "SELECT id, kind, summary, actor, detail, at FROM activity
         WHERE organization_id = $1 AND contract_id = $2 AND id > $3
         ORDER BY id LIMIT $4",
    )
    .bind(organization)
    .bind(contract)
    .bind(after.map_or("", ActivityId::as_str))
    .bind(page.limit() + 1)
    .all()
    .await
}
