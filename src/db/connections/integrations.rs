//! `integrations`: the catalogue, which the server fills from its connectors.

use crate::db::{Result, Tx, insert};
use crate::domain::connection::catalogue::{AuthType, Category};
use crate::domain::ids::IntegrationId;

#[derive(Clone, sqlx::FromRow)]
pub struct IntegrationRow {
    pub id: IntegrationId,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub category: Category,
    pub auth_type: AuthType,
    /// True if contracts are created from the provider's deals.
    pub has_deals: bool,
}

pub async fn upsert(tx: &mut Tx, row: &IntegrationRow, position: i64) -> Result<()> {
    let query = insert! {
        tx, "integrations" (id, slug, name, description, category, auth_type, has_deals) = row, position = position;
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, category = excluded.category,
             auth_type = excluded.auth_type, has_deals = excluded.has_deals, position = excluded.position"
    };
    query.execute().await
}
