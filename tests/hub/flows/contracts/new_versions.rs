//! Versions that users upload to existing contracts.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::contract::analysis::AnalysisStatus;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use lexicontract::services::{Actor, IdempotencyKey};
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, file};
use test_support::users::{join, register, upload, upload_version};

#[tokio::test]
async fn upload_becomes_the_next_version_and_keeps_the_status() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let contract = fixture.deliver_contract(&opportunity).await;
        let (hub, ada, id) = (&fixture.hub, &fixture.admin, &contract.id);
        hub.change_status(ada, id, NegotiationStatus::Approved).await.unwrap();
        let uploaded = upload_version(hub, ada, id, "Signed copy.pdf", "%PDF-1.7 two").await.unwrap();
        assert!(uploaded.is_new);
        let version = uploaded.contract.versions.last().unwrap();
        assert_eq!(
            (version.number, version.file_name.as_str(), version.source.as_str(), version.analysis.status),
            (2, "Signed copy.pdf", "upload", AnalysisStatus::Queued),
            "number, name, source, analysis"
        );
        assert_eq!(uploaded.contract.negotiation_status, NegotiationStatus::Approved, "only a provider's version reopens it");
        let lines = fixture.timeline(id).await;
        assert!(lines.contains(&("version_stored".to_owned(), "ada uploaded “Signed copy.pdf” as version 2".to_owned())));
        // The deal still has the first file, which is not imported again.
        assert_eq!(fixture.deliver_contract(&opportunity).await.versions.len(), 2);
        assert_eq!(opened.number("SELECT storage_bytes FROM organization_usage").await, 24);
        assert_eq!(opened.stored_files(), 2);
    })
    .await;
}

#[tokio::test]
async fn same_content_and_repeated_forms_add_no_version_and_no_file() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let contract = upload(hub, ada, "a.pdf", "%PDF-1.7 one").await.unwrap();
        let same = upload_version(hub, ada, &contract.id, "renamed.pdf", "%PDF-1.7 one").await.unwrap();
        assert!(!same.is_new && same.contract.versions.len() == 1);
        let form = Actor { idempotency_key: Some(IdempotencyKey::new("1", &[b"upload_version"])), ..ada.clone() };
        let first = upload_version(hub, &form, &contract.id, "b.pdf", "%PDF-1.7 two").await.unwrap();
        assert_eq!(upload_version(hub, &form, &contract.id, "b.pdf", "%PDF-1.7 two").await.unwrap(), first);
        assert_eq!(first.contract.versions.len(), 2);
        // An older version with the same content is not the latest one.
        assert!(upload_version(hub, ada, &contract.id, "a.pdf", "%PDF-1.7 one").await.unwrap().is_new);
        assert_eq!(opened.stored_files(), 3);
    })
    .await;
}

#[tokio::test]
async fn rejected_uploads_leave_no_file() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened.clone(), &[("QUOTA_STORAGE_BYTES", "30")]).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let id = upload(hub, ada, "a.pdf", "%PDF-1.7 one").await.unwrap().id;
        let rejected = |outcome: Result<_, Error>| match outcome {
            Err(Error::Problem(problem)) => problem.code(),
            other => panic!("{:?}", other.map(|_: lexicontract::services::UploadedVersion| ())),
        };
        assert_eq!(rejected(upload_version(hub, ada, &id, "a.png", "\u{89}PNG").await), "unsupported_file");
        assert_eq!(rejected(upload_version(hub, ada, &id, "a.pdf", "").await), "invalid_field");
        assert_eq!(rejected(upload_version(hub, ada, &id, "a.pdf", "%PDF-1.7 far more than is left").await), "quota_exceeded");
        let vera = join(hub, ada, "vera", Role::Viewer).await;
        assert_eq!(rejected(upload_version(hub, &vera, &id, "a.pdf", "%PDF-1.7 two").await), "forbidden");
        let eve = register(hub, "eve").await;
        assert_eq!(rejected(upload_version(hub, &eve, &id, "a.pdf", "%PDF-1.7 two").await), Problem::NotFound.code());
        assert_eq!((fixture.opened.stored_files(), hub.contract(ada, &id).await.unwrap().versions.len()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn first_version_replaces_the_label_for_a_missing_file() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.change_settings(json!({ "status_labels": { "needs_file": "Waiting" } })).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.last_synced_value.as_deref(), Some("Waiting"));
        upload_version(&fixture.hub, &fixture.admin, &contract.id, "a.pdf", "%PDF-1.7 one").await.unwrap();
        assert_eq!(fixture.sync(&contract.id).await.status, SyncStatus::Pending);
        fixture.run_jobs().await;
        assert_eq!(fixture.sync(&contract.id).await.last_synced_value.as_deref(), Some("Draft"));
    })
    .await;
}
