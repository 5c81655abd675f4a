//! Sessions, grants, faults, time, reset.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::chosen::{Chosen, Control, Refusal};
use crate::state::faults::Fault;

/// A move of the clock.
#[derive(Debug, Deserialize)]
pub struct ClockChange {
    advance_seconds: u64,
}

/// `POST /control/reset`: both organizations become fresh.
pub async fn reset(State(control): State<Control>) -> StatusCode {
    control.world.production.reset();
    control.world.sandbox.reset();
    StatusCode::NO_CONTENT
}

/// `POST /control/sessions/expire`: every access token is dead, refresh tokens still work.
pub async fn expire_sessions(Chosen(organization): Chosen) -> StatusCode {
    organization.state().grants.close_sessions();
    StatusCode::NO_CONTENT
}

/// `POST /control/grants/revoke`: as when an administrator withdraws the app's access.
pub async fn revoke_grants(Chosen(organization): Chosen) -> StatusCode {
    organization.state().grants.revoke_all();
    StatusCode::NO_CONTENT
}

/// `POST /control/faults`: a list of faults, or one.
pub async fn order_faults(Chosen(organization): Chosen, body: Bytes) -> Result<Json<Value>, Refusal> {
    let value: Value = serde_json::from_slice(&body).map_err(|error| Refusal::bad(error.to_string()))?;
    let list = if value.is_array() { value } else { json!([value]) };
    let faults: Vec<Fault> = serde_json::from_value(list).map_err(|error| Refusal::bad(error.to_string()))?;
    let mut state = organization.state();
    state.faults.order(faults);
    Ok(Json(json!(state.faults.waiting().collect::<Vec<_>>())))
}

/// `DELETE /control/faults`.
pub async fn clear_faults(Chosen(organization): Chosen) -> StatusCode {
    organization.state().faults.clear();
    StatusCode::NO_CONTENT
}

/// `POST /control/clock`: moves the time of both organizations forward.
pub async fn advance_clock(State(control): State<Control>, Json(change): Json<ClockChange>) -> Json<Value> {
    control.own.options.clock.advance(Duration::from_secs(change.advance_seconds));
    Json(json!({ "now": control.own.now() }))
}
