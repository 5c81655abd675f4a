//! Erasures while jobs and requests work on the contract, and erasures that were interrupted.

use futures::TryStreamExt;
use lexicontract::db::Db;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use salesforce_simulator::state::faults::Fault;
use sqlx::Connection;
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Connected, Fixture, file};
use test_support::users::upload;

/// Runs one job, and erases the contract while Salesforce delays its response to a request with this path.
async fn erase_during(fixture: &Connected, path: &str, contract: &lexicontract::domain::ids::ContractId) {
    let before = fixture.requests(path);
    fixture.fault(Fault { path_contains: path.to_owned(), delay_ms: Some(500), times: 1, ..Fault::default() });
    let erase = async {
        while fixture.requests(path) == before {
            tokio::task::yield_now().await;
        }
        fixture.hub.erase_contract(&fixture.admin, contract).await.unwrap();
    };
    let (ran, ()) = tokio::join!(fixture.hub.run_one_job(false), erase);
    assert!(ran.unwrap());
}

#[tokio::test]
async fn a_running_import_does_not_create_the_contract_again() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let deal = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let contract = fixture.deliver_contract(&deal).await;
        fixture.attach(&deal, &file(2, b"%PDF-1.7 two"));
        fixture.call(&deal).await;
        erase_during(&fixture, "VersionData", &contract.id).await;
        assert_eq!(fixture.run_jobs().await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM contracts").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM deliveries").await, 0);
        assert_eq!(opened.stored_files(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_running_write_back_records_nothing() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let deal = fixture.opportunity("Rollout", None);
        let receipt = fixture.call(&deal).await;
        fixture.hub.run_one_job(false).await.unwrap();
        let contract = fixture.delivery(&receipt).await.contract_id.unwrap();
        erase_during(&fixture, "sobjects/Opportunity", &contract).await;
        assert_eq!(opened.number("SELECT count(*) FROM contract_links").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM jobs").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM activity WHERE NOT is_audit AND contract_id IS NOT NULL").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_file_that_is_gone_is_not_found() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let contract = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        let (download, erased) = tokio::join!(
            fixture.hub.version_file(&fixture.admin, &contract.id, 1),
            fixture.hub.erase_contract(&fixture.admin, &contract.id)
        );
        erased.unwrap();
        match download {
            // A stream that was opened before the file was deleted can be read to its end.
            Ok(file) => assert_eq!(file.bytes.try_collect::<Vec<_>>().await.unwrap().concat(), b"%PDF-1.7 one"),
            Err(error) => assert!(matches!(error, Error::Problem(Problem::NotFound)), "{error}"),
        }
        let gone = fixture.hub.version_file(&fixture.admin, &contract.id, 1).await;
        assert!(matches!(gone, Err(Error::Problem(Problem::NotFound))));
    })
    .await;
}

#[tokio::test]
async fn housekeeping_completes_an_interrupted_erasure() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let contract = upload(hub, ada, "a.pdf", "%PDF-1.7 one").await.unwrap();
        // The folder of the organization is a file, so that the storage fails.
        let (folder, aside) = (opened.folder.join("files").join(ada.organization_id.as_str()), opened.folder.join("aside"));
        std::fs::rename(&folder, &aside).unwrap();
        std::fs::write(&folder, "no folder").unwrap();
        hub.erase_contract(ada, &contract.id).await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM erased_files").await, 1, "the file is to be deleted");
        std::fs::remove_file(&folder).unwrap();
        std::fs::rename(&aside, &folder).unwrap();
        hub.run_housekeeping().await.unwrap();
        assert_eq!((opened.stored_files(), opened.number("SELECT count(*) FROM erased_files").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_reader_delays_only_the_end_of_an_erasure() {
    on_every_database(async |opened| {
        if !matches!(opened.db, Db::Sqlite { .. }) {
            return;
        }
        let fixture = Fixture::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let contract = upload(hub, ada, "zqfile.pdf", "%PDF-1.7 one").await.unwrap();
        let mut reader = sqlx::SqliteConnection::connect(opened.url.expose()).await.unwrap();
        let mut tx = reader.begin().await.unwrap();
        sqlx::query("SELECT count(*) FROM contracts").execute(&mut *tx).await.unwrap();
        hub.erase_contract(ada, &contract.id).await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM erasures").await, 1, "the write-ahead log is still needed");
        tx.rollback().await.unwrap();
        reader.close().await.unwrap();
        hub.run_housekeeping().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM erasures").await, 0);
        assert_eq!(opened.places_of("zqfile").await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn concurrent_erasures_and_changes_end_in_a_known_state() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        for number in 0..5 {
            let deal = fixture.opportunity(&format!("Deal {number}"), Some(file(1, b"%PDF-1.7 one")));
            let id = fixture.deliver_contract(&deal).await.id;
            fixture.call(&deal).await;
            let (erased, title, status, retried, link, _, _) = tokio::join!(
                hub.erase_contract(ada, &id),
                hub.change_title(ada, &id, None, "New"),
                hub.change_status(ada, &id, lexicontract::domain::contract::NegotiationStatus::Signed),
                hub.retry_sync(ada, &id),
                hub.unlink_contract(ada, &id),
                hub.run_one_job(false),
                hub.run_one_job(false),
            );
            erased.unwrap();
            for outcome in [title.err(), status.err(), retried.err(), link.err()].into_iter().flatten() {
                let expected = matches!(outcome, Error::Problem(Problem::NotFound | Problem::NotLinked));
                assert!(expected, "{outcome:?}");
            }
        }
        // A deal that was unlinked before the erasure is not part of it, so its waiting delivery can create a contract.
        fixture.run_jobs().await;
        execute(&opened.db, "DELETE FROM jobs").await;
        fixture.advance(60);
        hub.run_housekeeping().await.unwrap();
        let versions = opened.number("SELECT count(*) FROM contract_versions").await;
        assert_eq!(i64::try_from(opened.stored_files()).unwrap(), versions);
    })
    .await;
}
