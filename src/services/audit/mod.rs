//! The audit log of security-relevant actions. Each entry is written in the same transaction as the action.

pub(crate) mod rejections;
pub(crate) mod verify;

use super::{Actor, pagination};
use crate::{
    db::{self, Tx, account::users::UserRow, audit::activity::NewActivity},
    domain::{
        account::users::Role,
        audit::{AuditEntry, AuditFilter},
        contract::timeline::ActivityKind,
        page::{Page, PageRequest},
    },
    hub::{Hub, Result, chain},
    request_context::RequestContext,
};

/// Name of the actor in audit log entries for admin commands.
pub(super) const OPERATOR: &str = "Operator";
const ORGANIZATIONS_PER_COMMIT: i64 = 100;

impl Hub {
    /// Returns the organization's audit log, newest entry first. Requires an admin.
    pub async fn audit_log(&self, actor: &Actor, filter: &AuditFilter, page: &PageRequest) -> Result<Page<AuditEntry>> {
        actor.require(Role::Admin)?;
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let rows = db::audit::list(&mut tx, &actor.organization_id, filter, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, entry))
    }

    /// Records an actor's action in the audit log.
    pub(super) async fn record(&self, tx: &mut Tx, actor: &Actor, kind: ActivityKind, summary: String) -> Result<()> {
        Ok(db::audit::activity::insert(tx, self.activity(actor, kind, summary)).await?)
    }

    /// Creates an entry for an actor's action. The caller adds the affected object, such as a contract, and inserts the entry.
    pub(super) fn activity<'a>(&self, actor: &'a Actor, kind: ActivityKind, summary: String) -> NewActivity<'a> {
        let activity = NewActivity::new(&actor.organization_id, kind, &actor.name, summary, self.clock().now());
        activity.by(&actor.user_id).via(actor.via.as_str())
    }

    /// Records that the audit log is exported, before the export's first byte is sent. Requires an admin.
    pub async fn record_audit_export(&self, actor: &Actor) -> Result<()> {
        actor.require(Role::Admin)?;
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        self.record(&mut tx, actor, ActivityKind::Exported, format!("{} exported the audit log", actor.name)).await?;
        Ok(tx.commit().await?)
    }

    /// Records a failed sign-in of an existing account. This happens in the background, because a slower response would reveal
    /// that the account exists.
    pub(super) fn record_failed_sign_in(&self, user: UserRow) {
        let (hub, context) = (self.clone(), RequestContext::current());
        self.background.spawn(context.scope(async move {
            if let Err(error) = hub.store_failed_sign_in(&user).await {
                tracing::error!(error = chain(&error), "could not record a failed sign-in");
            }
        }));
    }

    async fn store_failed_sign_in(&self, user: &UserRow) -> Result<()> {
        let summary = if user.is_disabled {
            format!("{} is disabled and tried to sign in", user.name)
        } else {
            format!("Someone tried to sign in as {} and failed", user.name)
        };
        let (kind, now) = (ActivityKind::SignInFailed, self.clock().now());
        let line = NewActivity::new(&user.organization_id, kind, "Not signed in", summary, now);
        let mut tx = self.db.begin().await?;
        db::audit::activity::insert(&mut tx, line.by(&user.id)).await?;
        Ok(tx.commit().await?)
    }

    /// Waits until all entries that are written in the background are stored.
    pub async fn flush_background(&self) {
        self.background.close();
        self.background.wait().await;
        self.background.reopen();
    }

    /// Records a rotation of the encryption keys in the audit log of every organization.
    pub(super) async fn record_keys_rotated(&self, values: u64) -> Result<()> {
        let summary = format!("The operator sealed {values} stored credentials of this installation with another key");
        let mut after = String::new();
        loop {
            let mut tx = self.db.begin().await?;
            let organizations = db::account::organizations::after(&mut tx, &after, ORGANIZATIONS_PER_COMMIT).await?;
            let Some(last) = organizations.last() else { return Ok(()) };
            after = last.to_string();
            for id in &organizations {
                let line = NewActivity::new(id, ActivityKind::KeysRotated, OPERATOR, summary.as_str(), self.clock().now());
                db::audit::activity::insert(&mut tx, line).await?;
            }
            tx.commit().await?;
        }
    }
}

fn entry(row: db::audit::AuditRow) -> AuditEntry {
    AuditEntry {
        id: row.id,
        at: row.at,
        kind: row.kind,
        summary: row.summary,
        actor: row.actor,
        actor_id: row.actor_id,
        via: row.via,
        address: row.address,
        request_id: row.request_id,
        client_request_id: row.client_request_id,
        connection_id: row.connection_id,
        contract_id: row.contract_id,
        sequence: row.chain_sequence,
        hash: row.hash,
        previous_hash: row.previous_hash,
    }
}
