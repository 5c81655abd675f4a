//! The audit log's hash chain, which detects changes that bypass the product.

use lexicontract::audit_chain::{ChainKey, Detail, Line};
use lexicontract::db::Db;
use lexicontract::db::account::organizations;
use lexicontract::db::audit::chain;
use lexicontract::domain::account::users::TokenLifetime;
use lexicontract::domain::ids::OrganizationId;
use lexicontract::domain::page::PageRequest;
use lexicontract::hub::Hub;
use lexicontract::services::{Actor, ChainState, WholeChain};
use lexicontract::vault::Vault;
use test_support::databases::{Opened, execute, on_every_database};
use test_support::fixture::{Fixture, open_hub};
use test_support::settings::FERNET_KEY;
use test_support::users::register;

const WRITERS: usize = 8;
const LINES_EACH: usize = 25;

/// The state of every organization's chain, ordered by organization id.
async fn verify(hub: &Hub) -> Vec<ChainState> {
    hub.flush_background().await;
    let mut states = Vec::new();
    hub.verify_audit(None, |_, _, state| states.push(state)).await.unwrap();
    states
}

async fn whole(hub: &Hub) -> WholeChain {
    match verify(hub).await.remove(0) {
        ChainState::Whole(whole) => whole,
        broken => panic!("{broken:?}"),
    }
}

/// Creates an audit chain of five lines: one registration and four created tokens.
async fn five_lines(opened: Opened) -> Fixture {
    let fixture = Fixture::start(opened).await;
    for _ in 0..4 {
        fixture.advance(1);
        fixture.hub.create_api_token(&fixture.admin, "build", TokenLifetime::default()).await.unwrap();
    }
    let chain = whole(&fixture.hub).await;
    assert_eq!((chain.lines, chain.sequence), (5, 5), "lines, sequence");
    fixture
}

const KEEP: &str = "CREATE TABLE kept AS SELECT * FROM activity; CREATE TABLE kept_heads AS SELECT * FROM audit_heads";
const PUT_BACK: &str = "DELETE FROM activity; INSERT INTO activity SELECT * FROM kept;
    DELETE FROM audit_heads; INSERT INTO audit_heads SELECT * FROM kept_heads";
/// Start of a statement that copies a line. The caller appends the values of the last three columns and the source.
const INSERT: &str = "INSERT INTO activity (id, organization_id, kind, summary, actor, at, is_audit, detail_salt, detail_digest,
    chain_sequence, previous_hash, hash) SELECT 'act_forged', organization_id, kind, summary, actor, at, is_audit, detail_salt,
    detail_digest, ";

#[tokio::test]
async fn every_external_change_is_detected() {
    on_every_database(async |opened| {
        let fixture = five_lines(opened).await;
        execute(&fixture.opened.db, KEEP).await;
        let set = |assignment: &str| format!("UPDATE activity SET {assignment} WHERE chain_sequence = 2");
        let insert = |values: &str| format!("{INSERT} {values} FROM activity WHERE chain_sequence = 5");
        let swap = "UPDATE activity SET chain_sequence = 99 WHERE chain_sequence = 2;
            UPDATE activity SET chain_sequence = 2 WHERE chain_sequence = 3;
            UPDATE activity SET chain_sequence = 3 WHERE chain_sequence = 99";
        let cut = "DELETE FROM activity WHERE chain_sequence = 5; UPDATE audit_heads SET sequence = 4,
            hash = (SELECT hash FROM activity WHERE chain_sequence = 4)";
        for (sql, sequence, why) in [
            (set("summary = 'nothing happened'"), 2, "the detail of the line was changed"),
            (set("actor = 'eve'"), 2, "the detail of the line was changed"),
            (set("actor_id = 'usr_eve'"), 2, "the detail of the line was changed"),
            (set("via = NULL"), 2, "the detail of the line was changed"),
            (set("address = '192.0.2.1'"), 2, "the detail of the line was changed"),
            (set("request_id = 'x'"), 2, "the detail of the line was changed"),
            (set("client_request_id = 'x'"), 2, "the detail of the line was changed"),
            (set("delivery_id = 'dlv_x'"), 2, "the detail of the line was changed"),
            (set("detail = '{\"a\":1}'"), 2, "the detail of the line was changed"),
            (set("summary = '', actor = ''"), 2, "the detail of the line was changed"),
            (set("detail_salt = NULL"), 2, "the salt of the line is gone, but its detail is not"),
            (set("detail_salt = '00'"), 2, "the detail of the line was changed"),
            (set("detail_digest = '00'"), 2, "the line was changed"),
            (set("kind = 'token_revoked'"), 2, "the line was changed"),
            (set("at = '2026-01-01T00:00:00.000Z'"), 2, "the line was changed"),
            (set("connection_id = 'con_x'"), 2, "the line was changed"),
            (set("id = 'act_x'"), 2, "the line was changed"),
            (set("hash = '00'"), 2, "the line was changed"),
            (set("hash = NULL"), 2, "the hash of the line is missing"),
            (set("previous_hash = '00'"), 2, "the line does not follow the one before it"),
            (set("is_audit = FALSE"), 2, "the line is hidden from the audit log"),
            (set("actor_id = 'no id'"), 2, "the line contains a value that cannot be read"),
            ("DELETE FROM activity WHERE chain_sequence = 1".to_owned(), 1, "the line is missing"),
            ("DELETE FROM activity WHERE chain_sequence = 3".to_owned(), 3, "the line is missing"),
            ("DELETE FROM activity WHERE chain_sequence = 5".to_owned(), 5, "the line is missing"),
            ("DELETE FROM activity".to_owned(), 1, "the line is missing"),
            (set("chain_sequence = NULL"), 2, "the line is missing"),
            (swap.to_owned(), 2, "the line does not follow the one before it"),
            (cut.to_owned(), 4, "the head of the chain was changed"),
            (insert("6, hash, 'forged'"), 6, "the line was changed"),
            (insert("NULL, NULL, NULL"), 5, "lines outside of the chain were added or removed"),
            ("UPDATE audit_heads SET hash = '00'".to_owned(), 5, "the head of the chain was changed"),
            ("UPDATE audit_heads SET unchained = 1".to_owned(), 5, "the head of the chain was changed"),
            ("UPDATE audit_heads SET mac = '00'".to_owned(), 5, "the head of the chain was changed"),
            ("DELETE FROM audit_heads".to_owned(), 5, "the head of the chain is missing"),
        ] {
            execute(&fixture.opened.db, &sql).await;
            assert_eq!(verify(&fixture.hub).await, [ChainState::Broken { sequence, why }], "{sql}");
            execute(&fixture.opened.db, PUT_BACK).await;
        }
        assert_eq!(whole(&fixture.hub).await.lines, 5);
    })
    .await;
}

