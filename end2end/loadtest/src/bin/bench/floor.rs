//! Baseline for the benchmark: a minimal axum and sqlx server. It makes one durable insert per webhook call, and serves files
//! from memory.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use loadtest::Outcome;
use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{fs, path};
use tokio::net::TcpListener;

/// Path of the readiness check.
pub const READY: &str = "/ready";
pub const INSERT: &str = "/insert";
/// Prefix of file paths.
pub const FILE: &str = "/file/";

#[derive(Clone)]
struct Bare {
    pool: SqlitePool,
    files: Arc<HashMap<String, Vec<u8>>>,
    numbers: Arc<AtomicU64>,
}

pub async fn serve(address: SocketAddr, folder: &path::Path) -> Outcome<()> {
    // The measured server uses the same settings.
    let options = SqliteConnectOptions::new()
        .filename(folder.join("floor.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    sqlx::query(
        "CREATE TABLE deliveries (id TEXT NOT NULL PRIMARY KEY, organization_id TEXT NOT NULL, opportunity_id TEXT NOT NULL)",
    )
    .execute(&pool)
    .await?;
    let state = Bare { pool, files: Arc::new(read_files(folder)?), numbers: Arc::default() };
    let router = Router::new()
        .route(READY, get(async || "ready"))
        .route(INSERT, post(insert))
        .route(&format!("{FILE}{{name}}"), get(file))
        .with_state(state);
    Ok(axum::serve(TcpListener::bind(address).await?, router).await?)
}

fn read_files(folder: &path::Path) -> Outcome<HashMap<String, Vec<u8>>> {
    let mut files = HashMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let (Some("body"), Some(name)) = (path.extension().and_then(|end| end.to_str()), path.file_stem()) {
            files.insert(name.to_string_lossy().into_owned(), fs::read(&path)?);
        }
    }
    Ok(files)
}

async fn insert(State(bare): State<Bare>, Json(call): Json<Value>) -> Result<(StatusCode, Json<Value>), StatusCode> {
    let id = format!("dlv_{:032}", bare.numbers.fetch_add(1, Ordering::Relaxed));
    let text = |name: &str| call[name].as_str().map(str::to_owned).ok_or(StatusCode::BAD_REQUEST);
    let (organization, opportunity) = (text("OrganizationId")?, text("OpportunityId")?);
    sqlx::query("INSERT INTO deliveries (id, organization_id, opportunity_id) VALUES ($1, $2, $3)")
        .bind(&id)
        .bind(organization)
        .bind(&opportunity)
        .execute(&bare.pool)
        .await
        .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok((StatusCode::ACCEPTED, Json(json!({"delivery_id": id, "opportunity_id": opportunity, "status": "accepted"}))))
}

async fn file(State(bare): State<Bare>, Path(name): Path<String>) -> Result<Vec<u8>, StatusCode> {
    bare.files.get(&name).cloned().ok_or(StatusCode::NOT_FOUND)
}
