//! Endpoints for the descriptions of record types, and for the organization's limits.

use super::changes::kind_name;
use super::errors::{ApiError, json_response};
use super::versions::CURRENT;
use crate::state::organization::Organization;
use crate::state::record_types;
use crate::state::schema::{Field, Kind};
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

/// `GET …/sobjects/{type}/describe`: describes a record type and its fields.
pub async fn describe(
    State(organization): State<Arc<Organization>>,
    Path((_, object)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let state = organization.state();
    let object = state.view().find(&object).ok_or_else(ApiError::not_found)?;
    let fields: Vec<Value> = object.fields(state.view()).iter().map(describe_field).collect();
    let base = format!("/services/data/{CURRENT}/sobjects/{}", object.name);
    let is_createable = object.name == "ContentVersion" && state.can_create_files;
    let body = json!({
        "name": object.name, "label": object.name, "keyPrefix": object.prefix, "custom": false, "queryable": true,
        "retrieveable": true, "updateable": object.name == "Opportunity", "createable": is_createable, "deletable": false,
        "fields": fields, "childRelationships": [], "recordTypeInfos": record_types::infos(&state, object),
        "urls": { "sobject": base, "describe": format!("{base}/describe"), "rowTemplate": format!("{base}/{{ID}}") },
    });
    Ok(json_response(StatusCode::OK, &body))
}

/// `GET …/limits`: returns the API limits and their usage.
pub async fn limits(State(organization): State<Arc<Organization>>) -> Response {
    let (used, most) = organization.state().api_usage;
    let body = json!({
        "DailyApiRequests": { "Max": most, "Remaining": most.saturating_sub(used) },
        "DailyAsyncApexExecutions": { "Max": 250_000, "Remaining": 249_998 },
        "FileStorageMB": { "Max": 10_240, "Remaining": 10_212 },
    });
    json_response(StatusCode::OK, &body)
}

fn describe_field(field: &Field) -> Value {
    let values = match field.kind {
        Kind::Picklist(values) => values,
        _ => &[],
    };
    let values: Vec<Value> = values
        .iter()
        .map(|value| json!({ "active": true, "defaultValue": false, "label": value, "value": value, "validFor": null }))
        .collect();
    let (relationship, targets) = match field.kind {
        Kind::Reference(relationship, target) => (Some(relationship), vec![target]),
        _ => (None, Vec::new()),
    };
    json!({
        "name": field.name, "label": field.label, "type": kind_name(field.kind), "length": field.length,
        "custom": field.name.ends_with("__c"), "updateable": field.updateable, "createable": field.updateable,
        "nillable": field.nillable, "restrictedPicklist": field.restricted, "picklistValues": values,
        "relationshipName": relationship, "referenceTo": targets, "filterable": field.kind != Kind::Base64,
        "sortable": field.kind != Kind::Base64, "calculated": false, "unique": false, "externalId": false,
    })
}
