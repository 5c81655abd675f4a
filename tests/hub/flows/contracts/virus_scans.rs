//! Virus scans of uploaded and delivered files, with a simulated scanner.

use lexicontract::domain::contract::analysis::AnalysisStatus;
use lexicontract::domain::contract::{Contract, Scan, ScanStatus};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Result};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use test_support::clamd::{EICAR, Scanner};
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, Fixture, file, open_hub};
use test_support::users::upload;
use tokio::net::TcpListener;

async fn start(opened: Opened, address: SocketAddr) -> Connected {
    Fixture::with(opened, &[("CLAMD_ADDR", &address.to_string())]).await.connect().await
}

fn is_withheld<T>(outcome: Result<T>, by: ScanStatus) {
    match outcome.map(drop) {
        Err(Error::Problem(Problem::FileWithheld(status))) => assert_eq!(status, by),
        other => panic!("{other:?}"),
    }
}

/// Checks that neither the file nor its text is available.
async fn check_withheld(fixture: &Connected, contract: &Contract, by: ScanStatus) {
    let (hub, admin, id) = (&fixture.hub, &fixture.admin, &contract.id);
    is_withheld(hub.version_file(admin, id, 1).await, by);
    is_withheld(hub.version_text(admin, id, 1).await, by);
    is_withheld(hub.compare_versions(admin, id, 1, 1).await, by);
}

#[tokio::test]
async fn without_a_scanner_files_are_available() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = upload(&fixture.hub, &fixture.admin, "eicar.txt", EICAR).await.unwrap();
        assert_eq!(contract.versions[0].scan, Scan { status: ScanStatus::NotScanned, name: None });
        assert!(fixture.hub.version_file(&fixture.admin, &contract.id, 1).await.is_ok());
        assert_eq!(fixture.run_jobs().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_clean_file_is_withheld_and_not_analysed_until_its_scan() {
    on_every_database(async |opened| {
        let scanner = Scanner::start().await;
        let fixture = start(opened, scanner.address).await;
        let uploaded = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        assert_eq!(uploaded.versions[0].scan.status, ScanStatus::Pending);
        check_withheld(&fixture, &uploaded, ScanStatus::Pending).await;
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs WHERE kind = 'analyse'").await, 0);
        fixture.run_jobs().await;
        let delivered = fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 two")))).await;
        for contract in [&uploaded, &delivered] {
            let version = fixture.contract(&contract.id).await.versions.remove(0);
            assert_eq!(version.scan, Scan { status: ScanStatus::Clean, name: None });
            assert_eq!(version.analysis.status, AnalysisStatus::Queued);
            assert!(fixture.hub.version_file(&fixture.admin, &contract.id, 1).await.is_ok());
            assert!(fixture.timeline(&contract.id).await.iter().any(|line| line.0 == "file_scanned"));
        }
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs WHERE kind = 'analyse' AND status = 'queued'").await, 2);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs WHERE kind = 'scan'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_infected_file_is_never_available_or_analysed() {
    on_every_database(async |opened| {
        let scanner = Scanner::start().await;
        let fixture = start(opened, scanner.address).await;
        let contract = upload(&fixture.hub, &fixture.admin, "eicar.txt", EICAR).await.unwrap();
        fixture.run_jobs().await;
        check_withheld(&fixture, &contract, ScanStatus::Infected).await;
        let again = fixture.hub.retry_analysis(&fixture.admin, &contract.id, 1).await.unwrap();
        let version = &again.versions[0];
        assert_eq!(version.scan, Scan { status: ScanStatus::Infected, name: Some("Eicar-Test-Signature".to_owned()) });
        assert_eq!(version.analysis.status, AnalysisStatus::Failed);
        assert_eq!(version.analysis.error_code.as_deref(), Some("infected"));
        assert_eq!(fixture.opened.number("SELECT count(*) FROM jobs").await, 0, "{version:?}");
        let timeline = fixture.timeline(&contract.id).await;
        assert!(timeline.iter().any(|(kind, line)| kind == "file_scanned" && line.contains("malware")), "{timeline:?}");
    })
    .await;
}

#[tokio::test]
async fn an_unreachable_scanner_is_retried_for_days_and_recorded_once() {
    on_every_database(async |opened| {
        let address = Scanner::start().await.address;
        let fixture = start(opened, address).await;
        let contract = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        for _ in 0..12 {
            assert_eq!(fixture.run_jobs().await, 1);
            fixture.advance(8 * 60 * 60);
        }
        fixture.stay_signed_in().await;
        check_withheld(&fixture, &contract, ScanStatus::Pending).await;
        let analysis = fixture.contract(&contract.id).await.versions[0].analysis.clone();
        assert!(analysis.error.is_some_and(|error| error.contains("can't be reached")));
        let timeline = fixture.timeline(&contract.id).await;
        assert_eq!(timeline.iter().filter(|line| line.1.contains("waits for its virus scan")).count(), 1, "{timeline:?}");
        let pause = fixture.opened.number("SELECT count(*) FROM jobs WHERE kind = 'scan' AND status = 'queued'").await;
        assert_eq!(pause, 1);
        let _scanner = Scanner::start_at(address).await;
        fixture.run_jobs().await;
        let version = fixture.contract(&contract.id).await.versions.remove(0);
        assert_eq!(version.scan.status, ScanStatus::Clean);
        assert_eq!(version.analysis.error, None);
    })
    .await;
}

#[tokio::test]
async fn a_scan_is_retried_at_least_every_ten_minutes() {
    on_every_database(async |opened| {
        let address = Scanner::start().await.address;
        let fixture = start(opened, address).await;
        upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        for _ in 0..20 {
            assert_eq!(fixture.run_jobs().await, 1);
            fixture.advance(10 * 60);
        }
    })
    .await;
}

#[tokio::test]
async fn removing_the_scanner_releases_pending_files_as_not_scanned() {
    on_every_database(async |opened| {
        let fixture = start(opened.clone(), Scanner::start().await.address).await;
        let contract = upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        let hub = open_hub(&opened, None, &[]).await.unwrap();
        assert!(hub.run_one_job(false).await.unwrap());
        let version = hub.contract(&fixture.admin, &contract.id).await.unwrap().versions.remove(0);
        assert_eq!(version.scan.status, ScanStatus::NotScanned);
        assert!(hub.version_file(&fixture.admin, &contract.id, 1).await.is_ok());
        assert_eq!(opened.number("SELECT count(*) FROM jobs WHERE kind = 'analyse'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn at_most_four_scans_run_concurrently() {
    on_every_database(async |opened| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fixture = Arc::new(start(opened, listener.local_addr().unwrap()).await);
        for _ in 0..5 {
            upload(&fixture.hub, &fixture.admin, "a.pdf", "%PDF-1.7 one").await.unwrap();
        }
        let mut running = Vec::new();
        let mut sockets = Vec::new();
        for _ in 0..4 {
            let fixture = fixture.clone();
            running.push(tokio::spawn(async move { fixture.hub.run_one_job(false).await }));
            sockets.push(tokio::time::timeout(Duration::from_secs(10), listener.accept()).await.unwrap().unwrap());
        }
        assert!(!fixture.hub.run_one_job(false).await.unwrap(), "the fifth waits");
        for task in running {
            task.abort();
        }
    })
    .await;
}
