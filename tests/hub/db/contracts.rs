//! Contracts, versions, analyses and timelines.

use super::rows::{NOW, Place, after, contract, insert_contract, link, opportunity, page, salesforce, version};
use lexicontract::db::audit::activity::{self, NewActivity};
use lexicontract::db::contracts::contract_links::{self, LinkRow};
use lexicontract::db::contracts::search_keys::SearchKeys;
use lexicontract::db::contracts::{self, ContractRow, Filter, Order, analyses, versions};
use lexicontract::db::{Tx, is_unique_violation};
use lexicontract::domain::contract::analysis::{AnalysisStatus, Findings};
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::ids::{ContractId, OrganizationId};
use lexicontract::domain::search_key::search_key;
use serde_json::json;
use test_support::databases::on_every_database;

async fn reread(tx: &mut Tx, row: &ContractRow) -> ContractRow {
    contracts::find(tx, &row.organization_id, &row.id).await.unwrap().unwrap()
}

/// Inserts a contract whose source record has this counterparty. Returns the contract's id.
async fn insert_with_party(tx: &mut Tx, organization: &OrganizationId, title: &str, party: Option<&str>) -> ContractId {
    let row = ContractRow { title: title.to_owned(), ..contract(organization) };
    contracts::insert(tx, &row, &SearchKeys::new(title, Some("Rollout"), party)).await.unwrap();
    let source = LinkRow { party_name: party.map(str::to_owned), ..link(&row, row.id.as_str()) };
    assert!(contract_links::insert(tx, &source).await.unwrap());
    row.id
}

#[tokio::test]
async fn contract_round_trips_and_changes() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let row = Place::insert(&mut tx, "acme").await.contract;
        let (organization, id) = (&row.organization_id, &row.id);
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (&found.id, &found.title, found.negotiation_status),
            (&row.id, &row.title, NegotiationStatus::Draft),
            "id, title, negotiation status"
        );
        assert_eq!((found.created_at, found.updated_at), (NOW, NOW), "created at, updated at");
        contracts::set_negotiation_status(&mut tx, organization, id, NegotiationStatus::Approved, after(2)).await.unwrap();
        let found = reread(&mut tx, &row).await;
        assert_eq!(
            (found.title, found.negotiation_status),
            (row.title.clone(), NegotiationStatus::Approved),
            "title, negotiation status"
        );
        assert_eq!((found.created_at, found.updated_at), (NOW, after(2)), "created at, updated at");
        contracts::touch(&mut tx, organization, id, after(3)).await.unwrap();
        assert_eq!(reread(&mut tx, &row).await.updated_at, after(3));
        for _ in 0..2 {
            insert_contract(&mut tx, &contract(organization)).await;
        }
        let unused = contract(organization);
        insert_contract(&mut tx, &unused).await;
        contracts::delete_unused(&mut tx, organization, &unused.id).await.unwrap();
        assert!(contracts::find(&mut tx, organization, &unused.id).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn contracts_are_listed_newest_first_and_filtered_by_status_and_text() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: first, .. } = Place::insert(&mut tx, "acme").await;
        let mut second = contract(&organization);
        second.title = "Hundred % of ÄRZTE_Haus".to_owned();
        second.negotiation_status = NegotiationStatus::Signed;
        insert_contract(&mut tx, &second).await;
        let list = async |tx: &mut Tx, status, pattern: &str| {
            let filter = Filter { status, pattern: pattern.to_owned(), ..Filter::default() };
            let rows = contracts::list(tx, &organization, &filter, Order::Created, None, &page(10)).await.unwrap();
            rows.into_iter().map(|row| (row.contract.id, row.version_count)).collect::<Vec<_>>()
        };
        assert_eq!(list(&mut tx, None, "").await, [(second.id.clone(), 0), (first.id.clone(), 1)]);
        assert_eq!(list(&mut tx, Some(NegotiationStatus::Signed), "").await, [(second.id.clone(), 0)]);
        assert_eq!(list(&mut tx, None, r"%\%%").await, [(second.id.clone(), 0)]);
        assert_eq!(list(&mut tx, None, r"%e\_h%").await, [(second.id.clone(), 0)]);
        assert_eq!(list(&mut tx, None, "%roll%").await, [(first.id.clone(), 1)]);
        assert_eq!(list(&mut tx, None, "%nothing%").await, []);
        let all = Filter::default();
        let older = contracts::list(&mut tx, &organization, &all, Order::Created, Some(&second.id), &page(10)).await.unwrap();
        assert_eq!(older.iter().map(|row| &row.contract.id).collect::<Vec<_>>(), [&first.id]);
        let one_too_many = contracts::list(&mut tx, &organization, &all, Order::Created, None, &page(1)).await.unwrap();
        assert_eq!(one_too_many.len(), 2, "the page and one more row");
        let sources = contracts::list(&mut tx, &organization, &all, Order::Created, None, &page(10)).await.unwrap();
        let sources: Vec<_> = sources
            .into_iter()
            .map(|row| (row.integration_id, row.record_id, row.record_name, row.party_name, row.sync_status))
            .collect();
        let source = (Some(salesforce()), Some(opportunity().id), Some("Rollout".to_owned()), None, Some(SyncStatus::Idle));
        assert_eq!(sources, [(None, None, None, None, None), source], "the other was uploaded");
    })
    .await;
}

