//! The hash chains of the audit log: appends entries, and reads them for verification.
//!
//! Each organization has one chain. The head of a chain is a row with the sequence number and hash of the newest entry. A
//! transaction inserts an audited entry immediately, and appends the entry to the chain at commit.
//!
//! Lock order: a transaction locks the heads after everything else, in the order of the organization ids. While a transaction
//! holds the lock of a head, the transaction updates only the head and the entries that it has inserted. These two rules prevent
//! deadlocks.
//!
//! Sequence numbers have no gaps, because a sequence number is assigned while the head is locked and committed together with the
//! entry.

use crate::audit_chain::{ChainKey, GENESIS, Head, Line};
use crate::db::{ReadConnection, Result, Tx, params, query_locked};
use crate::domain::ids::{ActivityId, ConnectionId, ContractId, DeliveryId, OrganizationId, UserId};
use crate::domain::time::Timestamp;
use serde_json::Value;
use sqlx::types::Json;
use std::collections::BTreeMap;

/// An audited entry that the commit appends to its chain.
pub(crate) struct Unchained {
    pub(crate) organization_id: OrganizationId,
    pub(crate) id: ActivityId,
    pub(crate) at: Timestamp,
    pub(crate) kind: &'static str,
    pub(crate) connection_id: Option<ConnectionId>,
    pub(crate) detail_digest: String,
}

#[derive(Default)]
pub(crate) struct ChainedLines {
    key: Option<ChainKey>,
    lines: Vec<Unchained>,
}

impl ChainedLines {
    pub(crate) fn with(key: ChainKey) -> Self {
        Self { key: Some(key), lines: Vec::new() }
    }

    pub(crate) fn add(&mut self, line: Unchained) {
        self.lines.push(line);
    }
}

/// Appends the transaction's audited entries to the chains. The caller must commit immediately afterwards.
pub(crate) async fn append(tx: &mut Tx) -> Result<()> {
    let lines = std::mem::take(&mut tx.audited.lines);
    if lines.is_empty() {
        return Ok(());
    }
    let without_key = || sqlx::Error::Protocol("an audited line in a transaction without the key of the chains".to_owned());
    let key = tx.audited.key.clone().ok_or_else(without_key)?;
    let mut chains: BTreeMap<String, Vec<Unchained>> = BTreeMap::new();
    for line in lines {
        chains.entry(line.organization_id.to_string()).or_default().push(line);
    }
    for lines in chains.into_values() {
        extend(tx, &key, lines).await?;
    }
    Ok(())
}

async fn extend(tx: &mut Tx, key: &ChainKey, lines: Vec<Unchained>) -> Result<()> {
    let Some(first) = lines.first() else { return Ok(()) };
    let organization_id = first.organization_id.clone();
    let mut row = lock_head(tx, key, &organization_id, lines.len()).await?;
    let is_genuine = row.is_genuine(key, &organization_id);
    for line in lines {
        row.sequence += 1;
        let hash = key.line_hash(&Line {
            organization_id: &organization_id,
            sequence: row.sequence,
            previous_hash: &row.hash,
            id: &line.id,
            at: line.at,
            kind: line.kind,
            connection_id: line.connection_id.as_ref(),
            detail_digest: &line.detail_digest,
        });
        tx.query(
            "UPDATE activity SET chain_sequence = $1, previous_hash = $2, hash = $3 WHERE organization_id = $4 AND id = $5",
            params![row.sequence, row.hash.as_str(), hash.as_str(), &organization_id, &line.id],
        )
        .execute()
        .await?;
        row.hash = hash;
    }
    if is_genuine {
        row.mac = key.head_mac(&organization_id, &row.head());
    } else {
        // Keeps the invalid MAC, because a new MAC would authenticate the manipulated head. The verification of the chain
        // therefore still fails.
        tracing::error!(organization = %organization_id, "the head of the audit log's chain was changed outside of LexiContract");
    }
    let sql = "UPDATE audit_heads SET sequence = $1, hash = $2, mac = $3 WHERE organization_id = $4";
    tx.query(sql, params![row.sequence, row.hash, row.mac, &organization_id]).execute().await
}

#[derive(sqlx::FromRow)]
pub struct HeadRow {
    /// Sequence number of the newest entry, to which `hash` belongs.
    pub sequence: i64,
    pub hash: String,
    /// Number of audited entries that were inserted before the chain existed, and are not in the chain.
    pub unchained: i64,
    mac: String,
}

impl HeadRow {
    fn head(&self) -> Head {
        Head { sequence: self.sequence, hash: self.hash.clone(), unchained: self.unchained }
    }

