//! Erasure of contracts and organizations.
//!
//! A transaction removes the rows and records which files are to be deleted. [`Hub::finish_erasures`] deletes the files and the
//! remains in the database, right after the transaction and again in each housekeeping until it succeeds. An erasure that a crash
//! interrupts is therefore completed after the restart.

mod finish;
mod organization;

pub use organization::OrganizationErasure;

use crate::db::contracts::{self as contracts_table};
use crate::db::erasures::{self, contract_rows};
use crate::db::{self, Tx, connections as connections_table};
use crate::domain::account::users::Role;
use crate::domain::contract::erasure::{ErasedContract, ErasureCounts};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::{ContractId, OrganizationId};
use crate::domain::problem::Problem;
use crate::fail_points::{Step, reach};
use crate::hub::{Error, Hub, Result};
use crate::services::auth::idempotency::first_or_return;
use crate::services::{Actor, contracts};

/// Maximum number of attempts if PostgreSQL ends the transaction because of a deadlock with a job of the contract.
const MAX_ATTEMPTS: usize = 3;

impl Hub {
    /// Counts what [`Self::erase_contract`] would remove.
    pub async fn erasure_counts(&self, actor: &Actor, id: &ContractId) -> Result<ErasureCounts> {
        actor.require(Role::Admin)?;
        let mut tx = self.db.read().await?;
        contracts::find(&mut tx, actor, id).await?;
        Ok(counts(contract_rows::count(&mut tx, &actor.organization_id, id).await?))
    }

    /// Removes a contract with its files, texts, findings, timeline, deliveries, jobs and stored responses. One line of the audit
    /// log remains, without the title. Polls, Outbound Messages and reconciliations do not create the contract again.
    pub async fn erase_contract(&self, actor: &Actor, id: &ContractId) -> Result<ErasedContract> {
        actor.require(Role::Admin)?;
        let mut attempt = 1;
        let erased = loop {
            match self.store_erasure(actor, id).await {
                Err(Error::Database(error)) if db::is_conflict(&error) && attempt < MAX_ATTEMPTS => attempt += 1,
                outcome => break outcome?,
            }
        };
        reach(Step::ErasureStored);
        self.finish_erasures_soon().await;
        Ok(erased)
    }

    async fn store_erasure(&self, actor: &Actor, id: &ContractId) -> Result<ErasedContract> {
        let organization = &actor.organization_id;
        let mut tx = first_or_return!(self.begin_idempotent(actor, Role::Admin).await?);
        let counts = self.erase_rows(&mut tx, organization, id).await?.ok_or(Problem::NotFound)?;
        erasures::insert(&mut tx, organization, id.as_str(), self.clock().now()).await?;
        let summary = format!("{} erased the contract {id}", actor.name);
        self.record(&mut tx, actor, ActivityKind::ContractErased, summary).await?;
        reach(Step::ErasureStoring);
        let erased = ErasedContract { id: id.clone(), counts };
        self.commit_idempotent(tx, actor, &erased).await?;
        Ok(erased)
    }

    /// Removes the rows of a contract. Returns `None` if there is no such contract.
    async fn erase_rows(&self, tx: &mut Tx, organization: &OrganizationId, id: &ContractId) -> Result<Option<ErasureCounts>> {
        // Lock order: connections, contract. A delivery that is being stored holds a lock on its connection.
        for connection in contract_rows::connections(tx, organization, id).await? {
            connections_table::find_locked(tx, organization, &connection).await?;
        }
        if contracts_table::find_locked(tx, organization, id).await?.is_none() {
            return Ok(None);
        }
        let counts = counts(contract_rows::count(tx, organization, id).await?);
        contract_rows::erase(tx, organization, id, self.clock().now()).await?;
        Ok(Some(counts))
    }
}

fn counts(row: contract_rows::ContractCounts) -> ErasureCounts {
    ErasureCounts { versions: row.versions, entries: row.entries, deliveries: row.deliveries }
}
