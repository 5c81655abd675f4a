//! Files of a deal that a user chooses for the contract.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::contract::Contract;
use lexicontract::domain::delivery::{Delivery, DeliveryStatus, Origin};
use lexicontract::domain::ids::ContractId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::domain::record::RecordId;
use lexicontract::hub::{Error, Result};
use lexicontract::services::{Actor, ConnectionChange};
use salesforce_simulator::state::faults::Fault;
use salesforce_simulator::state::files::{self, NewFile};
use std::collections::VecDeque;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};
use test_support::users::{join, register, upload};

/// A file with this name that was modified on this day in November.
fn named(name: &str, day: u8, bytes: &'static [u8]) -> NewFile {
    NewFile { file_name: name.to_owned(), ..file(day, bytes) }
}

/// Delivers an Opportunity with the files of 1 and 2 November. Returns the Opportunity, its contract, and the ids of the files.
async fn delivered(fixture: &Connected) -> (RecordId, Contract, [String; 2]) {
    let opportunity = fixture.opportunity("Rollout", None);
    let older = fixture.attach(&opportunity, &file(1, b"%PDF-1.7 one"));
    let newer = fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
    let contract = fixture.deliver_contract(&opportunity).await;
    (opportunity, contract, [older, newer])
}

/// Chooses a file as the admin, and runs due jobs. Returns the delivery.
async fn choose(fixture: &Connected, contract: &ContractId, file: &str) -> Delivery {
    let chosen = fixture.hub.choose_file(&fixture.admin, contract, file).await.unwrap();
    assert_eq!((chosen.status, chosen.origin), (DeliveryStatus::Accepted, Origin::User), "status, origin");
    fixture.run_jobs().await;
    find(fixture, &chosen).await
}

async fn find(fixture: &Connected, delivery: &Delivery) -> Delivery {
    let all = fixture.hub.deliveries(&fixture.admin, &fixture.connection.id, &Default::default()).await.unwrap().items;
    all.into_iter().find(|other| other.id == delivery.id).expect("it is listed")
}

async fn file_names(fixture: &Connected, contract: &ContractId) -> Vec<String> {
    fixture.contract(contract).await.versions.into_iter().map(|version| version.file_name).collect()
}

#[tokio::test]
async fn chosen_file_becomes_the_next_version_and_stays_until_a_new_revision() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (opportunity, contract, [older, _]) = delivered(&fixture).await;
        let delivery = choose(&fixture, &contract.id, &older).await;
        assert_eq!((delivery.status, delivery.contract_id.as_ref()), (DeliveryStatus::Done, Some(&contract.id)));
        assert_eq!(file_names(&fixture, &contract.id).await, ["Agreement 2.pdf", "Agreement 1.pdf"]);
        let timeline = fixture.timeline(&contract.id).await;
        for (kind, text) in [
            ("file_selected", "ada chose another file of the deal"),
            ("file_chosen", "Chose the file “Agreement 1.pdf”, as requested by a user"),
            ("version_stored", "Stored “Agreement 1.pdf” as version 2"),
        ] {
            assert!(timeline.iter().any(|line| *line == (kind.to_owned(), text.to_owned())), "{text}: {timeline:?}");
        }
        let plan = fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, opportunity.as_str()).await.unwrap();
        assert_eq!(serde_json::to_value(plan.contract.action).unwrap(), "unchanged");
        let downloads = fixture.requests("VersionData");
        assert_eq!(fixture.deliver(&opportunity).await.status, DeliveryStatus::Done);
        assert_eq!(file_names(&fixture, &contract.id).await.len(), 2, "the replaced file does not come back");
        assert_eq!(fixture.requests("VersionData"), downloads);
        fixture.attach(&opportunity, &file(3, b"%PDF-1.7 three"));
        fixture.deliver(&opportunity).await;
        assert_eq!(file_names(&fixture, &contract.id).await, ["Agreement 2.pdf", "Agreement 1.pdf", "Agreement 3.pdf"]);
    })
    .await;
}

#[tokio::test]
async fn choosing_the_current_file_changes_nothing_and_an_earlier_file_can_be_chosen_again() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (_, contract, [older, newer]) = delivered(&fixture).await;
        assert_eq!(choose(&fixture, &contract.id, &newer).await.status, DeliveryStatus::Done);
        assert_eq!(fixture.contract(&contract.id).await.versions.len(), 1);
        let timeline = fixture.timeline(&contract.id).await;
        assert!(timeline.iter().any(|line| line.0 == "file_unchanged"), "{timeline:?}");
        for file in [&older, &newer] {
            assert_eq!(choose(&fixture, &contract.id, file).await.status, DeliveryStatus::Done);
        }
        assert_eq!(file_names(&fixture, &contract.id).await, ["Agreement 2.pdf", "Agreement 1.pdf", "Agreement 2.pdf"]);
    })
    .await;
}