#[tokio::test]
async fn search_and_order_ignore_case_accents_and_composition() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let organization = Place::insert(&mut tx, "acme").await.organization;
        let names = ["Zebra", "\u{c4}pfel", "apfel B", "U\u{308}berlingen GmbH", "МОСКВА", "ŁÓDŹ"];
        for name in names {
            insert_with_party(&mut tx, &organization, "Title", Some(name)).await;
        }
        let filter = async |tx: &mut Tx, text: &str| {
            let filter = Filter { pattern: format!("%{}%", search_key(text)), ..Filter::default() };
            let rows = contracts::list(tx, &organization, &filter, Order::Account, None, &page(9)).await.unwrap();
            rows.into_iter().filter_map(|row| row.party_name).collect::<Vec<_>>()
        };
        assert_eq!(filter(&mut tx, "APFEL").await, ["\u{c4}pfel", "apfel B"]);
        for (text, name) in
            [("\u{dc}BER", names[3]), ("gmbh", names[3]), ("москва", names[4]), ("łódź", names[5]), ("lodz", names[5])]
        {
            assert_eq!(filter(&mut tx, text).await, [name], "{text}");
        }
        let order = ["\u{c4}pfel", "apfel B", "ŁÓDŹ", "U\u{308}berlingen GmbH", "Zebra", "МОСКВА"];
        assert_eq!(filter(&mut tx, "Title").await, order);
    })
    .await;
}

#[tokio::test]
async fn pages_are_contiguous_in_every_order() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: first, .. } = Place::insert(&mut tx, "acme").await;
        let mut ids = vec![first.id];
        for (title, account) in [("beta", Some("Zeta")), ("Alpha", None), ("beta", Some("acme")), ("gamma", Some("Acme"))] {
            ids.push(insert_with_party(&mut tx, &organization, title, account).await);
        }
        contracts::touch(&mut tx, &organization, &ids[1], after(5)).await.unwrap();
        for (order, expected) in
            [(Order::Created, [4, 3, 2, 1, 0]), (Order::Updated, [1, 4, 3, 2, 0]), (Order::Account, [3, 4, 1, 0, 2])]
        {
            let mut found = Vec::new();
            let mut last = None;
            for _ in 0..ids.len() {
                let rows =
                    contracts::list(&mut tx, &organization, &Filter::default(), order, last.as_ref(), &page(1)).await.unwrap();
                let row = rows.into_iter().next().expect("five pages of one");
                last = Some(row.contract.id.clone());
                found.push(ids.iter().position(|id| *id == row.contract.id).unwrap());
            }
            assert_eq!(found, expected, "{order:?}");
        }
        let titles = contracts::list(&mut tx, &organization, &Filter::default(), Order::Title, None, &page(9)).await.unwrap();
        let titles: Vec<String> = titles.into_iter().map(|row| row.contract.title.to_lowercase()).collect();
        assert!(titles.is_sorted(), "{titles:?}");
    })
    .await;
}

