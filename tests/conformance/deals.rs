//! Deals, their files, and the status field.

use crate::provider::{Connected, Grants};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use lexicontract::connectors::{CheckedConnection, FileState, Kind, Position, Upload};
use lexicontract::domain::connection::Settings;
use lexicontract::domain::connection::deal::{Entry, TriggerRule};
use lexicontract::domain::connection::settings::{FileBack, FileBackStatus};
use lexicontract::domain::record::RecordId;
use lexicontract::domain::time::Timestamp;
use std::collections::BTreeSet;

#[tokio::test]
async fn deals_are_read_by_id_and_by_url() {
    Connected::each(Grants::Keep, async |connected| {
        let (deals, call, id) = (connected.deals(), connected.call(), connected.simulator.deal());
        let rule = TriggerRule::of_stages(connected.simulator.stages());
        let deal = deals.deal(&call, &rule, &id).await.unwrap();
        assert_eq!(deal.id, id);
        assert!(!deal.name.is_empty() && connected.simulator.stages().contains(&deal.stage), "{deal:?}");
        assert_eq!(deals.parse_id(id.as_str()).as_ref(), Some(&id));
        assert_eq!(deals.parse_id(deal.url.as_deref().unwrap()).as_ref(), Some(&id));
        assert_eq!(deals.parse_id("no deal at all"), None);
        let missing = deals.deal(&call, &rule, &connected.simulator.missing_deal()).await.unwrap_err();
        assert_eq!(missing.kind, Kind::NotFound, "{missing}");
        assert_ne!(missing.user_message(), "");
    })
    .await;
}

#[tokio::test]
async fn downloaded_file_has_the_listed_length() {
    Connected::each(Grants::Keep, async |connected| {
        let (deals, call, id) = (connected.deals(), connected.call(), connected.simulator.deal());
        let files = deals.files(&call, &id, 0).await.unwrap();
        let [file] = files.as_slice() else { panic!("{files:?}") };
        assert_eq!((file.tier, file.state), (0, FileState::Ready), "{file:?}");
        assert!(!file.id.is_empty() && !file.lineage.is_empty() && file.name.contains('.'), "{file:?}");
        let pieces: Vec<_> = deals.open(&call, file).await.unwrap().try_collect().await.unwrap();
        assert_eq!(i64::try_from(pieces.concat().len()).unwrap(), file.size_bytes);
        for tier in 1..deals.file_tiers() {
            assert!(deals.files(&call, &id, tier).await.unwrap().iter().all(|file| file.tier == tier));
        }
    })
    .await;
}

fn deals_in_stages(entries: Vec<Entry>) -> Vec<RecordId> {
    entries.into_iter().map(|entry| entry.deal).collect()
}

#[tokio::test]
async fn changes_contain_each_entry_once_in_order() {
    Connected::each(Grants::Keep, async |connected| {
        let (deals, call) = (connected.deals(), connected.call());
        let from = Position { at: Timestamp::from_millis(0), after: None };
        for only_if_still_there in [true, false] {
            let rule = TriggerRule { only_if_still_there, ..TriggerRule::of_stages(connected.simulator.stages()) };
            let all = deals.changed(&call, &rule, &from, 2_000).await.unwrap();
            assert!(all.is_complete && all.entries.len() > 2, "{all:?}");
            assert!(all.entries.iter().all(|entry| entry.entered_at.is_some() && rule.stages.contains(&entry.stage)), "{all:?}");
            let mut paged = Vec::new();
            let mut position = from.clone();
            loop {
                let page = deals.changed(&call, &rule, &position, 2).await.unwrap();
                paged.extend(page.entries);
                if page.is_complete {
                    break;
                }
                assert_ne!(page.position, position);
                position = page.position;
            }
            assert_eq!(paged, all.entries, "only_if_still_there: {only_if_still_there}");
            let nothing = deals.changed(&call, &rule, &all.position, 2_000).await.unwrap();
            assert_eq!((nothing.entries, nothing.position), (Vec::new(), all.position));
        }
    })
    .await;
}

