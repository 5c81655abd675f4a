//! The endpoints of Pipedrive and HubSpot that test an API key.

use crate::state::organization::Organization;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use std::sync::Arc;

pub const PIPEDRIVE_API_TOKEN: &str = "pipedrive-simulator-token";

pub const HUBSPOT_ACCESS_TOKEN: &str = "pat-na1-hubspot-simulator-token";

pub fn routes() -> Router<Arc<Organization>> {
    Router::new()
        .route("/api/v1/users/me", get(pipedrive_user))
        .route("/v1/users/me", get(pipedrive_user))
        .route("/account-info/v3/details", get(hubspot_account))
}

async fn pipedrive_user(headers: HeaderMap) -> Response {
    if headers.get("x-api-token").is_none_or(|token| token != PIPEDRIVE_API_TOKEN) {
        let body = json!({ "success": false, "error": "unauthorized access", "errorCode": 401, "error_info": "Please check developers.pipedrive.com" });
        return json_response(StatusCode::UNAUTHORIZED, &body);
    }
    let data = json!({
        "id": 14_023_877, "name": "Dana Whitfield", "email": "dana.whitfield@acme.example", "active_flag": true,
        "company_id": 8_612_044, "company_name": "Acme Corporation", "company_domain": "acme-corporation",
        "locale": "en_US", "timezone_name": "America/Los_Angeles", "is_admin": 1,
    });
    json_response(StatusCode::OK, &json!({ "success": true, "data": data }))
}

async fn hubspot_account(headers: HeaderMap) -> Response {
    let expected = format!("Bearer {HUBSPOT_ACCESS_TOKEN}");
    if headers.get(header::AUTHORIZATION).is_none_or(|value| value != expected.as_str()) {
        let body = json!({
            "status": "error", "message": "Authentication credentials not found or not valid.",
            "correlationId": "6b2f1c1e-0000-4000-8000-000000000000", "category": "INVALID_AUTHENTICATION",
        });
        return json_response(StatusCode::UNAUTHORIZED, &body);
    }
    let body = json!({
        "portalId": 48_211_905, "accountType": "STANDARD", "timeZone": "US/Pacific", "companyCurrency": "USD",
        "additionalCurrencies": [], "utcOffset": "-08:00", "utcOffsetMilliseconds": -28_800_000,
        "uiDomain": "app.hubspot.com", "dataHostingLocation": "na1",
    });
    json_response(StatusCode::OK, &body)
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
