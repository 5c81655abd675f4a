//! Verifies the hash chains of the audit log. Servers can append entries during a verification.

use crate::audit_chain::{ChainKey, Detail, GENESIS, Line};
use crate::db::account::organizations;
use crate::db::audit::chain::{self, ChainRow, HeadRow};
use crate::domain::ids::OrganizationId;
use crate::hub::{Hub, Result};

const PAGE: i64 = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainState {
    Whole(WholeChain),
    /// An entry was changed, removed or added. `sequence` is the sequence number of the first affected entry.
    Broken {
        sequence: i64,
        why: &'static str,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WholeChain {
    pub lines: i64,
    /// Number of entries whose detail was erased.
    pub erased: i64,
    /// Number of audit log entries that are older than the hash chain and therefore not part of the chain.
    pub unchained: i64,
    pub sequence: i64,
    pub hash: String,
}

impl Hub {
    /// Verifies the chains of all organizations or of those with the given name. Returns the number of verified chains.
    pub async fn verify_audit(
        &self,
        name: Option<&str>,
        mut report: impl FnMut(&OrganizationId, &str, ChainState) + Send,
    ) -> Result<u64> {
        let (mut after, mut verified) = (String::new(), 0);
        loop {
            let page = organizations::names_after(&mut self.db.acquire().await?, &after, name, PAGE).await?;
            let Some((last, _)) = page.last() else { return Ok(verified) };
            after = last.to_string();
            for (id, name) in &page {
                report(id, name, self.verify_chain(id).await?);
                verified += 1;
            }
        }
    }

    /// Verifies the chain of one organization. The head contains the sequence number and hash of the last entry. The same
    /// transaction writes the entry and the head.
    ///
    /// Each iteration reads the head first and then the new entries. The loop ends when there are no new entries. If the head
    /// then has a greater sequence number than the last entry, entries were removed.
    async fn verify_chain(&self, organization: &OrganizationId) -> Result<ChainState> {
        let whole = WholeChain { hash: GENESIS.to_owned(), ..WholeChain::default() };
        let mut walk = Walk { key: self.db.chain_key(), organization, whole };
        loop {
            let head = chain::head(&mut self.db.acquire().await?, organization).await?;
            let verified = walk.whole.sequence;
            loop {
                let Some(rows) = self.chain_page(organization, walk.whole.sequence).await? else {
                    return Ok(walk.broken("the line contains a value that cannot be read"));
                };
                if rows.is_empty() {
                    break;
                }
                for row in &rows {
                    if let Err(why) = walk.step(row) {
                        return Ok(walk.broken(why));
                    }
                }
            }
            if walk.whole.sequence == verified {
                return self.compare_head(walk, head.as_ref()).await;
            }
        }
    }

    /// Returns the entries after the sequence number `after`; `None` if the next entry cannot be decoded.
    async fn chain_page(&self, organization: &OrganizationId, after: i64) -> Result<Option<Vec<ChainRow>>> {
        for limit in [PAGE, 1] {
            match chain::after(&mut self.db.acquire().await?, organization, after, limit).await {
                Ok(rows) => return Ok(Some(rows)),
                Err(sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    async fn compare_head(&self, mut walk: Walk<'_>, head: Option<&HeadRow>) -> Result<ChainState> {
        let unchained = chain::count_unchained(&mut self.db.acquire().await?, walk.organization).await?;
        walk.whole.unchained = unchained;
        let whole = &walk.whole;
        let why = match head {
            None if whole.sequence == 0 => return Ok(ChainState::Whole(walk.whole)),
            Some(head) if head.sequence > whole.sequence => return Ok(walk.broken("the line is missing")),
            None => "the head of the chain is missing",
            Some(head) if !head.is_genuine(walk.key, walk.organization) => "the head of the chain was changed",
            Some(head) if head.sequence != whole.sequence || head.hash != whole.hash => {
                "the head of the chain does not match the last line"
            }
            Some(head) if head.unchained != unchained => "lines outside of the chain were added or removed",
            Some(_) => return Ok(ChainState::Whole(walk.whole)),
        };
        Ok(ChainState::Broken { sequence: whole.sequence, why })
    }
}

struct Walk<'a> {
    key: &'a ChainKey,
    organization: &'a OrganizationId,
    whole: WholeChain,
}

impl Walk<'_> {
    fn broken(&self, why: &'static str) -> ChainState {
        ChainState::Broken { sequence: self.whole.sequence + 1, why }
    }

    /// Verifies the next entry. The error is the reason why the chain is broken.
    fn step(&mut self, row: &ChainRow) -> std::result::Result<(), &'static str> {
        let sequence = self.whole.sequence + 1;
        let detail_digest = row.detail_digest.as_deref().ok_or("the digest of the line is missing")?;
        let hash = row.hash.as_deref().ok_or("the hash of the line is missing")?;
        if row.chain_sequence != sequence {
            return Err("the line is missing");
        }
        if !row.is_audit {
            return Err("the line is hidden from the audit log");
        }
        if row.previous_hash.as_deref() != Some(&self.whole.hash) {
            return Err("the line does not follow the one before it");
        }
        let line = Line {
            organization_id: self.organization,
            sequence,
            previous_hash: &self.whole.hash,
            id: &row.id,
            at: row.at,
            kind: &row.kind,
            connection_id: row.connection_id.as_ref(),
            detail_digest,
        };
        if self.key.line_hash(&line) != hash {
            return Err("the line was changed");
        }
        let detail = detail(row);
        match row.detail_salt.as_deref() {
            Some(salt) if detail.digest(salt) == detail_digest => {}
            Some(_) => return Err("the detail of the line was changed"),
            None if detail.is_erased() => self.whole.erased += 1,
            None => return Err("the salt of the line is gone, but its detail is not"),
        }
        self.whole.lines += 1;
        self.whole.sequence = sequence;
        hash.clone_into(&mut self.whole.hash);
        Ok(())
    }
}

fn detail(row: &ChainRow) -> Detail<'_> {
    Detail {
        summary: &row.summary,
        actor: &row.actor,
        actor_id: row.actor_id.as_ref(),
        via: row.via.as_deref(),
        address: row.address.as_deref(),
        request_id: row.request_id.as_deref(),
        client_request_id: row.client_request_id.as_deref(),
        contract_id: row.contract_id.as_ref(),
        delivery_id: row.delivery_id.as_ref(),
        more: row.detail.as_ref().map(|detail| &detail.0),
    }
}
