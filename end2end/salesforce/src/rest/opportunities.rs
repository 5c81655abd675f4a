//! Creation and deletion of Opportunities.

use super::changes;
use super::errors::{ApiError, json_response};
use super::records::locate;
use crate::state::opportunities::{self, NewOpportunity};
use crate::state::organization::{Organization, State as OrganizationState};
use crate::state::schema::Type;
use axum::Json;
use axum::extract::{FromRequest, Path, Request, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const REQUIRED: [&str; 3] = ["CloseDate", "Name", "StageName"];

/// `POST …/sobjects/Opportunity`: creates an Opportunity. Never fires the trigger.
pub async fn create(organization: &Organization, object: &'static Type, request: Request) -> Result<Response, ApiError> {
    let unreadable = |error: axum::extract::rejection::JsonRejection| ApiError::bad("JSON_PARSER_ERROR", error.body_text());
    let Json(fields) = Json::<Map<String, Value>>::from_request(request, &()).await.map_err(unreadable)?;
    let now = organization.record_time();
    let id = insert(&mut organization.state(), object, &fields, &now)?;
    Ok(json_response(StatusCode::CREATED, &json!({ "id": id, "success": true, "errors": [] })))
}

fn insert(
    state: &mut OrganizationState,
    object: &'static Type,
    fields: &Map<String, Value>,
    now: &str,
) -> Result<String, ApiError> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| text(name).is_empty()).collect();
    if !missing.is_empty() {
        let message = format!("Required fields are missing: [{}]", missing.join(", "));
        return Err(ApiError::bad("REQUIRED_FIELD_MISSING", message).about(&missing));
    }
    changes::check(object, fields, state.view())?;
    let new = NewOpportunity {
        name: text("Name"),
        account_name: None,
        stage: text("StageName"),
        record_type_id: None,
        amount: opportunities::AMOUNT,
        at: now,
    };
    let id = opportunities::insert(state, &new);
    opportunities::update(state, &id, fields, now);
    Ok(id)
}

/// `DELETE …/sobjects/Opportunity/{id}`. Other types cannot be deleted.
pub async fn delete(
    State(organization): State<Arc<Organization>>,
    Path((_, object, id)): Path<(String, String, String)>,
) -> Result<StatusCode, ApiError> {
    let (object, id) = locate(&object, &id)?;
    let is_deleted = object.name == "Opportunity" && opportunities::delete(&mut organization.state(), &id);
    if is_deleted { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::not_found()) }
}
