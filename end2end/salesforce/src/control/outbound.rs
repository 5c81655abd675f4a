use super::chosen::{Chosen, Rejection};
use super::switches::{given, replace};
use crate::outbound;
use axum::Json;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboundChange {
    #[serde(deserialize_with = "given")]
    url: Option<Option<String>>,
    stage: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retry {
    ids: Option<Vec<String>>,
}

/// `POST /control/outbound`: configures the Outbound Message. `null` as URL switches it off.
pub async fn configure(Chosen(organization): Chosen, Json(change): Json<OutboundChange>) -> Json<Value> {
    let mut state = organization.state();
    let outbound = &mut state.outbound;
    replace(&mut outbound.url, change.url);
    replace(&mut outbound.stage, change.stage);
    Json(json!({ "url": outbound.url, "stage": outbound.stage, "action_id": outbound.action_id }))
}

/// `POST /control/outbound/retry`: sends notifications again. If the request contains ids, sends the notifications with these
/// ids, otherwise all that are not acknowledged. Returns the messages.
pub async fn retry(Chosen(organization): Chosen, body: Bytes) -> Result<Json<Value>, Rejection> {
    let request: Retry = match body.as_ref() {
        [] => Retry::default(),
        json => serde_json::from_slice(json).map_err(|error| Rejection::bad(error.to_string()))?,
    };
    let ids = {
        let state = organization.state();
        let ids = request.ids.unwrap_or_else(|| state.outbound.unacknowledged());
        if ids.iter().any(|id| state.outbound.find(id).is_none()) {
            return Err(Rejection::not_found("there is no such notification"));
        }
        ids
    };
    Ok(Json(json!({ "messages": outbound::send(&organization, &ids).await })))
}