#[tokio::test]
async fn missing_or_unusable_file_fails_with_a_reason_and_changes_nothing() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (opportunity, contract, [older, _]) = delivered(&fixture).await;
        let document = fixture.salesforce().records.live("ContentVersion", &older).unwrap()["ContentDocumentId"].clone();
        let revised = file(1, b"%PDF-1.7 one, revised");
        files::add_version(&mut fixture.salesforce(), document.as_str().unwrap(), &revised).unwrap();
        for (id, reason) in [
            (older, "The chosen file is no longer attached to the deal, has a newer version, or"),
            ("068000000000009AAA".to_owned(), "The chosen file is no longer attached to the deal"),
            (fixture.attach(&opportunity, &file(3, b"")), "“Agreement 3.pdf” cannot be imported. It is empty."),
            (fixture.attach(&opportunity, &named("logo.png", 4, b"\x89PNG")), "“logo.png” cannot be imported. It is a picture."),
            (fixture.attach(&opportunity, &named("scan.pdf", 5, b"\x89PNG")), "“scan.pdf” cannot be imported. It is a picture."),
            (fixture.attach(&opportunity, &named("tool.pdf", 6, b"MZ")), "Its content does not match the type in its name."),
        ] {
            let delivery = choose(&fixture, &contract.id, &id).await;
            assert_eq!(delivery.status, DeliveryStatus::Failed, "{id}");
            assert!(delivery.error.as_ref().is_some_and(|error| error.contains(reason)), "{reason}: {:?}", delivery.error);
        }
        assert_eq!(file_names(&fixture, &contract.id).await, ["Agreement 2.pdf"]);
        assert_eq!(fixture.opened.stored_files(), 1);
        let timeline = fixture.timeline(&contract.id).await;
        assert_eq!(timeline.iter().filter(|line| line.0 == "given_up").count(), 6, "{timeline:?}");
    })
    .await;
}

#[tokio::test]
async fn attachment_can_be_chosen_although_there_are_files() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (opportunity, contract, _) = delivered(&fixture).await;
        let scan = named("Signed agreement", 1, b"%PDF-1.7 attached");
        let attachment = files::attach_legacy(&mut fixture.salesforce(), opportunity.as_str(), &scan);
        assert_eq!(choose(&fixture, &contract.id, &attachment).await.status, DeliveryStatus::Done);
        assert_eq!(file_names(&fixture, &contract.id).await, ["Agreement 2.pdf", "Signed agreement.pdf"]);
    })
    .await;
}

#[tokio::test]
async fn last_choice_wins() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (opportunity, contract, [older, newer]) = delivered(&fixture).await;
        let third = fixture.attach(&opportunity, &file(3, b"%PDF-1.7 three"));
        fixture.fault(Fault { path_contains: "/query".to_owned(), status: Some(503), ..Fault::default() });
        let first = choose(&fixture, &contract.id, &third).await;
        assert_eq!((first.status, first.attempts), (DeliveryStatus::Accepted, 1), "{:?}", first.error);
        let second = fixture.hub.choose_file(&fixture.admin, &contract.id, &older).await.unwrap();
        assert_eq!((&second.id, second.attempts), (&first.id, 0), "the waiting delivery gets the later choice");
        fixture.run_jobs().await;
        assert_eq!(file_names(&fixture, &contract.id).await, ["Agreement 2.pdf", "Agreement 1.pdf"]);
        assert_eq!(choose(&fixture, &contract.id, &newer).await.status, DeliveryStatus::Done);
        fixture.hub.redeliver(&fixture.admin, &first.id).await.unwrap();
        fixture.run_jobs().await;
        let again = find(&fixture, &first).await;
        assert_eq!(again.error.as_deref(), Some("Another file was chosen after this one, so this file was not imported."));
        assert_eq!(again.status, DeliveryStatus::Failed);
        assert_eq!(file_names(&fixture, &contract.id).await.len(), 3);
        assert_eq!(fixture.opened.stored_files(), 3);
    })
    .await;
}

