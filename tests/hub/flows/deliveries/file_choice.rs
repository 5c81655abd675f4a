//! Choice of the deal's file that becomes a contract version.

use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::file::file_type::ACCEPTED_TYPES;
use lexicontract::services::ConnectionChange;
use salesforce_simulator::state::files::{self, NewFile};
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

#[tokio::test]
async fn deal_without_files_becomes_a_contract_without_versions() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        assert!(contract.versions.is_empty());
        let timeline = fixture.timeline(&contract.id).await;
        let line = timeline.iter().find(|line| line.0 == "no_file").unwrap();
        assert!(line.1.contains("No usable file") && line.1.contains("Query All Files"), "{}", line.1);
    })
    .await;
}

#[tokio::test]
async fn attachment_is_chosen_without_files() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", None);
        let id = files::attach_legacy(&mut fixture.salesforce(), opportunity.as_str(), &file(3, b"%PDF-1.7 attached"));
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(contract.versions[0].compatibility.salesforce_content_version_id, Some(id));
        assert_eq!(
            (contract.versions[0].file_name.as_str(), contract.versions[0].size_bytes),
            ("Agreement 3.pdf", 17),
            "file name, size"
        );
    })
    .await;
}

#[tokio::test]
async fn unusable_files_are_passed_over_with_a_reason_in_the_timeline() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 usable")));
        fixture.attach(&opportunity, &file(2, b""));
        fixture.attach(&opportunity, &NewFile { link_only: true, ..file(3, b"") });
        fixture.attach(&opportunity, &NewFile { claimed_size: Some(100_001), ..file(4, b"%PDF-1.7") });
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(contract.versions[0].file_name, "Agreement 1.pdf");
        let timeline = fixture.timeline(&contract.id).await;
        let passed: Vec<&str> = timeline.iter().filter(|line| line.0 == "file_passed_over").map(|line| line.1.as_str()).collect();
        assert_eq!(passed.len(), 3, "{passed:?}");
        for (line, reason) in passed.iter().zip(["100001 bytes", "link", "empty"]) {
            assert!(line.contains(reason), "{line}");
        }
    })
    .await;
}

#[tokio::test]
async fn file_that_differs_from_its_announcement_is_retried_and_not_stored() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let files = [
            NewFile { claimed_size: Some(13), ..file(1, b"%PDF-1.7 one") },
            NewFile { claimed_size: Some(11), ..file(1, b"%PDF-1.7 one") },
            NewFile { claimed_checksum: Some(files::checksum(b"other")), ..file(1, b"%PDF-1.7 one") },
        ];
        for announced in files {
            let delivery = fixture.deliver(&fixture.opportunity("Rollout", Some(announced))).await;
            assert_eq!((delivery.status, delivery.contract_id), (DeliveryStatus::Accepted, None), "status, contract");
            assert!(delivery.error.is_some_and(|error| error.contains("retry automatically")));
        }
        assert_eq!(fixture.opened.number("SELECT count(*) FROM contract_versions").await, 0);
        assert_eq!(fixture.opened.stored_files(), 0);
    })
    .await;
}

#[tokio::test]
async fn file_rule_applies_to_deliveries_and_dry_runs() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let metadata = json!({ "file_rule": { "kind": "name", "pattern": "agreement 1*" } }).as_object().cloned();
        let change = ConnectionChange { metadata, ..ConnectionChange::default() };
        fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let plan = fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, opportunity.as_str()).await.unwrap();
        let planned = plan.file.unwrap();
        assert!(planned.reason.contains("agreement 1*"), "{}", planned.reason);
        assert!(plan.rejected[0].reason.contains("with a name like"), "{:?}", plan.rejected);
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(
            (contract.versions[0].file_name.as_str(), planned.name.as_str()),
            ("Agreement 1.pdf", "Agreement 1.pdf"),
            "stored name, planned name"
        );
        let timeline = fixture.timeline(&contract.id).await;
        assert!(timeline.iter().any(|line| line.0 == "file_chosen" && line.1.contains("agreement 1*")), "{timeline:?}");
    })
    .await;
}

#[tokio::test]
async fn files_that_are_not_documents_are_passed_over_with_their_kind_under_every_rule() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let named = |name: &str, day| NewFile { file_name: name.to_owned(), ..file(day, b"any bytes") };
        for rule in [json!({ "kind": "documents" }), json!({ "kind": "newest" }), json!({ "kind": "name", "pattern": "*" })] {
            let metadata = json!({ "file_rule": rule }).as_object().cloned();
            let change = ConnectionChange { metadata, ..ConnectionChange::default() };
            fixture.hub.update_connection(&fixture.admin, &fixture.connection.id, change).await.unwrap();
            let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 the agreement")));
            let others =
                [("logo.png", "It is a picture."), ("prices.xlsx", "It is a spreadsheet."), ("Re: NDA.msg", "It is an e-mail.")];
            for ((name, _), day) in others.iter().zip(2..) {
                fixture.attach(&opportunity, &named(name, day));
            }
            let downloads = fixture.requests("VersionData");
            let contract = fixture.deliver_contract(&opportunity).await;
            assert_eq!(contract.versions[0].file_name, "Agreement 1.pdf", "{rule}");
            assert_eq!(fixture.requests("VersionData"), downloads + 1, "only the agreement is downloaded");
            let timeline = fixture.timeline(&contract.id).await;
            for (name, kind) in others {
                let line = format!("Skipped “{name}”. {kind} This connection imports documents: {ACCEPTED_TYPES}.");
                assert!(timeline.iter().any(|(_, summary)| *summary == line), "{line} {timeline:?}");
            }
        }
    })
    .await;
}