    pub fn is_genuine(&self, key: &ChainKey, organization: &OrganizationId) -> bool {
        key.head_mac(organization, &self.head()) == self.mac
    }
}

/// Locks the head until commit. Creates a missing head.
async fn lock_head(tx: &mut Tx, key: &ChainKey, organization: &OrganizationId, new_lines: usize) -> Result<HeadRow> {
    if let Some(head) = locked_head(tx, organization).await? {
        return Ok(head);
    }
    let sql = "SELECT chain_sequence, hash FROM activity WHERE organization_id = $1 AND chain_sequence > 0
        ORDER BY chain_sequence DESC LIMIT 1";
    let last: Option<(i64, Option<String>)> = tx.query(sql, params![organization]).optional().await?;
    let new_lines = i64::try_from(new_lines).unwrap_or(i64::MAX);
    let unchained = count_unchained(tx, organization).await? - new_lines;
    let (head, mac) = match last {
        None => {
            let head = Head { sequence: 0, hash: GENESIS.to_owned(), unchained };
            let mac = key.head_mac(organization, &head);
            (head, mac)
        }
        // The chain has entries, so its head existed and was deleted. The new head continues the chain, but has an empty MAC, so
        // that the verification of the chain fails.
        Some((sequence, hash)) => (Head { sequence, hash: hash.unwrap_or_default(), unchained }, String::new()),
    };
    let sql = "INSERT INTO audit_heads (organization_id, sequence, hash, unchained, mac) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization_id) DO NOTHING";
    tx.query(sql, params![organization, head.sequence, head.hash, head.unchained, mac]).execute().await?;
    locked_head(tx, organization).await?.ok_or(sqlx::Error::RowNotFound)
}

async fn locked_head(tx: &mut Tx, organization: &OrganizationId) -> Result<Option<HeadRow>> {
    query_locked!(
        tx,
        "SELECT sequence, hash, unchained, mac FROM audit_heads WHERE organization_id = $1",
        "FOR UPDATE",
        params![organization]
    )
    .optional()
    .await
}

/// Head of an organization's chain; `None` if the chain is empty.
pub async fn head(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<Option<HeadRow>> {
    let sql = "SELECT sequence, hash, unchained, mac FROM audit_heads WHERE organization_id = $1";
    tx.query(sql, params![organization]).optional().await
}

/// Number of audited entries that are not in a chain.
pub async fn count_unchained(tx: &mut ReadConnection, organization: &OrganizationId) -> Result<i64> {
    let sql = "SELECT count(*) FROM activity WHERE organization_id = $1 AND is_audit AND chain_sequence IS NULL";
    tx.query(sql, params![organization]).scalar().await
}

/// An entry of a chain, with all fields that its hash covers.
#[derive(sqlx::FromRow)]
pub struct ChainRow {
    pub id: ActivityId,
    pub at: Timestamp,
    pub kind: String,
    pub summary: String,
    pub actor: String,
    pub actor_id: Option<UserId>,
    pub via: Option<String>,
    pub address: Option<String>,
    pub request_id: Option<String>,
    pub client_request_id: Option<String>,
    pub contract_id: Option<ContractId>,
    pub delivery_id: Option<DeliveryId>,
    pub detail: Option<Json<Value>>,
    pub connection_id: Option<ConnectionId>,
    pub is_audit: bool,
    pub chain_sequence: i64,
    pub previous_hash: Option<String>,
    pub hash: Option<String>,
    pub detail_salt: Option<String>,
    pub detail_digest: Option<String>,
}

pub async fn after(tx: &mut ReadConnection, organization: &OrganizationId, sequence: i64, limit: i64) -> Result<Vec<ChainRow>> {
    let sql = "SELECT id, at, kind, summary, actor, actor_id, via, address, request_id, client_request_id, contract_id,
            delivery_id, detail, connection_id, is_audit, chain_sequence, previous_hash, hash, detail_salt, detail_digest
        FROM activity WHERE organization_id = $1 AND chain_sequence > $2 ORDER BY chain_sequence LIMIT $3";
    tx.query(sql, params![organization, sequence, limit]).all().await
}

/// Erases the personal detail and the salt of an entry. The chain remains valid, and verification counts the entry as erased.
pub async fn erase_detail(tx: &mut Tx, organization: &OrganizationId, id: &ActivityId) -> Result<()> {
    let sql = "UPDATE activity SET summary = '', actor = '', actor_id = NULL, via = NULL, address = NULL, request_id = NULL,
            client_request_id = NULL, contract_id = NULL, delivery_id = NULL, detail = NULL, detail_salt = NULL
        WHERE organization_id = $1 AND id = $2 AND is_audit";
    tx.query(sql, params![organization, id]).execute().await
}
