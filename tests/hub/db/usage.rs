//! Counts for quotas, per organization.

use super::rows::{NOW, OPPORTUNITY, Place, after, contract, insert_contract, link, user, version};
use lexicontract::db::ReadConnection;
use lexicontract::db::account::organization_usage::{self, UsageRow};
use lexicontract::db::account::{organizations, users};
use lexicontract::db::contracts::{self, contract_links, versions};
use lexicontract::domain::account::users::Role;
use lexicontract::domain::ids::OrganizationId;
use lexicontract::random::new_id;
use test_support::databases::{execute, on_every_database};

const BYTES: i64 = 5_000_000_000;

async fn usage(tx: &mut ReadConnection, organization: &OrganizationId) -> (i64, i64, i64) {
    let UsageRow { storage_bytes, contracts, users } = organization_usage::find(tx, organization).await.unwrap();
    (storage_bytes, contracts, users)
}

#[tokio::test]
async fn usage_counts_added_and_removed_rows_per_organization() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, other) = (Place::insert(&mut tx, "ours").await, Place::insert(&mut tx, "other").await);
        assert_eq!(usage(&mut tx, &ours.organization).await, (BYTES, 1, 1), "bytes, contracts, users");
        let grace = user(&ours.organization, "grace@example.com", Role::Viewer);
        users::insert(&mut tx, &grace).await.unwrap();
        let second = contract(&ours.organization);
        insert_contract(&mut tx, &second).await;
        let again = contract(&ours.organization);
        insert_contract(&mut tx, &again).await;
        assert_eq!(usage(&mut tx, &ours.organization).await, (BYTES, 3, 2), "bytes, contracts, users");
        assert!(!contract_links::insert(&mut tx, &link(&again, OPPORTUNITY)).await.unwrap());
        contracts::delete_unused(&mut tx, &ours.organization, &again.id).await.unwrap();
        versions::insert(&mut tx, &version(&second, 1)).await.unwrap();
        assert_eq!(usage(&mut tx, &ours.organization).await, (2 * BYTES, 2, 2), "an existing contract is not counted twice");
        assert!(users::delete(&mut tx, &ours.organization, &grace.id).await.unwrap());
        tx.commit().await.unwrap();
        execute(&opened.db, &format!("DELETE FROM contract_versions WHERE contract_id = '{}'", second.id)).await;
        execute(&opened.db, &format!("DELETE FROM contracts WHERE id = '{}'", second.id)).await;
        let mut tx = opened.db.begin().await.unwrap();
        assert_eq!(usage(&mut tx, &ours.organization).await, (BYTES, 1, 1), "bytes, contracts, users");
        assert_eq!(usage(&mut tx, &other.organization).await, (BYTES, 1, 1), "bytes, contracts, users");
        let versions = version(&contract(&ours.organization), 1);
        drop(tx);
        assert!(versions::insert(&mut opened.db.begin().await.unwrap(), &versions).await.is_err());
        assert_eq!(
            usage(&mut opened.db.read().await.unwrap(), &ours.organization).await,
            (BYTES, 1, 1),
            "rolled back changes are not counted"
        );
    })
    .await;
}

#[tokio::test]
async fn uploads_are_counted_per_organization_since_a_time_up_to_a_limit() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, other) = (Place::insert(&mut tx, "ours").await, Place::insert(&mut tx, "other").await);
        for number in 2..6 {
            let mut row = version(&ours.contract, number);
            (row.source, row.created_at) = (versions::UPLOAD.to_owned(), after(number.unsigned_abs()));
            versions::insert(&mut tx, &row).await.unwrap();
        }
        let (ours, other) = (&ours.organization, &other.organization);
        assert_eq!(organization_usage::uploads_since(&mut tx, ours, NOW, 10).await.unwrap(), 4);
        assert_eq!(organization_usage::uploads_since(&mut tx, ours, after(3), 10).await.unwrap(), 2);
        assert_eq!(organization_usage::uploads_since(&mut tx, ours, NOW, 3).await.unwrap(), 3);
        assert_eq!(organization_usage::uploads_since(&mut tx, other, NOW, 10).await.unwrap(), 0);
        assert_eq!(organization_usage::waiting_deliveries(&mut tx, ours, 10).await.unwrap(), 1);
        assert_eq!(organization_usage::waiting_deliveries(&mut tx, ours, 0).await.unwrap(), 0);
        let empty: OrganizationId = new_id();
        organizations::insert(&mut tx, &empty, "unknown", NOW).await.unwrap();
        assert_eq!(organization_usage::waiting_deliveries(&mut tx, &empty, 10).await.unwrap(), 0);
        assert_eq!(usage(&mut tx, &empty).await, (0, 0, 0), "bytes, contracts, users");
    })
    .await;
}
