//! The schemas that the migrations create on SQLite and PostgreSQL, and the settings of database connections.

use lexicontract::db::Db;
use lexicontract::db::contracts::search_keys::SearchKeys;
use lexicontract::secret::Secret;
use sqlx::SqliteConnection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use test_support::databases::on_every_database;

/// Columns by table name. Each column has a name, `true` if the column is required, and a type name that is equal on both
/// engines.
type Schema = BTreeMap<String, BTreeSet<(String, bool, &'static str)>>;

/// A column as the engine describes it: table name, column name, `true` if the column is required, and the engine's type name.
type Column = (String, String, bool, String);

const POSTGRES: &str = "SELECT table_name::text, column_name::text, is_nullable = 'NO', data_type::text
    FROM information_schema.columns WHERE table_schema = 'public'";
const SQLITE: &str = "SELECT t.name, c.name, c.\"notnull\" <> 0, c.type
    FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";
const POSTGRES_INDEXES: &str = "SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_key'
    AND indexname NOT LIKE '%_pkey'";
const SQLITE_INDEXES: &str = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_%'";

#[tokio::test]
async fn both_migrations_create_the_same_tables_columns_and_indexes() {
    let seen: Mutex<Vec<(Schema, BTreeSet<String>)>> = Mutex::default();
    on_every_database(async |opened| {
        let (columns, indexes): (Vec<Column>, Vec<(String,)>) = match &opened.db {
            Db::Sqlite { readers, .. } => (
                sqlx::query_as(SQLITE).fetch_all(readers).await.unwrap(),
                sqlx::query_as(SQLITE_INDEXES).fetch_all(readers).await.unwrap(),
            ),
            Db::Postgres { pool, .. } => (
                sqlx::query_as(POSTGRES).fetch_all(pool).await.unwrap(),
                sqlx::query_as(POSTGRES_INDEXES).fetch_all(pool).await.unwrap(),
            ),
        };
        let mut schema = Schema::new();
        for (table, column, is_needed, kind) in columns.into_iter().filter(|(table, ..)| table != "_sqlx_migrations") {
            let entry = (column.clone(), is_needed, common_type(&column, &kind));
            schema.entry(table).or_default().insert(entry);
        }
        seen.lock().unwrap().push((schema, indexes.into_iter().map(|row| row.0).collect()));
    })
    .await;
    let seen = seen.into_inner().unwrap();
    assert!(seen[0].0.len() >= 17, "{:?}", seen[0].0.keys());
    if let [sqlite, postgres] = seen.as_slice() {
        for (table, columns) in &sqlite.0 {
            assert_eq!(Some(columns), postgres.0.get(table), "{table}");
        }
        assert_eq!(sqlite.0.len(), postgres.0.len());
        assert_eq!(sqlite.1, postgres.1);
    }
}

/// A type name that is equal on both engines. Times and JSON have the type name "text", because SQLite stores them as text.
fn common_type(column: &str, kind: &str) -> &'static str {
    match kind {
        "TEXT" | "text" | "timestamp with time zone" | "jsonb" => match kind {
            "text" if is_time(column) => "text where a time is expected",
            "timestamp with time zone" if !is_time(column) => "a time where text is expected",
            _ => "text",
        },
        "BIGINT" | "bigint" => "integer",
        "BOOLEAN" | "boolean" => "boolean",
        "BLOB" | "bytea" => "bytes",
        _ => "unknown",
    }
}

fn is_time(column: &str) -> bool {
    column == "at" || column.ends_with("_at") || column.ends_with("_until") || column.ends_with("_since")
}

#[tokio::test]
async fn sqlite_connections_are_durable_and_enforce_foreign_keys() {
    on_every_database(async |opened| {
        let Db::Sqlite { writer, readers, read_pool, .. } = &opened.db else { return };
        for (pool, connections, only_reads) in [(writer, 1, 0), (readers, 4, 1)] {
            let mut held = Vec::new();
            for _ in 0..connections {
                let mut connection = pool.acquire().await.unwrap();
                assert_eq!(
                    settings(&mut connection).await,
                    ("wal".to_owned(), 2, 1, only_reads),
                    "journal mode, synchronous, foreign keys, query only"
                );
                held.push(connection);
            }
            assert!(pool.try_acquire().is_none(), "the pool has {connections} connections");
        }
        let mut pooled = read_pool.acquire().await.unwrap();
        assert_eq!(
            settings(pooled.connection().unwrap()).await,
            ("wal".to_owned(), 2, 1, 1),
            "journal mode, synchronous, foreign keys, query only"
        );
    })
    .await;
}

/// A SQLite connection's `journal_mode`, `synchronous` level, `foreign_keys` flag and `query_only` flag.
async fn settings(connection: &mut SqliteConnection) -> (String, i64, i64, i64) {
    let mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await.unwrap();
    let synchronous = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *connection).await.unwrap();
    let foreign_keys = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(&mut *connection).await.unwrap();
    let only_reads = sqlx::query_scalar("PRAGMA query_only").fetch_one(&mut *connection).await.unwrap();
    (mode, synchronous, foreign_keys, only_reads)
}

#[tokio::test]
async fn row_of_a_missing_organization_is_rejected() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let nowhere = lexicontract::random::new_id();
        let contract = super::rows::contract(&nowhere);
        let keys = SearchKeys::new(&contract.title, None, None);
        assert!(lexicontract::db::contracts::insert(&mut tx, &contract, &keys).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn uncommitted_changes_are_rolled_back_and_migrations_are_idempotent() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        super::rows::Place::insert(&mut tx, "acme").await;
        drop(tx);
        opened.db.migrate().await.unwrap();
        let mut tx = opened.db.read().await.unwrap();
        assert!(lexicontract::db::account::organizations::named(&mut tx, "acme").await.unwrap().is_empty());
        drop(tx);
        opened.db.close().await;
        assert!(opened.db.begin().await.is_err());
    })
    .await;
}

#[tokio::test]
async fn idle_transaction_times_out_before_a_claim_expires() {
    on_every_database(async |opened| {
        if opened.url.expose().starts_with("postgres") {
            let limit =
                "SELECT count(*) FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout' AND setting = '10000'";
            assert_eq!(opened.number(limit).await, 1);
        }
    })
    .await;
}

#[tokio::test]
async fn concurrent_migrations_of_a_sqlite_file_are_serialized() {
    let folder = tempfile::tempdir().unwrap();
    let address = Secret::new(format!("sqlite://{}/new.db", folder.path().display()));
    let mut migrations = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let address = address.clone();
        migrations.spawn(async move { lexicontract::hub::migrate(&address).await.map(drop) });
    }
    while let Some(outcome) = migrations.join_next().await {
        outcome.unwrap().unwrap();
    }
}

#[tokio::test]
async fn database_older_than_the_first_release_is_rejected() {
    on_every_database(async |opened| {
        let old = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                   SELECT 1, 'init', success, checksum, 0 FROM _sqlx_migrations WHERE version = 100";
        match &opened.db {
            Db::Sqlite { writer, .. } => drop(sqlx::query(old).execute(writer).await.unwrap()),
            Db::Postgres { pool, .. } => drop(sqlx::query(old).execute(pool).await.unwrap()),
        }
        let refused = lexicontract::hub::migrate(&opened.url).await.map(drop).unwrap_err().to_string();
        assert!(refused.contains("from before the first release") && refused.contains("new, empty database"), "{refused}");
        assert_eq!(refused.lines().count(), 1);
    })
    .await;
}