#[tokio::test]
async fn hashes_made_with_another_key_are_detected() {
    on_every_database(async |opened| {
        let fixture = five_lines(opened).await;
        let organization = &fixture.admin.organization_id;
        let mut tx = fixture.opened.db.read().await.unwrap();
        let row = chain::after(&mut tx, organization, 4, 1).await.unwrap().remove(0);
        drop(tx);
        let summary = "nothing happened";
        let detail = Detail {
            summary,
            actor: &row.actor,
            actor_id: row.actor_id.as_ref(),
            via: row.via.as_deref(),
            ..Detail::default()
        };
        let detail_digest = detail.digest(row.detail_salt.as_deref().unwrap());
        let guessed = ChainKey::new([0; 32]);
        let hash = guessed.line_hash(&Line {
            organization_id: organization,
            sequence: 5,
            previous_hash: row.previous_hash.as_deref().unwrap(),
            id: &row.id,
            at: row.at,
            kind: &row.kind,
            connection_id: None,
            detail_digest: &detail_digest,
        });
        let sql = format!(
            "UPDATE activity SET summary = '{summary}', detail_digest = '{detail_digest}', hash = '{hash}' WHERE chain_sequence = 5;
             UPDATE audit_heads SET hash = '{hash}'"
        );
        execute(&fixture.opened.db, &sql).await;
        assert_eq!(verify(&fixture.hub).await, [ChainState::Broken { sequence: 5, why: "the line was changed" }]);
    })
    .await;
}