#[tokio::test]
async fn counts_by_status_respect_the_other_filters() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, .. } = Place::insert(&mut tx, "acme").await;
        for status in [NegotiationStatus::Signed, NegotiationStatus::Signed, NegotiationStatus::Draft] {
            let row = ContractRow { title: "Other".to_owned(), negotiation_status: status, ..contract(&organization) };
            insert_contract(&mut tx, &row).await;
            let source = LinkRow { sync_status: SyncStatus::Failed, ..link(&row, row.id.as_str()) };
            assert!(contract_links::insert(&mut tx, &source).await.unwrap());
        }
        let counts = async |tx: &mut Tx, filter: Filter| contracts::counts(tx, &organization, &filter).await.unwrap();
        let all = [(NegotiationStatus::Draft, 2), (NegotiationStatus::Signed, 2)];
        assert_eq!(counts(&mut tx, Filter::default()).await, all);
        let other = Filter { pattern: "%other%".to_owned(), ..Filter::default() };
        assert_eq!(counts(&mut tx, other).await, [(NegotiationStatus::Draft, 1), (NegotiationStatus::Signed, 2)]);
        let failed = Filter { sync: Some(SyncStatus::Failed), status: Some(NegotiationStatus::Signed), ..Filter::default() };
        assert_eq!(counts(&mut tx, failed.clone()).await, [(NegotiationStatus::Draft, 1), (NegotiationStatus::Signed, 2)]);
        let found = contracts::list(&mut tx, &organization, &failed, Order::Created, None, &page(9)).await.unwrap();
        assert_eq!(found.len(), 2);
        insert_contract(&mut tx, &contract(&organization)).await;
        let uploaded = Filter { sync: Some(SyncStatus::NotLinked), ..Filter::default() };
        assert_eq!(counts(&mut tx, uploaded.clone()).await, [(NegotiationStatus::Draft, 1)], "uploaded, without a source");
        let found = contracts::list(&mut tx, &organization, &uploaded, Order::Created, None, &page(9)).await.unwrap();
        assert_eq!(found.iter().map(|row| (row.sync_status, row.record_id.is_some())).collect::<Vec<_>>(), [(None, false)]);
    })
    .await;
}

#[tokio::test]
async fn version_numbers_are_unique_and_the_latest_is_found() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: row, version: first, .. } = Place::insert(&mut tx, "acme").await;
        let mut second = version(&row, 2);
        (second.source, second.remote_id) = (versions::UPLOAD.to_owned(), None);
        versions::insert(&mut tx, &second).await.unwrap();
        let found = versions::latest(&mut tx, &organization, &row.id).await.unwrap().unwrap();
        assert_eq!((&found.id, found.number, found.source.as_str()), (&second.id, 2, "upload"), "id, number, source");
        let found = versions::find(&mut tx, &organization, &first.id).await.unwrap().unwrap();
        assert_eq!(
            (found.number, found.size_bytes, &found.contract_id),
            (1, 5_000_000_000, &row.id),
            "number, size bytes, contract id"
        );
        assert_eq!(
            (found.source.as_str(), found.remote_id.as_deref(), found.created_at),
            ("salesforce", Some("068ak000001"), NOW),
            "source, remote id, created at"
        );
        assert_eq!(
            (found.file_name, found.content_type, found.sha256),
            (first.file_name, first.content_type, first.sha256),
            "file name, content type, sha256"
        );
        let by_number = versions::find_number(&mut tx, &organization, &row.id, 2).await.unwrap().unwrap();
        assert_eq!(by_number.id, second.id);
        assert!(versions::find_number(&mut tx, &organization, &row.id, 3).await.unwrap().is_none());
        let listed = versions::list(&mut tx, &organization, &row.id).await.unwrap();
        assert_eq!(listed.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2]);
        versions::set_remote_id(&mut tx, &organization, &second.id, "068ak000002").await.unwrap();
        let found = versions::latest(&mut tx, &organization, &row.id).await.unwrap().unwrap();
        assert_eq!(found.remote_id.as_deref(), Some("068ak000002"));
        assert!(is_unique_violation(&versions::insert(&mut tx, &version(&row, 2)).await.unwrap_err()));
    })
    .await;
}

