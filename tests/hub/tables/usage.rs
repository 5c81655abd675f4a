use super::rows::{NOW, Place, after, contract, user, version};
use crate::databases::{Opened, on_every_database};
use lexicontract::{
    db::{
        Db, Tx, contracts,
        organization_usage::{self, UsageRow},
        organizations, users, versions,
    },
    domain::{contract::VersionSource, ids::OrganizationId, people::Role},
    random::new_id,
    secret::Secret,
};
use sqlx::{AssertSqlSafe, migrate::Migrator};
use std::{fs, path::Path};

const BYTES: i64 = 5_000_000_000;

async fn usage(tx: &mut Tx, organization: &OrganizationId) -> (i64, i64, i64) {
    let UsageRow { storage_bytes, contracts, users } = organization_usage::find(tx, organization).await.unwrap();
    (storage_bytes, contracts, users)
}

async fn run(db: &Db, sql: String) {
    match db {
        Db::Sqlite { writer, .. } => drop(sqlx::query(AssertSqlSafe(sql)).execute(writer).await.unwrap()),
        Db::Postgres { pool, .. } => drop(sqlx::query(AssertSqlSafe(sql)).execute(pool).await.unwrap()),
    }
}

#[tokio::test]
async fn what_is_added_and_removed_is_counted_for_its_own_organization() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, other) = (Place::insert(&mut tx, "ours").await, Place::insert(&mut tx, "other").await);
        assert_eq!(usage(&mut tx, &ours.organization).await, (BYTES, 1, 1));
        let grace = user(&ours.organization, "grace@example.com", Role::Viewer);
        users::insert(&mut tx, &grace).await.unwrap();
        let second = contract(&ours.organization, None);
        assert!(contracts::insert(&mut tx, &second).await.unwrap());
        assert!(!contracts::insert(&mut tx, &contract(&ours.organization, Some(super::rows::OPPORTUNITY))).await.unwrap());
        versions::insert(&mut tx, &version(&second, 1)).await.unwrap();
        assert_eq!(usage(&mut tx, &ours.organization).await, (2 * BYTES, 2, 2), "a contract that was there is not counted twice");
        assert!(users::delete(&mut tx, &ours.organization, &grace.id).await.unwrap());
        tx.commit().await.unwrap();
        run(&opened.db, format!("DELETE FROM contract_versions WHERE contract_id = '{}'", second.id)).await;
        run(&opened.db, format!("DELETE FROM contracts WHERE id = '{}'", second.id)).await;
        let mut tx = opened.db.begin().await.unwrap();
        assert_eq!(usage(&mut tx, &ours.organization).await, (BYTES, 1, 1));
        assert_eq!(usage(&mut tx, &other.organization).await, (BYTES, 1, 1));
        let versions = version(&contract(&ours.organization, None), 1);
        drop(tx);
        assert!(versions::insert(&mut opened.db.begin().await.unwrap(), &versions).await.is_err());
        assert_eq!(usage(&mut opened.db.read().await.unwrap(), &ours.organization).await, (BYTES, 1, 1), "nor what failed");
    })
    .await;
}

#[tokio::test]
async fn only_uploads_of_the_organization_within_the_time_are_counted_and_no_further_than_asked() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, other) = (Place::insert(&mut tx, "ours").await, Place::insert(&mut tx, "other").await);
        for number in 2..6 {
            let mut row = version(&ours.contract, number);
            (row.source, row.created_at) = (VersionSource::Upload, after(number.unsigned_abs()));
            versions::insert(&mut tx, &row).await.unwrap();
        }
        let (ours, other) = (&ours.organization, &other.organization);
        assert_eq!(organization_usage::uploads_since(&mut tx, ours, NOW, 10).await.unwrap(), 4);
        assert_eq!(organization_usage::uploads_since(&mut tx, ours, after(3), 10).await.unwrap(), 2);
        assert_eq!(organization_usage::uploads_since(&mut tx, ours, NOW, 3).await.unwrap(), 3);
        assert_eq!(organization_usage::uploads_since(&mut tx, other, NOW, 10).await.unwrap(), 0);
        assert_eq!(organization_usage::waiting_deliveries(&mut tx, ours, 10).await.unwrap(), 1);
        assert_eq!(organization_usage::waiting_deliveries(&mut tx, ours, 0).await.unwrap(), 0);
        let nobody: OrganizationId = new_id();
        organizations::insert(&mut tx, &nobody, "nobody", NOW).await.unwrap();
        assert_eq!(organization_usage::waiting_deliveries(&mut tx, &nobody, 10).await.unwrap(), 0);
        assert_eq!(usage(&mut tx, &nobody).await, (0, 0, 0));
    })
    .await;
}

/// An empty database with the migrations before the one that counts.
async fn before_counting(opened: &Opened) -> Db {
    let folder = tempfile::tempdir().unwrap();
    let (db, engine) = match &opened.db {
        Db::Sqlite { .. } => {
            let url = format!("sqlite://{}/older.db", opened.folder.display());
            (Db::connect(&Secret::new(url)).await.unwrap(), "sqlite")
        }
        Db::Postgres { .. } => {
            run(&opened.db, "DROP SCHEMA public CASCADE".to_owned()).await;
            run(&opened.db, "CREATE SCHEMA public".to_owned()).await;
            (Db::connect(&opened.url).await.unwrap(), "postgres")
        }
    };
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    for file in fs::read_dir(all).unwrap().map(|file| file.unwrap()) {
        let name = file.file_name().into_string().unwrap();
        // Later columns that the functions of `rows.rs` write.
        if name.as_str() < "0019" || ["0024_version_scan.sql", "0028_search_keys.sql"].contains(&name.as_str()) {
            fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
    }
    let older = Migrator::new(folder.path()).await.unwrap();
    match &db {
        Db::Sqlite { writer, .. } => older.run(writer).await.unwrap(),
        Db::Postgres { pool, .. } => older.run(pool).await.unwrap(),
    }
    db
}

#[tokio::test]
async fn the_migration_counts_what_is_there_already() {
    on_every_database(async |opened| {
        let db = before_counting(&opened).await;
        let mut tx = db.begin().await.unwrap();
        let empty: OrganizationId = new_id();
        organizations::insert(&mut tx, &empty, "empty", NOW).await.unwrap();
        let ours = Place::insert(&mut tx, "ours").await;
        let second = contract(&ours.organization, None);
        contracts::insert(&mut tx, &second).await.unwrap();
        versions::insert(&mut tx, &version(&second, 1)).await.unwrap();
        versions::insert(&mut tx, &version(&second, 2)).await.unwrap();
        tx.commit().await.unwrap();
        db.migrate().await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(usage(&mut tx, &ours.organization).await, (3 * BYTES, 2, 1));
        assert_eq!(usage(&mut tx, &empty).await, (0, 0, 0));
        drop(tx);
        db.close().await;
    })
    .await;
}
