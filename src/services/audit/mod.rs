//! The audit log: what was done that matters to security. Every line is written in the transaction of what it tells.

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

/// Who did what the command line was asked for.
pub(super) const OPERATOR: &str = "Operator";
/// How many organizations are told of something in one transaction.
const ORGANIZATIONS_PER_COMMIT: i64 = 100;

impl Hub {
    /// The organization's audit log, newest first.
    ///
    /// # Errors
    /// The actor is no admin, or the page's cursor is not one.
    pub async fn audit_log(&self, actor: &Actor, filter: &AuditFilter, page: &PageRequest) -> Result<Page<AuditEntry>> {
        actor.require(Role::Admin)?;
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let rows = db::audit::list(&mut tx, &actor.organization_id, filter, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, entry))
    }

    /// A line about what an actor does.
    pub(super) async fn note(&self, tx: &mut Tx, actor: &Actor, kind: ActivityKind, summary: String) -> Result<()> {
        Ok(db::audit::activity::insert(tx, self.line(actor, kind, summary)).await?)
    }

    /// The same before it is written, for one that is about something.
    pub(super) fn line<'a>(&self, actor: &'a Actor, kind: ActivityKind, summary: String) -> NewActivity<'a> {
        let line = NewActivity::new(&actor.organization_id, kind, &actor.name, summary, self.clock().now());
        line.by(&actor.user_id).via(actor.via.as_str())
    }

    /// Records that the actor exports the audit log, before the first line leaves.
    ///
    /// # Errors
    /// The actor is no admin.
    pub async fn record_audit_export(&self, actor: &Actor) -> Result<()> {
        actor.require(Role::Admin)?;
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        self.note(&mut tx, actor, ActivityKind::Exported, format!("{} exported the audit log", actor.name)).await?;
        Ok(tx.commit().await?)
    }

    /// A line about a person whose password was wrong or who may not sign in.
    ///
    /// It is written after the answer: a slower answer would tell strangers which accounts there are.
    pub(super) fn record_failed_sign_in(&self, user: UserRow) {
        let (hub, from) = (self.clone(), RequestContext::current());
        self.background.spawn(from.scope(async move {
            if let Err(error) = hub.store_failed_sign_in(&user).await {
                tracing::error!(error = chain(&error), "could not note a failed sign-in");
            }
        }));
    }

    async fn store_failed_sign_in(&self, user: &UserRow) -> Result<()> {
        let summary = match user.is_disabled {
            true => format!("{} may not sign in, and tried to", user.name),
            false => format!("Someone tried to sign in as {} and failed", user.name),
        };
        let (kind, now) = (ActivityKind::SignInFailed, self.clock().now());
        let line = NewActivity::new(&user.organization_id, kind, "Somebody not signed in", summary, now);
        let mut tx = self.db.begin().await?;
        db::audit::activity::insert(&mut tx, line.by(&user.id)).await?;
        Ok(tx.commit().await?)
    }

    /// Waits for lines that are written after an answer.
    pub async fn finish_notes(&self) {
        self.background.close();
        self.background.wait().await;
        self.background.reopen();
    }

    /// Tells every organization that its credentials were sealed with another key.
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