#[tokio::test]
async fn appending_does_not_authenticate_a_changed_head() {
    on_every_database(async |opened| {
        let fixture = five_lines(opened).await;
        execute(&fixture.opened.db, KEEP).await;
        let changed = "UPDATE audit_heads SET sequence = 4, hash = (SELECT hash FROM activity WHERE chain_sequence = 4)";
        for (sql, last) in
            [(format!("DELETE FROM activity WHERE chain_sequence = 5; {changed}"), 5), ("DELETE FROM audit_heads".to_owned(), 6)]
        {
            execute(&fixture.opened.db, &sql).await;
            // The hub still appends lines to the chain, but must not authenticate the changed head.
            fixture.hub.record_audit_export(&fixture.admin).await.unwrap();
            let broken = ChainState::Broken { sequence: last, why: "the head of the chain was changed" };
            assert_eq!(verify(&fixture.hub).await, [broken], "{sql}");
            execute(&fixture.opened.db, PUT_BACK).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_whose_detail_and_salt_are_erased_still_verifies() {
    on_every_database(async |opened| {
        let fixture = five_lines(opened).await;
        let organization = &fixture.admin.organization_id;
        let page = PageRequest::new(Some(2), None).unwrap();
        for line in fixture.hub.audit_log(&fixture.admin, &Default::default(), &page).await.unwrap().items {
            let mut tx = fixture.opened.db.begin().await.unwrap();
            chain::erase_detail(&mut tx, organization, &line.id).await.unwrap();
            tx.commit().await.unwrap();
        }
        let state = whole(&fixture.hub).await;
        assert_eq!((state.lines, state.erased), (5, 2), "lines, erased");
        fixture.hub.record_audit_export(&fixture.admin).await.unwrap();
        assert_eq!(whole(&fixture.hub).await.lines, 6);
        execute(&fixture.opened.db, "UPDATE activity SET actor = 'eve' WHERE chain_sequence = 5").await;
        let why = "the salt of the line is gone, but its detail is not";
        assert_eq!(verify(&fixture.hub).await, [ChainState::Broken { sequence: 5, why }]);
    })
    .await;
}

#[tokio::test]
async fn lines_from_before_the_chain_are_counted() {
    on_every_database(async |opened| {
        let hub = open_hub(&opened, None, &[]).await.unwrap();
        let organization = OrganizationId::from_suffix("older");
        let mut tx = opened.db.begin().await.unwrap();
        organizations::insert(&mut tx, &organization, "Older", hub.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
        let older = |number: u8| {
            format!(
                "INSERT INTO activity (id, organization_id, kind, summary, actor, at, is_audit)
                 VALUES ('act_{number}', 'org_older', 'signed_in', 'Ada signed in', 'Ada', '2026-01-01T00:00:00.000Z', TRUE)"
            )
        };
        for number in 0..3 {
            execute(&opened.db, &older(number)).await;
        }
        let chain = whole(&hub).await;
        assert_eq!((chain.unchained, chain.lines), (3, 0), "unchained, lines");
        register(&hub, "ada").await;
        let mut found = Vec::new();
        let verified = hub.verify_audit(Some("ada"), |id, name, state| found.push((id.clone(), name.to_owned(), state))).await;
        assert_eq!((verified.unwrap(), found.len()), (1, 1), "verified, reported");
        assert_eq!(found[0].1, "ada");
        assert_eq!(hub.verify_audit(Some("unknown"), |_, _, _| {}).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writers_produce_one_chain_without_gaps() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let eve = register(&fixture.hub, "eve").await;
        // PostgreSQL is tested with several servers, SQLite with one server.
        let mut hubs = vec![fixture.hub.clone()];
        if matches!(fixture.opened.db, Db::Postgres { .. }) {
            for _ in 0..3 {
                hubs.push(open_hub(&fixture.opened, None, &[]).await.unwrap());
            }
        }
        let write = |number: usize| {
            let (hub, actors) = (hubs[number % hubs.len()].clone(), [fixture.admin.clone(), eve.clone()]);
            tokio::spawn(async move {
                for line in 0..LINES_EACH {
                    hub.record_audit_export(&actors[(number + line) % 2]).await.unwrap();
                }
            })
        };
        for writer in (0..WRITERS).map(write).collect::<Vec<_>>() {
            writer.await.unwrap();
        }
        let states = verify(&fixture.hub).await;
        let lines = |state: &ChainState| match state {
            ChainState::Whole(whole) => whole.lines,
            broken => panic!("{broken:?}"),
        };
        let registrations = 2;
        assert_eq!(states.iter().map(lines).sum::<i64>(), i64::try_from(WRITERS * LINES_EACH).unwrap() + registrations);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_chain_verifies_while_it_grows() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, actor): (Hub, Actor) = (fixture.hub.clone(), fixture.admin.clone());
        let writer = tokio::spawn(async move {
            for _ in 0..40 {
                hub.record_audit_export(&actor).await.unwrap();
            }
        });
        while !writer.is_finished() {
            whole(&fixture.hub).await;
        }
        writer.await.unwrap();
        assert_eq!(whole(&fixture.hub).await.lines, 41);
    })
    .await;
}

#[tokio::test]
async fn the_chain_key_survives_a_key_rotation() {
    on_every_database(async |opened| {
        let fixture = five_lines(opened).await;
        let fresh = Vault::generate_key();
        let both = format!("{},{FERNET_KEY}", fresh.expose());
        let hub = open_hub(&fixture.opened, None, &[("FERNET_KEY", &both)]).await.unwrap();
        hub.rotate_keys(drop).await.unwrap();
        let hub = open_hub(&fixture.opened, None, &[("FERNET_KEY", fresh.expose())]).await.unwrap();
        hub.record_audit_export(&fixture.admin).await.unwrap();
        assert_eq!(whole(&hub).await.lines, 7, "five, the rotation and the export");
    })
    .await;
}
