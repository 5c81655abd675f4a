//! Access to the audit log for programs, such as security monitoring.

use super::problem::Result;
use crate::extract::{Admin, Json, PageOf, PageQuery, QueryResult};
use axum::extract::Query;
use lexicontract::domain::audit::{AuditEntry, AuditFilter};
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::page::Page;
use lexicontract::domain::problem::Invalid;
use lexicontract::domain::time::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only entries of this kind, such as `signed_in`.
    kind: Option<String>,
    /// Only entries about actions of the user with this id, and about failed attempts to sign in as this user.
    actor: Option<String>,
    /// Only entries since this time (RFC 3339).
    since: Option<String>,
}

impl AuditQuery {
    fn filter(self) -> Result<AuditFilter> {
        let given = |value: Option<String>| value.filter(|value| !value.is_empty());
        let kind = given(self.kind).map(|kind| ActivityKind::parse_audit_event(&kind).ok_or(Invalid::AuditKind)).transpose()?;
        let actor_id = given(self.actor).map(|actor| actor.parse().map_err(|_| Invalid::AuditActor)).transpose()?;
        let from = given(self.since).map(|since| Timestamp::parse(&since).ok_or(Invalid::Since)).transpose()?;
        Ok(AuditFilter { kind, actor_id, from, until: None })
    }
}

/// Lists the entries of the audit log, newest first. For admins.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(AuditQuery, PageQuery),
    responses((status = 200, body = Page<AuditEntry>)))]
pub async fn list(
    Admin(hub, actor): Admin,
    query: QueryResult<AuditQuery>,
    PageOf(page): PageOf,
) -> Result<Json<Page<AuditEntry>>> {
    let Query(query) = query.map_err(|_| Invalid::AuditKind)?;
    Ok(Json(hub.audit_log(&actor, &query.filter()?, &page).await?))
}
