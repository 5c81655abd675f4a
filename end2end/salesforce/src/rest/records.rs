use super::changes;
use super::errors::{ApiError, json_response};
use crate::soql::fields::own_value;
use crate::soql::run::attributes;
use crate::state::logs::WriteEntry;
use crate::state::opportunities::{self, Change};
use crate::state::organization::{Organization, State as OrganizationState};
use crate::state::outbound::queue;
use crate::state::schema::{self, Type};
use crate::{ids, outbound, trigger};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// `GET …/sobjects/{type}/{id}?fields=…`: returns a record.
pub async fn read(
    State(organization): State<Arc<Organization>>,
    Path((_, object, id)): Path<(String, String, String)>,
    Query(parameters): Query<HashMap<String, String>>,
) -> Result<Response, ApiError> {
    let (object, id) = locate(&object, &id)?;
    let state = organization.state();
    let view = state.view();
    view.find(object.name).ok_or_else(ApiError::not_found)?;
    let record = state.records.live(object.name, &id).ok_or_else(ApiError::not_found)?;
    let fields = match parameters.get("fields") {
        None => object.fields(view),
        Some(names) => {
            let mut fields = vec![object.field("Id", view).ok_or_else(ApiError::not_found)?];
            for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                let unknown =
                    || ApiError::bad("INVALID_FIELD", format!("No such column '{name}' on sobject of type {}", object.name));
                fields.push(object.field(name, view).ok_or_else(unknown)?);
            }
            fields
        }
    };
    let mut response = Map::from_iter([("attributes".to_owned(), attributes(object, &id))]);
    response.extend(fields.iter().map(|field| (field.name.to_owned(), own_value(object, field, record).into_owned())));
    Ok(json_response(StatusCode::OK, &Value::Object(response)))
}

/// `PATCH …/sobjects/{type}/{id}`: changes a record.
pub async fn change(
    State(organization): State<Arc<Organization>>,
    Path((_, object, id)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let is_json = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_json.starts_with("application/json") {
        let message = "The server does not support the media type of the request";
        return ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message).into_response();
    }
    let fields = match serde_json::from_slice::<Map<String, Value>>(&body) {
        Ok(fields) => fields,
        Err(error) => {
            let message = format!("{error} at [line:{}, column:{}]", error.line(), error.column());
            return ApiError::bad("JSON_PARSER_ERROR", message).into_response();
        }
    };
    match locate(&object, &id).and_then(|(object, id)| write(&organization, object, &id, fields)) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => error.into_response(),
    }
}

pub async fn method_not_allowed(method: http::Method) -> ApiError {
    let message = format!("HTTP Method '{method}' not allowed. Allowed are HEAD,GET,PATCH");
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
}

/// Changes a record and logs the change. If an Opportunity enters the trigger stage, fires the trigger. If it enters the stage of
/// the Outbound Message, sends that message.
pub fn write(
    organization: &Arc<Organization>,
    object: &'static Type,
    id: &str,
    fields: Map<String, Value>,
) -> Result<(), ApiError> {
    let (at, now) = (organization.now(), organization.record_time());
    let mut state = organization.state();
    let written = change_record(&mut state, object, id, &fields, &now);
    state.writes.push(WriteEntry {
        at,
        object: object.name.to_owned(),
        id: id.to_owned(),
        fields: Value::Object(fields),
        status: written.as_ref().map_or_else(|error| error.status.as_u16(), |_| 204),
    });
    let change = written?;
    let notification = queue(&mut state, id, &change);
    let is_fired = change.entered_stage.as_ref() == Some(&state.trigger_stage);
    drop(state);
    if is_fired {
        trigger::fire_in_background(organization, vec![id.to_owned()]);
    }
    if let Some(notification) = notification {
        outbound::send_in_background(organization, vec![notification]);
    }
    Ok(())
}

/// Parses the record type and the id in a URL path. Returns the id in its 18-character form.
pub fn locate(object: &str, id: &str) -> Result<(&'static Type, String), ApiError> {
    let object = schema::find(object).ok_or_else(ApiError::not_found)?;
    let known = ids::to_18(id).filter(|id| id.starts_with(object.prefix));
    match known {
        Some(id) => Ok((object, id)),
        None if matches!(id.len(), 15 | 18) => {
            let message = format!("{} ID: id value of incorrect type: {id}", object.name);
            Err(ApiError::bad("MALFORMED_ID", message).about(&["Id"]))
        }
        None => {
            let message = format!("Provided external ID field does not exist or is not accessible: {id}");
            Err(ApiError::new(StatusCode::NOT_FOUND, "NOT_FOUND", message))
        }
    }
}

fn change_record(
    state: &mut OrganizationState,
    object: &Type,
    id: &str,
    fields: &Map<String, Value>,
    now: &str,
) -> Result<Change, ApiError> {
    if object.name != "Opportunity" {
        let message = format!("HTTP Method 'PATCH' not allowed on {}. Allowed are HEAD,GET", object.name);
        return Err(ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message));
    }
    if state.records.find(object.name, id).is_some() && state.records.live(object.name, id).is_none() {
        return Err(ApiError::new(StatusCode::NOT_FOUND, "ENTITY_IS_DELETED", "entity is deleted").about(&[]));
    }
    state.records.live(object.name, id).ok_or_else(ApiError::not_found)?;
    if fields.keys().any(|name| name.eq_ignore_ascii_case("Id")) {
        let message = "The Id field should not be specified in the sobject data.";
        return Err(ApiError::bad("INVALID_FIELD", message).about(&["Id"]));
    }
    let view = state.view();
    changes::check(object, fields, view)?;
    let canonical =
        fields.iter().filter_map(|(name, value)| object.field(name, view).map(|field| (field.name.to_owned(), value.clone())));
    let canonical = canonical.collect();
    opportunities::update(state, id, &canonical, now).ok_or_else(ApiError::not_found)
}
