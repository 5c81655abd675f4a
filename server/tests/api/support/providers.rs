//! Simulators of services other than Salesforce.

use axum::routing::any;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;
use tokio::net::TcpListener;

/// Starts a server that simulates a provider and, at `/v1`, a language model. The provider accepts every API key, and the
/// language model always fails. Returns the server's origin.
pub async fn simulate_other_providers() -> String {
    let me = json!({"data": {"id": 1, "name": "Ada", "company_id": 2, "company_name": "Acme"}});
    let router = Router::new()
        .route("/v1/{*rest}", any(async || (StatusCode::INTERNAL_SERVER_ERROR, "broken")))
        .fallback(async move || Json(me));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    origin
}
