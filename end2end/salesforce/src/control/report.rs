use super::chosen::Control;
use crate::other_crms::{HUBSPOT_ACCESS_TOKEN, PIPEDRIVE_API_TOKEN};
use crate::samples::SAMPLES;
use crate::state::opportunities;
use crate::state::organization::{Organization, State as OrganizationState};
use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct ReportQuery {
    /// False omits the Opportunities, which are the largest part of the response.
    #[serde(default = "included")]
    opportunities: bool,
}

/// `GET /control/state`: returns the state of both organizations.
pub async fn report(State(control): State<Control>, Query(query): Query<ReportQuery>) -> Json<Value> {
    let describe = |organization| describe(organization, query.opportunities);
    Json(json!({
        "orgs": { "production": describe(&control.organizations.production), "sandbox": describe(&control.organizations.sandbox) },
        "samples": SAMPLES.iter().map(|sample| sample.file_name).collect::<Vec<_>>(),
        "keys": { "pipedrive": PIPEDRIVE_API_TOKEN, "hubspot": HUBSPOT_ACCESS_TOKEN },
    }))
}

fn included() -> bool {
    true
}

fn describe(organization: &Organization, with_opportunities: bool) -> Value {
    let state = organization.state();
    let listed = state.records.all("Opportunity").filter(|_| with_opportunities);
    let all: Vec<_> = listed.map(|opportunity| opportunities::summary(&state, opportunity)).collect();
    json!({
        "url": organization.url,
        "organization_id": state.organization_id,
        "user_id": state.user_id,
        "opportunities": all,
        "apps": state.apps,
        "oauth": state.settings,
        "tokens": tokens(&state, organization.now_milliseconds()),
        "status_field": state.status_field,
        "hidden": state.hidden,
        "create_files": state.can_create_files,
        "webhook": state.webhook,
        "trigger_stage": state.trigger_stage,
        "webhook_log": state.webhook_calls,
        "outbound": state.outbound,
        "outbound_log": state.outbound_messages,
        "calls": state.calls,
        "writes": state.writes,
        "revocations": state.revocations,
        "refreshes": state.grants.refreshes,
        "replayed_refresh_tokens": state.grants.replays,
        "colliding_refreshes": state.grants.collisions,
        "request_log": state.requests,
        "faults": state.faults.waiting().collect::<Vec<_>>(),
        "api_usage": { "used": state.api_usage.0, "max": state.api_usage.1 },
    })
}

fn tokens(state: &OrganizationState, now: i64) -> Vec<Value> {
    let lifetime = state.settings.session_seconds;
    let alive = |token: &&str| state.grants.session(token, now, lifetime).is_some();
    state
        .grants
        .all()
        .iter()
        .map(|grant| {
            json!({
                "grant": grant.number, "client_id": grant.client_id, "scopes": grant.scopes, "revoked": grant.is_revoked,
                "refresh_token": grant.refresh_token.as_ref().filter(|_| !grant.is_revoked),
                "rotations": grant.old_refresh_tokens.len(),
                "access_tokens": state.grants.access_tokens(grant.number).into_iter().filter(alive).collect::<Vec<_>>(),
            })
        })
        .collect()
}