#[tokio::test]
async fn analysis_status_and_result_are_stored() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: row, version, .. } = Place::insert(&mut tx, "acme").await;
        let read = async |tx: &mut Tx| analyses::of_contract(tx, &organization, &row.id).await.unwrap().remove(0);
        assert_eq!(
            (read(&mut tx).await.status, read(&mut tx).await.version_id),
            (AnalysisStatus::Queued, version.id.clone()),
            "status, version id"
        );
        let failed = (AnalysisStatus::Failed, Some("It is encrypted."), Some("encrypted"));
        analyses::set_status(&mut tx, &organization, &version.id, failed.0, failed.1, failed.2, after(1)).await.unwrap();
        let found = read(&mut tx).await;
        assert_eq!((found.status, found.error.as_deref(), found.error_code.as_deref()), failed, "status, error, error code");
        let findings: Findings =
            serde_json::from_value(json!({ "summary": "Kurz ✓", "clauses": [], "risks": [], "engine": "test" })).unwrap();
        analyses::complete(&mut tx, &organization, &version.id, &findings, "The text", true, after(2)).await.unwrap();
        let found = read(&mut tx).await;
        assert_eq!(
            (found.status, found.error, found.error_code),
            (AnalysisStatus::Completed, None, None),
            "status, error, error code"
        );
        assert_eq!(found.findings.unwrap().0, findings);
        assert!(found.has_unread_pages);
        analyses::set_status(&mut tx, &organization, &version.id, AnalysisStatus::Queued, None, None, after(3)).await.unwrap();
        assert!(!read(&mut tx).await.has_unread_pages, "the new analysis has no result yet");
    })
    .await;
}

#[tokio::test]
async fn delivery_lines_move_to_the_contract_in_order() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: row, delivery, connection, .. } = Place::insert(&mut tx, "acme").await;
        let line = || NewActivity::new(&organization, ActivityKind::WebhookReceived, "Salesforce", "Arrived", NOW);
        activity::insert(&mut tx, line().delivery(&delivery).connection(&connection.id)).await.unwrap();
        activity::insert(&mut tx, line()).await.unwrap();
        let read = async |tx: &mut Tx, after, limit| {
            activity::of_contract(tx, &organization, &row.id, after, &page(limit)).await.unwrap()
        };
        assert!(read(&mut tx, None, 5).await.is_empty());
        activity::assign_to_contract(&mut tx, &organization, &delivery, &row.id).await.unwrap();
        let detail = json!({ "attempt": 1, "name": "Ä\"" });
        let second = NewActivity::new(&organization, ActivityKind::FileChosen, "LexiContract", "Chose", after(1));
        activity::insert(&mut tx, second.contract(&row.id).detail(detail.clone())).await.unwrap();
        let lines = read(&mut tx, None, 5).await;
        let told: Vec<_> =
            lines.iter().map(|line| (line.kind.as_str(), line.summary.as_str(), line.actor.as_str(), line.at)).collect();
        assert_eq!(
            told,
            [("webhook_received", "Arrived", "Salesforce", NOW), ("file_chosen", "Chose", "LexiContract", after(1))]
        );
        assert_eq!(lines[1].detail.as_ref().unwrap().0, detail);
        assert!(lines[0].detail.is_none());
        assert_eq!(read(&mut tx, Some(&lines[0].id), 5).await.len(), 1);
        assert_eq!(read(&mut tx, None, 1).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn timeline_is_listed_newest_first() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, contract: row, .. } = Place::insert(&mut tx, "acme").await;
        for summary in ["one", "two", "three"] {
            let line = NewActivity::new(&organization, ActivityKind::StatusChanged, "Ada", summary, NOW);
            activity::insert(&mut tx, line.contract(&row.id)).await.unwrap();
        }
        let read = async |tx: &mut Tx, before, limit| {
            activity::of_contract_newest_first(tx, &organization, &row.id, before, &page(limit)).await.unwrap()
        };
        let newest = read(&mut tx, None, 1).await;
        assert_eq!(newest.iter().map(|line| line.summary.as_str()).collect::<Vec<_>>(), ["three", "two"]);
        let older = read(&mut tx, Some(&newest[0].id), 5).await;
        assert_eq!(older.iter().map(|line| line.summary.as_str()).collect::<Vec<_>>(), ["two", "one"]);
        let stranger = Place::insert(&mut tx, "globex").await.organization;
        assert!(activity::of_contract_newest_first(&mut tx, &stranger, &row.id, None, &page(5)).await.unwrap().is_empty());
    })
    .await;
}