#[tokio::test]
async fn stages_match_without_regard_to_case_and_are_spelled_as_in_the_rule() {
    Connected::each(Grants::Keep, async |connected| {
        let (deals, call) = (connected.deals(), connected.call());
        let from = Position { at: Timestamp::from_millis(0), after: None };
        let stages: Vec<String> = connected.simulator.stages().iter().map(|stage| stage.to_uppercase()).collect();
        for only_if_still_there in [true, false] {
            let rule = TriggerRule { only_if_still_there, ..TriggerRule::of_stages(stages.clone()) };
            let mut entries = deals.changed(&call, &rule, &from, 2_000).await.unwrap().entries;
            entries.extend(deals.in_stages(&call, &rule, None, 2_000).await.unwrap());
            assert!(entries.len() > 2 && entries.iter().all(|entry| stages.contains(&entry.stage)), "{entries:?}");
            let deal = deals.deal(&call, &rule, &connected.simulator.deal()).await.unwrap();
            assert!(stages.contains(&deal.stage) && rule.rejection(&deal).is_none(), "{deal:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_contain_each_deal_once_in_order() {
    Connected::each(Grants::Keep, async |connected| {
        let (deals, call) = (connected.deals(), connected.call());
        let rule = TriggerRule::of_stages(connected.simulator.stages());
        let all = deals_in_stages(deals.in_stages(&call, &rule, None, 2_000).await.unwrap());
        assert!(all.len() > 2 && all.contains(&connected.simulator.deal()), "{all:?}");
        assert_eq!(all.iter().map(RecordId::as_str).collect::<BTreeSet<_>>().len(), all.len());
        let mut paged: Vec<RecordId> = Vec::new();
        loop {
            let page = deals_in_stages(deals.in_stages(&call, &rule, paged.last(), 2).await.unwrap());
            assert!(page.len() <= 2);
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all);
        let none = TriggerRule::of_stages(vec!["No such 'stage' \\".to_owned()]);
        assert_eq!(deals.in_stages(&call, &none, None, 2_000).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn written_values_are_read_back_and_missing_fields_are_named() {
    Connected::each(Grants::Keep, async |connected| {
        let (deals, call, id) = (connected.deals(), connected.call(), connected.simulator.deal());
        let field = connected.simulator.status_field();
        for label in ["In Review", "In Review", "Übereinstimmung “ok” \\ 'x'"] {
            deals.write(&call, &id, field, label).await.unwrap();
            let ids = [id.clone(), connected.simulator.missing_deal()];
            assert_eq!(deals.values(&call, &ids, field).await.unwrap(), [(id.clone(), Some(label.to_owned()))]);
        }
        let rejected = deals.write(&call, &id, "Missing__c", "In Review").await.unwrap_err();
        assert_eq!(rejected.kind, Kind::Refused, "{rejected}");
        assert!(rejected.user_message().contains("Missing__c"), "{}", rejected.user_message());
        let gone = deals.write(&call, &connected.simulator.missing_deal(), field, "In Review").await.unwrap_err();
        assert_eq!(gone.kind, Kind::NotFound, "{gone}");
    })
    .await;
}

#[tokio::test]
async fn file_is_stored_with_its_marker_and_is_found_again() {
    Connected::each(Grants::Keep, async |connected| {
        let Some(filer) = connected.connector.file_back else { return };
        let (deals, call, id) = (connected.deals(), connected.call(), connected.simulator.deal());
        let (marker, name, content) = ("ver_01a204d238cc77609c070b5a04bf6685", "Übereinkunft “2026”.pdf", b"%PDF-1.7 signed");
        assert_eq!(filer.find(&call, &id, marker, name).await.unwrap(), None);
        let [before] = deals.files(&call, &id, 0).await.unwrap().try_into().unwrap();
        let upload = |revises| Upload {
            marker,
            name,
            reason: "Signed in LexiContract",
            revises,
            size_bytes: content.len() as u64,
            bytes: futures::stream::iter([Ok(Bytes::from_static(&content[..4])), Ok(Bytes::from_static(&content[4..]))]).boxed(),
        };
        let filed = filer.attach(&call, &id, upload(Some(&before))).await.unwrap();
        assert_eq!(filed.filed.as_ref().map(|filed| filed.marker.as_str()), Some(marker), "{filed:?}");
        let found = filer.find(&call, &id, marker, name).await.unwrap().unwrap();
        assert_eq!((&found.id, &found.lineage), (&filed.id, &filed.lineage), "twice = once: a second attempt finds the first");
        assert_eq!(filer.find(&call, &id, "ver_01a204d238cc77609c070b5a04bf6686", name).await.unwrap(), None);
        let files = deals.files(&call, &id, 0).await.unwrap();
        let listed = files.iter().find(|file| file.id == filed.id).unwrap_or_else(|| panic!("{files:?}"));
        let marks = listed.filed.as_ref().unwrap();
        assert_eq!((marks.marker.as_str(), listed.size_bytes), (marker, content.len() as i64), "{listed:?}");
        // The file of the user is below the filed revision, or is still listed as a separate file.
        let is_kept = marks.below.as_deref() == Some(&before) || files.contains(&before);
        assert!(is_kept, "{files:?}");
        let pieces: Vec<_> = deals.open(&call, listed).await.unwrap().try_collect().await.unwrap();
        assert_eq!(pieces.concat(), content);
        let separate = filer.attach(&call, &id, upload(None)).await.unwrap();
        assert_ne!((&separate.id, &separate.lineage), (&filed.id, &filed.lineage));
        let missing = filer.attach(&call, &connected.simulator.missing_deal(), upload(None)).await.unwrap_err();
        assert_eq!(missing.kind, Kind::NotFound, "{missing}");
    })
    .await;
}

#[tokio::test]
async fn configured_account_passes_every_check_and_has_a_schema() {
    Connected::each(Grants::Keep, async |connected| {
        let (deals, call) = (connected.deals(), connected.call());
        let account = connected.connector.identity.identify(&call).await.unwrap();
        let field = connected.simulator.status_field();
        let file_back = FileBack { on: FileBackStatus::ALL.iter().copied().collect() };
        let settings = Settings { status_field: Some(field.to_owned()), file_back, ..Settings::default() };
        let connection = CheckedConnection { account_id: &account.external_id, settings: &settings };
        let checks = deals.checks(&call, connection).await.unwrap();
        assert!(checks.iter().all(|check| check.ok), "{checks:?}");
        let other = deals.checks(&call, CheckedConnection { account_id: "another account", ..connection }).await.unwrap();
        assert!(other.iter().any(|check| !check.ok && !check.detail.is_empty()), "{other:?}");
        let schema = deals.schema(&call).await.unwrap();
        let stages: Vec<&String> = schema.stages.iter().map(|stage| &stage.id).collect();
        assert!(connected.simulator.stages().iter().all(|stage| stages.contains(&stage)), "{schema:?}");
        assert!(schema.field(field).is_some(), "{schema:?}");
    })
    .await;
}
