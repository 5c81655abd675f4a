//! Changes of several records in one request. The change of each record succeeds or fails independently.

use super::errors::{ApiError, json_response};
use super::records::{locate, write};
use crate::state::organization::Organization;
use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

const MAX_RECORDS: usize = 200;

/// Body of a collection request. A request with `allOrNone` is rejected, because the simulator has no transactions.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Collection {
    #[serde(default)]
    all_or_none: bool,
    records: Vec<Map<String, Value>>,
}

/// `PATCH …/composite/sobjects`: changes several records.
pub async fn change(
    State(organization): State<Arc<Organization>>,
    Json(collection): Json<Collection>,
) -> Result<Response, ApiError> {
    if collection.records.is_empty() {
        return Err(ApiError::bad("REQUIRED_FIELD_MISSING", "At least 1 record is required"));
    }
    if collection.records.len() > MAX_RECORDS || collection.all_or_none {
        return Err(ApiError::bad("EXCEEDED_ID_LIMIT", "at most 200 records, and not allOrNone, are allowed here"));
    }
    let results = collection.records.into_iter().map(|record| change_one(&organization, record));
    Ok(json_response(StatusCode::OK, &Value::Array(results.collect())))
}

fn change_one(organization: &Arc<Organization>, mut record: Map<String, Value>) -> Value {
    let attributes = record.remove("attributes").unwrap_or_default();
    let id = record.remove("id").or_else(|| record.remove("Id")).unwrap_or_default();
    let object = attributes["type"].as_str().unwrap_or_default();
    let written = locate(object, id.as_str().unwrap_or_default())
        .and_then(|(object, id)| write(organization, object, &id, record).map(|()| id));
    match written {
        Ok(id) => json!({ "id": id, "success": true, "errors": [] }),
        Err(error) => {
            let fields = error.fields.unwrap_or_default();
            let (code, message) = match error.code {
                "NOT_FOUND" => ("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id".to_owned()),
                code => (code, error.message),
            };
            json!({ "success": false, "errors": [{ "statusCode": code, "message": message, "fields": fields }] })
        }
    }
}
