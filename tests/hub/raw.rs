//! Raw SQL for test setups.

use lexicontract::db::Db;
use sqlx::AssertSqlSafe;

/// Runs SQL statements that have no bound parameters.
pub async fn execute(db: &Db, sql: &str) {
    let statements = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match db {
        Db::Sqlite { writer, .. } => drop(statements.execute(writer).await.unwrap()),
        Db::Postgres { pool, .. } => drop(statements.execute(pool).await.unwrap()),
    }
}
