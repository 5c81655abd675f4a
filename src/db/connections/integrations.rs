//! `integrations`: the catalogue, seeded from the code's list.

use crate::{
    db::{Result, Tx},
    domain::{
        connection::catalogue::{AuthType, Category},
        ids::IntegrationId,
    },
};

/// An entry of the catalogue.
#[derive(Clone, sqlx::FromRow)]
pub struct IntegrationRow {
    /// Its id.
    pub id: IntegrationId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What connecting it brings.
    pub description: String,
    /// What kind of system it is.
    pub category: Category,
    /// How it authenticates us.
    pub auth_type: AuthType,
    /// Whether contracts are made from its deals.
    pub has_deals: bool,
}

/// Adds or renews an entry.
pub async fn upsert(tx: &mut Tx, row: &IntegrationRow, position: i64) -> Result<()> {
    tx.query(
        "INSERT INTO integrations (id, slug, name, description, category, auth_type, has_deals, position)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, category = excluded.category,
             auth_type = excluded.auth_type, has_deals = excluded.has_deals, position = excluded.position",
    )
    .bind(&row.id)
    .bind(row.slug.as_str())
    .bind(row.name.as_str())
    .bind(row.description.as_str())
    .bind(row.category)
    .bind(row.auth_type)
    .bind(row.has_deals)
    .bind(position)
    .execute()
    .await
    .map(drop)
}
