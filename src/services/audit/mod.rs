//! The audit log of security-relevant actions. The transaction of an action also writes the action's entry.

pub(crate) mod rejections;
pub(crate) mod verify;

use super::{Actor, pagination};
use crate::db::account::users::UserRow;
use crate::db::audit::activity::NewActivity;
use crate::db::{self, Tx, is_row_error};
use crate::domain::account::users::Role;
use crate::domain::audit::{AuditEntry, AuditFilter};
use crate::domain::contract::timeline::ActivityKind;
use crate::domain::ids::OrganizationId;
use crate::domain::page::{Page, PageRequest};
use crate::hub::{Error, Hub, Result, chain};
use crate::request_context::RequestContext;
use rejections::{Count, Target, minute_of};

/// Name of the actor in audit log entries for admin commands.
pub(super) const OPERATOR: &str = "Operator";
const ORGANIZATIONS_PER_COMMIT: i64 = 100;

impl Hub {
    /// Returns the organization's audit log, newest entry first.
    pub async fn audit_log(&self, actor: &Actor, filter: &AuditFilter, page: &PageRequest) -> Result<Page<AuditEntry>> {
        actor.require(Role::Admin)?;
        let before = pagination::cursor(page)?;
        let mut tx = self.db.acquire().await?;
        let rows = db::audit::list(&mut tx, &actor.organization_id, filter, before.as_ref(), page).await?;
        Ok(pagination::cut(rows, page, |row| &row.id, entry))
    }

    pub(super) async fn record(&self, tx: &mut Tx, actor: &Actor, kind: ActivityKind, summary: String) -> Result<()> {
        Ok(db::audit::activity::insert(tx, self.activity(actor, kind, summary)).await?)
    }

    /// Creates an entry for an action. The caller adds the affected object, such as a contract.
    pub(super) fn activity<'a>(&self, actor: &'a Actor, kind: ActivityKind, summary: String) -> NewActivity<'a> {
        let activity = NewActivity::new(&actor.organization_id, kind, &actor.name, summary, self.clock().now());
        activity.by(&actor.user_id).via(actor.via.as_str())
    }

    /// Records an export of the audit log. Callers must await the commit before they send the first byte of the export.
    pub async fn record_audit_export(&self, actor: &Actor) -> Result<()> {
        actor.require(Role::Admin)?;
        let mut tx = self.begin_as(actor, Role::Admin).await?;
        self.record(&mut tx, actor, ActivityKind::Exported, format!("{} exported the audit log", actor.name)).await?;
        Ok(tx.commit().await?)
    }

    /// Records a failed sign-in in the background. Otherwise, the response would take longer for an existing account and reveal
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

    /// Waits until all background writes are stored.
    pub async fn flush_background(&self) {
        self.background.close();
        self.background.wait().await;
        self.background.reopen();
    }

    /// Counts a rejected request of a signed-in user. `route` is the path pattern, which contains parameter names instead of ids.
    pub fn record_rejection(&self, actor: &Actor, route: String) {
        let at = self.clock().now();
        let count = Count {
            target: Some(Target { user_id: actor.user_id.clone(), route }),
            minute: minute_of(at),
            number: 1,
            at,
            actor: actor.name.clone(),
            via: actor.via.as_str().to_owned(),
            context: RequestContext::current(),
        };
        self.rejections.add(&actor.organization_id, vec![count]);
    }

    /// Writes the counts of completed minutes to the audit log. If the database is unavailable, keeps the counts for the next
    /// call.
    pub async fn write_rejections(&self) -> Result<()> {
        self.write_rejections_before(minute_of(self.clock().now())).await
    }

    pub async fn write_all_rejections(&self) -> Result<()> {
        self.write_rejections_before(i64::MAX).await
    }

    async fn write_rejections_before(&self, minute: i64) -> Result<()> {
        let mut outcome = Ok(());
        for (organization, counts) in self.rejections.take_before(minute) {
            match self.write_counts(&organization, &counts).await {
                Err(Error::Database(error)) if !is_row_error(&error) => {
                    self.rejections.add(&organization, counts);
                    outcome = Err(error.into());
                }
                // Drops the counts, because a retry would fail again, for example because the organization was removed.
                Err(error) => outcome = Err(error),
                Ok(()) => {}
            }
        }
        outcome
    }

    async fn write_counts(&self, organization: &OrganizationId, counts: &[Count]) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for Count { target, number, at, actor, via, context, .. } in counts {
            let times = if *number == 1 { "once".to_owned() } else { format!("{number} times") };
            let line = match target {
                Some(Target { user_id, route }) => {
                    let summary = format!("{actor} was denied access to {route} {times}");
                    NewActivity::new(organization, ActivityKind::Refused, actor, summary, *at).by(user_id).via(via)
                }
                None => {
                    let summary = format!("Access to other routes was denied {times}");
                    NewActivity::new(organization, ActivityKind::Refused, "Several users", summary, *at)
                }
            };
            context.clone().scope(db::audit::activity::insert(&mut tx, line)).await?;
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn record_keys_rotated(&self, values: u64) -> Result<()> {
        let summary = format!("The operator re-encrypted {values} stored credentials of this installation with another key");
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
