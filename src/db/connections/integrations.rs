//! `integrations`: the catalogue of integrations. The server fills it from its connectors.

use crate::{
    db::{Result, Tx, engine::query::params},
    domain::{
        connection::catalogue::{AuthType, Category},
        ids::IntegrationId,
    },
};

#[derive(Clone, sqlx::FromRow)]
pub struct IntegrationRow {
    pub id: IntegrationId,
    pub slug: String,
    pub name: String,
    /// Description of the integration, for users.
    pub description: String,
    pub category: Category,
    pub auth_type: AuthType,
    /// Whether contracts are created from the provider's deals.
    pub has_deals: bool,
}

pub async fn upsert(tx: &mut Tx, row: &IntegrationRow, position: i64) -> Result<()> {
    tx.query(
        "INSERT INTO integrations (id, slug, name, description, category, auth_type, has_deals, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, category = excluded.category,
             auth_type = excluded.auth_type, has_deals = excluded.has_deals, position = excluded.position",
        params![
            &row.id,
            row.slug.as_str(),
            row.name.as_str(),
            row.description.as_str(),
            row.category,
            row.auth_type,
            row.has_deals,
            position
        ],
    )
    .execute()
    .await
}