#[tokio::test]
async fn choice_and_webhook_call_are_separate_deliveries() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (opportunity, contract, [older, _]) = delivered(&fixture).await;
        fixture.attach(&opportunity, &file(3, b"%PDF-1.7 three"));
        let call = fixture.call(&opportunity).await;
        let chosen = fixture.hub.choose_file(&fixture.admin, &contract.id, &older).await.unwrap();
        assert_ne!(call.delivery_id, chosen.id);
        assert_eq!(fixture.call(&opportunity).await.delivery_id, call.delivery_id, "a second call is a duplicate of the first");
        fixture.run_jobs().await;
        for delivery in [fixture.delivery(&call).await, find(&fixture, &chosen).await] {
            assert_eq!(delivery.status, DeliveryStatus::Done, "{:?}", delivery.error);
        }
        let mut names: VecDeque<String> = file_names(&fixture, &contract.id).await.into();
        assert_eq!(names.pop_front().as_deref(), Some("Agreement 2.pdf"));
        names.make_contiguous().sort();
        assert_eq!(names, ["Agreement 1.pdf", "Agreement 3.pdf"]);
    })
    .await;
}

#[tokio::test]
async fn deal_files_are_listed_newest_first_with_reasons() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (opportunity, contract, [older, newer]) = delivered(&fixture).await;
        let picture = fixture.attach(&opportunity, &named("logo.png", 4, b"\x89PNG"));
        let scan = named("Signed agreement", 3, b"%PDF-1.7 attached");
        let attachment = files::attach_legacy(&mut fixture.salesforce(), opportunity.as_str(), &scan);
        let viewer = join(&fixture.hub, &fixture.admin, "vi", Role::Viewer).await;
        let listed = fixture.hub.deal_files(&viewer, &contract.id).await.unwrap().items;
        let ids: Vec<&str> = listed.iter().map(|file| file.id.as_str()).collect();
        assert_eq!(ids, [&picture, &attachment, &newer, &older]);
        let states: Vec<_> = listed.iter().map(|file| (file.name.as_str(), file.is_current, file.is_usable)).collect();
        assert_eq!(
            states,
            [
                ("logo.png", false, false),
                ("Signed agreement", false, true),
                ("Agreement 2.pdf", true, true),
                ("Agreement 1.pdf", false, true)
            ]
        );
        let reasons: Vec<Option<&str>> = listed.iter().map(|file| file.reason.as_deref()).collect();
        let reason = "It is a picture. This connection imports documents: PDF, DOCX, DOC, ODT, RTF and TXT.";
        assert_eq!(reasons, [Some(reason), None, None, None]);
        assert_eq!(
            (listed[2].size_bytes, listed[2].modified_at.map(|at| at.to_string())),
            (12, Some("2026-11-02T10:00:00.000Z".into()))
        );
        assert_eq!(fixture.requests("VersionData"), 1, "listing downloads nothing");
        fixture.salesforce().grants.revoke_all();
        let failed = fixture.hub.deal_files(&viewer, &contract.id).await;
        assert!(matches!(failed, Err(Error::Problem(Problem::ProviderUnavailable(..)))), "{failed:?}");
    })
    .await;
}

fn is_problem<T>(result: Result<T>, expected: &Problem) -> bool {
    matches!(result, Err(Error::Problem(problem)) if problem == *expected)
}

#[tokio::test]
async fn file_is_chosen_only_by_members_for_contracts_of_connected_accounts() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let (_, contract, [older, _]) = delivered(&fixture).await;
        let (hub, admin) = (&fixture.hub, &fixture.admin);
        let choose = async |actor: &Actor, file: &str| hub.choose_file(actor, &contract.id, file).await;
        let viewer = join(hub, admin, "vi", Role::Viewer).await;
        assert!(is_problem(choose(&viewer, &older).await, &Problem::Forbidden));
        let eve = register(hub, "eve").await;
        assert!(is_problem(choose(&eve, &older).await, &Problem::NotFound));
        assert!(is_problem(hub.deal_files(&eve, &contract.id).await, &Problem::NotFound));
        for invalid in ["", " ", "a\nb", &"a".repeat(256)] {
            assert!(is_problem(choose(admin, invalid).await, &Invalid::FileId.into()), "{invalid:?}");
        }
        let uploaded = upload(hub, admin, "a.txt", "An agreement").await.unwrap();
        assert!(is_problem(hub.deal_files(admin, &uploaded.id).await, &Problem::NotLinked));
        assert!(is_problem(hub.choose_file(admin, &uploaded.id, &older).await, &Problem::NotLinked));
        let pause = ConnectionChange { is_enabled: Some(false), ..ConnectionChange::default() };
        hub.update_connection(admin, &fixture.connection.id, pause).await.unwrap();
        assert!(is_problem(choose(admin, &older).await, &Problem::IntegrationDisabled));
        hub.disconnect(admin, &fixture.connection.id).await.unwrap();
        assert!(is_problem(choose(admin, &older).await, &Problem::AccountNotConnected));
        assert!(is_problem(hub.deal_files(admin, &contract.id).await, &Problem::AccountNotConnected));
        assert_eq!(fixture.contract(&contract.id).await.versions.len(), 1);
    })
    .await;
}
