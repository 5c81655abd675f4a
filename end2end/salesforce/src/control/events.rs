use super::chosen::{Chosen, Control, Rejection};
use crate::state::faults::Fault;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use chrono::TimeDelta;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize)]
pub struct ClockChange {
    /// Negative seconds move the clock back.
    advance_seconds: i64,
}

/// `POST /control/reset`: restores the initial state of both organizations.
pub async fn reset(State(control): State<Control>) -> StatusCode {
    control.organizations.production.reset();
    control.organizations.sandbox.reset();
    StatusCode::NO_CONTENT
}

/// `POST /control/sessions/expire`: ends all sessions. Refresh tokens stay valid.
pub async fn expire_sessions(Chosen(organization): Chosen) -> StatusCode {
    organization.state().grants.close_sessions();
    StatusCode::NO_CONTENT
}

/// `POST /control/grants/revoke`: revokes all grants, as an administrator can do in Salesforce.
pub async fn revoke_grants(Chosen(organization): Chosen) -> StatusCode {
    organization.state().grants.revoke_all();
    StatusCode::NO_CONTENT
}

/// `POST /control/faults`: injects faults. The body is one fault or a list of faults.
pub async fn order_faults(Chosen(organization): Chosen, body: Bytes) -> Result<Json<Value>, Rejection> {
    let value: Value = serde_json::from_slice(&body).map_err(|error| Rejection::bad(error.to_string()))?;
    let list = if value.is_array() { value } else { json!([value]) };
    let faults: Vec<Fault> = serde_json::from_value(list).map_err(|error| Rejection::bad(error.to_string()))?;
    let mut state = organization.state();
    state.faults.order(faults);
    Ok(Json(json!(state.faults.waiting().collect::<Vec<_>>())))
}

pub async fn clear_faults(Chosen(organization): Chosen) -> StatusCode {
    organization.state().faults.clear();
    StatusCode::NO_CONTENT
}

/// `POST /control/clock`: moves the clock that both organizations share.
pub async fn advance_clock(State(control): State<Control>, Json(change): Json<ClockChange>) -> Json<Value> {
    control.own.options.clock.shift(TimeDelta::try_seconds(change.advance_seconds).unwrap_or_default());
    Json(json!({ "now": control.own.now() }))
}
