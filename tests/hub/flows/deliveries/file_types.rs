//! Accepted types of uploaded files and of files in deals.

use lexicontract::domain::file::file_type::{ACCEPTED_TYPES, FileRejection};
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::Error;
use salesforce_simulator::state::files::{self, NewFile};
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};
use test_support::users::upload;

/// A file with this name that was modified on this day in November.
fn named(name: &str, day: u8, bytes: &'static [u8]) -> NewFile {
    NewFile { file_name: name.to_owned(), ..file(day, bytes) }
}

#[tokio::test]
async fn unsupported_upload_is_rejected_and_stores_nothing() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        for (name, bytes, reason) in [
            ("invoice.pdf.exe", &b"MZ"[..], FileRejection::OtherExtension),
            ("x.html", b"<html>", FileRejection::OtherExtension),
            ("agreement", b"%PDF-1.7", FileRejection::NoExtension),
            ("agreement.docx", b"%PDF-1.7", FileRejection::OtherContent),
            ("agreement.pdf", b"MZ", FileRejection::OtherContent),
            ("agreement.txt", b"<script>alert(1)</script>", FileRejection::Markup),
        ] {
            match upload(&fixture.hub, &fixture.admin, name, bytes).await {
                Err(Error::Problem(Problem::UnsupportedFile(rejection))) => assert_eq!(rejection, reason, "{name}"),
                other => panic!("{name}: {other:?}"),
            }
        }
        assert!(matches!(
            upload(&fixture.hub, &fixture.admin, "a.pdf", "").await,
            Err(Error::Problem(Problem::Invalid(Invalid::FileEmpty)))
        ));
        assert_eq!(fixture.opened.stored_files(), 0);
        assert_eq!(fixture.opened.number("SELECT count(*) FROM contracts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn media_type_of_a_version_is_that_of_its_content() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        for (name, bytes, expected) in [
            ("A.PDF", &b"%PDF-1.7"[..], "application/pdf"),
            ("a.rtf", b"{\\rtf1 An agreement}", "application/rtf"),
            ("a.txt", b"An agreement", "text/plain"),
        ] {
            assert_eq!(upload(&fixture.hub, &fixture.admin, name, bytes).await.unwrap().versions[0].content_type, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn newest_file_with_accepted_content_is_chosen() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 the agreement")));
        fixture.attach(&opportunity, &named("photo.png", 9, b"\x89PNG"));
        fixture.attach(&opportunity, &named("invoice.pdf", 8, b"MZ a program"));
        fixture.attach(&opportunity, &named("notes.txt", 7, b"<html><script>"));
        let plan = fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, opportunity.as_str()).await.unwrap();
        let planned = plan.file.unwrap();
        assert_eq!(
            (planned.name.as_str(), planned.reason.contains("judging by its name")),
            ("invoice.pdf", true),
            "name, the reason mentions the name"
        );
        assert!(plan.rejected.iter().any(|file| file.name == "photo.png" && file.reason.contains(ACCEPTED_TYPES)));
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(
            (contract.versions.len(), contract.versions[0].file_name.as_str()),
            (1, "Agreement 1.pdf"),
            "versions, file name"
        );
        let timeline = fixture.timeline(&contract.id).await;
        for (name, reason) in [("photo.png", "It is a picture."), ("invoice.pdf", "content"), ("notes.txt", "plain text")] {
            let is_listed =
                timeline.iter().any(|(kind, line)| kind == "file_passed_over" && line.contains(name) && line.contains(reason));
            assert!(is_listed, "{name}: {timeline:?}");
        }
        assert!(timeline.iter().any(|(kind, line)| kind == "file_chosen" && line.contains("Agreement 1.pdf")), "{timeline:?}");
        assert_eq!((fixture.opened.stored_files(), fixture.requests("VersionData")), (1, 3), "stored files, downloads");
    })
    .await;
}

#[tokio::test]
async fn attachment_is_chosen_without_accepted_files_and_gets_the_extension_of_its_content() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(named("signed.pdf", 9, b"not a PDF")));
        let scan = named("Signed agreement", 2, b"%PDF-1.7 attached");
        files::attach_legacy(&mut fixture.salesforce(), opportunity.as_str(), &scan);
        let contract = fixture.deliver_contract(&opportunity).await;
        let version = &contract.versions[0];
        assert_eq!(
            (version.file_name.as_str(), version.content_type.as_str()),
            ("Signed agreement.pdf", "application/pdf"),
            "file name, content type"
        );
    })
    .await;
}

#[tokio::test]
async fn at_most_five_files_of_a_deal_are_downloaded() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(named("1.pdf", 1, b"%PDF-1.7 too far down")));
        for day in 2..8 {
            fixture.attach(&opportunity, &named("spam.pdf", day, b"spam"));
        }
        let contract = fixture.deliver_contract(&opportunity).await;
        assert!(contract.versions.is_empty());
        assert_eq!((fixture.opened.stored_files(), fixture.requests("VersionData")), (0, 5), "stored files, downloads");
        let timeline = fixture.timeline(&contract.id).await;
        assert_eq!(timeline.iter().filter(|line| line.1.contains("was not downloaded")).count(), 2, "{timeline:?}");
        assert!(timeline.iter().any(|line| line.0 == "no_file"));
    })
    .await;
}
