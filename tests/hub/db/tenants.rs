//! Isolation: an organization cannot read or change another organization's rows.

use super::rows::{NOW, Place, after, contract, insert_contract, opportunity, page, salesforce};
use lexicontract::db::Tx;
use lexicontract::db::account::api_tokens;
use lexicontract::db::account::users::{self, UserRow};
use lexicontract::db::audit::activity::{self, NewActivity};
use lexicontract::db::auth::sessions;
use lexicontract::db::connections::issues::{self, NewIssue};
use lexicontract::db::connections::refused_calls::{self, NewRefusedCalls};
use lexicontract::db::connections::{self, ConnectionRow, connect_links, oauth_flows, revocations, webhook_secrets};
use lexicontract::db::contracts::contract_links::{self, AccountRef, LinkRow};
use lexicontract::db::contracts::search_keys::SearchKeys;
use lexicontract::db::contracts::{self, Filter, Order, analyses, versions};
use lexicontract::db::deliveries::attempts::{self, NewAttempt};
use lexicontract::db::deliveries::failed::{self, ReceivedRange};
use lexicontract::db::deliveries::{self, DeliveryRow};
use lexicontract::domain::account::users::Role;
use lexicontract::domain::connection::health::Responsible;
use lexicontract::domain::connection::refused_call::RefusalReason;
use lexicontract::domain::connection::{ConnectionStatus, Environment, SecretPurpose};
use lexicontract::domain::contract::analysis::AnalysisStatus;
use lexicontract::domain::contract::timeline::ActivityKind;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::delivery::{DeliveryFilter, DeliveryStatus};
use lexicontract::domain::delivery_steps::{DeliveryStep, StepKind};
use lexicontract::domain::ids::OrganizationId;
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

/// Inserts an organization with rows, and a second organization that must not access the rows.
async fn ours_and_a_stranger(tx: &mut Tx) -> (Place, OrganizationId) {
    let ours = Place::insert(tx, "ours").await;
    let stranger: OrganizationId = new_id();
    lexicontract::db::account::organizations::insert(tx, &stranger, "stranger", NOW).await.unwrap();
    (ours, stranger)
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_users() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let user = &ours.user;
        let session = sessions::NewSession {
            id: &new_id(),
            organization_id: &ours.organization,
            user_id: &user.id,
            token_digest: "session",
            expires_at: after(100),
        };
        sessions::insert(&mut tx, &session, NOW).await.unwrap();
        assert!(users::find(&mut tx, &stranger, &user.id).await.unwrap().is_none());
        assert!(users::list(&mut tx, &stranger, None, &page(5)).await.unwrap().is_empty());
        assert_eq!(users::other_admins(&mut tx, &stranger, &new_id()).await.unwrap(), 0);
        let foreign = UserRow { organization_id: stranger.clone(), role: Role::Viewer, is_disabled: true, ..user.clone() };
        users::update(&mut tx, &foreign).await.unwrap();
        users::set_password(&mut tx, &stranger, &user.id, "stolen").await.unwrap();
        sessions::delete_of_user(&mut tx, &stranger, &user.id).await.unwrap();
        assert!(!sessions::delete_one(&mut tx, &stranger, &user.id, session.id).await.unwrap());
        assert_eq!(sessions::delete_others(&mut tx, &stranger, &user.id, &new_id()).await.unwrap(), 0);
        assert!(
            sessions::of_user(&mut tx, &stranger, &user.id, NOW, NOW - std::time::Duration::from_secs(1))
                .await
                .unwrap()
                .is_empty()
        );
        assert!(!users::delete(&mut tx, &stranger, &user.id).await.unwrap());
        let found = users::find(&mut tx, &ours.organization, &user.id).await.unwrap().unwrap();
        assert_eq!(
            (found.role, found.is_disabled, &found.password_hash),
            (Role::Admin, false, &user.password_hash),
            "role, is disabled, password hash"
        );
        let idle_since = NOW - std::time::Duration::from_secs(1);
        assert!(sessions::find_live(&mut tx, "session", NOW, idle_since).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_no_tokens_and_no_revocations() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let id = new_id();
        let token = api_tokens::NewApiTokenRow {
            id: &id,
            organization_id: &ours.organization,
            user_id: &ours.user.id,
            name: "n",
            prefix: "p",
            token_digest: "token",
            expires_at: after(1),
        };
        api_tokens::insert(&mut tx, &token, NOW).await.unwrap();
        assert!(api_tokens::list(&mut tx, &stranger, None, None, &page(5)).await.unwrap().is_empty());
        assert!(api_tokens::delete(&mut tx, &stranger, None, &id).await.unwrap().is_none());
        assert!(api_tokens::delete_of_user(&mut tx, &stranger, &ours.user.id).await.unwrap().is_empty());
        assert!(api_tokens::find_live(&mut tx, "token", NOW).await.unwrap().is_some());
        let row = revocations::RevocationRow {
            id: "rev_1".to_owned(),
            organization_id: ours.organization.clone(),
            integration_id: salesforce(),
            credentials: vec![1],
        };
        revocations::insert(&mut tx, &row, NOW).await.unwrap();
        assert!(revocations::find(&mut tx, &stranger, "rev_1").await.unwrap().is_none());
        revocations::delete(&mut tx, &stranger, "rev_1").await.unwrap();
        assert!(revocations::find(&mut tx, &ours.organization, "rev_1").await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_connection() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (id, account) = (&ours.connection.id, &ours.connection.external_account_id);
        assert!(connections::find(&mut tx, &stranger, id).await.unwrap().is_none());
        assert!(connections::list(&mut tx, &stranger).await.unwrap().is_empty());
        let production = Environment::Production;
        assert!(connections::find_in_environment(&mut tx, &stranger, &salesforce(), production, "").await.unwrap().is_none());
        assert!(connections::find_by_account(&mut tx, &stranger, &salesforce(), account).await.unwrap().is_none());
        let foreign = ConnectionRow {
            organization_id: stranger.clone(),
            is_enabled: false,
            credentials: b"stolen".to_vec(),
            ..ours.connection.clone()
        };
        connections::update_settings(&mut tx, &foreign, after(1)).await.unwrap();
        connections::reconnect(&mut tx, &foreign, after(1)).await.unwrap();
        issues::record_success(&mut tx, &stranger, id, after(1)).await.unwrap();
        issues::record_key_accepted(&mut tx, &stranger, id, after(1)).await.unwrap();
        issues::pause(&mut tx, &stranger, id, after(1)).await.unwrap();
        let trouble = NewIssue { sentence: "Stolen.", cause: "stolen", responsible: Responsible::Operator };
        let degraded = ConnectionStatus::Degraded;
        assert!(!issues::set_issue(&mut tx, &foreign, degraded, &trouble, after(1)).await.unwrap());
        assert!(!connections::take_refresh_lease(&mut tx, &foreign, "l", NOW, after(1)).await.unwrap());
        assert!(connections::take_refresh_lease(&mut tx, &ours.connection, "ours", NOW, after(1)).await.unwrap());
        assert!(!connections::is_refreshing(&mut tx, &stranger, id, NOW).await.unwrap());
        assert!(!connections::finish_refresh(&mut tx, &foreign, b"stolen", after(1)).await.unwrap());
        connections::renew_refresh_lease(&mut tx, &foreign, "ours", NOW).await.unwrap();
        connections::release_refresh_lease(&mut tx, &foreign, "ours").await.unwrap();
        assert!(!connections::take_refresh_lease(&mut tx, &ours.connection, "again", NOW, after(1)).await.unwrap());
        assert!(!connections::delete(&mut tx, &stranger, id).await.unwrap());
        let found = connections::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(
            (found.credentials, found.credentials_version),
            (ours.connection.credentials, 1),
            "credentials, credentials version"
        );
        assert_eq!(
            (found.is_enabled, found.status, found.updated_at),
            (true, ConnectionStatus::Connected, NOW),
            "is enabled, status, updated at"
        );
        assert_eq!((found.issue_cause, found.paused_until), (None, None), "issue cause, paused until");
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_removes_no_connect_link() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let id = new_id();
        let row = connect_links::NewConnectLinkRow {
            id: &id,
            organization_id: &ours.organization,
            user_id: &ours.user.id,
            token_digest: "link",
            integration_id: &salesforce(),
            environment: Environment::Sandbox,
            host: "",
            expires_at: after(1),
        };
        connect_links::insert(&mut tx, &row, NOW).await.unwrap();
        assert!(connect_links::find_locked(&mut tx, &stranger, &id).await.unwrap().is_none());
        assert!(connect_links::list_open(&mut tx, &stranger, NOW).await.unwrap().is_empty());
        assert!(connect_links::unused_of_user(&mut tx, &stranger, &ours.user.id).await.unwrap().is_empty());
        assert_eq!(connect_links::count_open(&mut tx, &stranger, NOW).await.unwrap(), 0);
        assert!(!connect_links::take(&mut tx, &stranger, &id, NOW).await.unwrap());
        assert!(!connect_links::delete_unused(&mut tx, &stranger, &id).await.unwrap());
        let browser = oauth_flows::connection_of_link(&mut tx, &stranger, &id, "browser").await.unwrap();
        assert_eq!(browser, None);
        let found = connect_links::find_by_token(&mut tx, "link").await.unwrap().unwrap();
        assert!(found.is_open(NOW) && !found.is_open(after(1)));
        assert_eq!(connect_links::count_open(&mut tx, &ours.organization, NOW).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_retires_no_webhook_secret() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let row = webhook_secrets::WebhookSecretRow {
            digest: "digest".to_owned(),
            organization_id: ours.organization.clone(),
            connection_id: ours.connection.id.clone(),
            purpose: SecretPurpose::Webhook,
            prefix: "lcwh_abcd".to_owned(),
            created_at: NOW,
            valid_until: None,
            last_used_at: None,
            signing_key: None,
            last_signed_at: None,
        };
        webhook_secrets::insert(&mut tx, &row).await.unwrap();
        let id = &ours.connection.id;
        assert!(webhook_secrets::list(&mut tx, &stranger, id, NOW).await.unwrap().is_empty());
        assert!(!webhook_secrets::retire(&mut tx, &stranger, id, SecretPurpose::Webhook, NOW, NOW).await.unwrap());
        assert!(webhook_secrets::find_caller(&mut tx, "digest", after(1)).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_contract() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let id = &ours.contract.id;
        assert!(contracts::find(&mut tx, &stranger, id).await.unwrap().is_none());
        let all = Filter::default();
        assert!(contracts::list(&mut tx, &stranger, &all, Order::Created, None, &page(5)).await.unwrap().is_empty());
        assert!(contracts::counts(&mut tx, &stranger, &all).await.unwrap().is_empty());
        contracts::touch(&mut tx, &stranger, id, after(1)).await.unwrap();
        contracts::set_negotiation_status(&mut tx, &stranger, id, NegotiationStatus::Signed, after(1)).await.unwrap();
        let stolen = SearchKeys::new("Stolen", None, None);
        contracts::set_search_keys(&mut tx, &stranger, id, &stolen, after(1)).await.unwrap();
        let found = contracts::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(
            (found.negotiation_status, found.updated_at),
            (NegotiationStatus::Draft, NOW),
            "negotiation status, updated at"
        );
        let filter = Filter { pattern: "%stolen%".to_owned(), ..Filter::default() };
        assert!(contracts::list(&mut tx, &ours.organization, &filter, Order::Created, None, &page(5)).await.unwrap().is_empty());
        let unused = contract(&ours.organization);
        insert_contract(&mut tx, &unused).await;
        contracts::delete_unused(&mut tx, &stranger, &unused.id).await.unwrap();
        assert!(contracts::find(&mut tx, &ours.organization, &unused.id).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_link() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (id, our_account) = (&ours.link.id, ours.connection.account());
        let account = AccountRef { organization: &stranger, ..our_account };
        assert!(contract_links::find(&mut tx, &stranger, id).await.unwrap().is_none());
        assert!(contract_links::find_source(&mut tx, account, &opportunity()).await.unwrap().is_none());
        assert!(contract_links::of_contract(&mut tx, &stranger, &ours.contract.id).await.unwrap().is_empty());
        let of_record = contract_links::contracts_of_record(&mut tx, &stranger, &salesforce(), &opportunity()).await.unwrap();
        assert!(of_record.is_empty());
        let foreign = LinkRow {
            organization_id: stranger.clone(),
            name: "Stolen".to_owned(),
            url: Some("https://stolen.example".to_owned()),
            ..ours.link.clone()
        };
        contract_links::update_record(&mut tx, &foreign, after(1)).await.unwrap();
        contract_links::set_sync(&mut tx, &stranger, id, SyncStatus::Failed, 9, None, after(1)).await.unwrap();
        contract_links::record_written(&mut tx, &stranger, id, SyncStatus::Synced, "x", 1, after(1)).await.unwrap();
        let found = contract_links::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!((found.name, found.url), (ours.link.name, None), "name, url");
        assert_eq!(
            (found.connection_id, found.account_id),
            (Some(ours.connection.id.clone()), ours.link.account_id),
            "connection id, account id"
        );
        assert_eq!((found.sync_status, found.sync_attempts), (SyncStatus::Idle, 0), "sync status, sync attempts");
        assert_eq!((found.last_synced_value, found.updated_at), (None, NOW), "last synced value, updated at");
        contract_links::set_sync(&mut tx, &ours.organization, id, SyncStatus::Pending, 0, None, NOW).await.unwrap();
        contract_links::fail_pending(&mut tx, account, "no", after(1)).await.unwrap();
        let found = contract_links::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!((found.sync_status, found.sync_error), (SyncStatus::Pending, None), "sync status, sync error");
        contract_links::record_written(&mut tx, &ours.organization, id, SyncStatus::Synced, "x", 1, NOW).await.unwrap();
        assert!(contract_links::written(&mut tx, account, "", 5).await.unwrap().is_empty());
        assert_eq!(contract_links::written(&mut tx, our_account, "", 5).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn record_ids_are_scoped_by_organization() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, theirs) = (Place::insert(&mut tx, "ours").await, Place::insert(&mut tx, "theirs").await);
        for place in [&ours, &theirs] {
            let found = contract_links::find_source(&mut tx, place.connection.account(), &opportunity()).await.unwrap().unwrap();
            assert_eq!((found.id, found.contract_id), (place.link.id.clone(), place.contract.id.clone()), "id, contract id");
            let of_record =
                contract_links::contracts_of_record(&mut tx, &place.organization, &salesforce(), &opportunity()).await.unwrap();
            assert_eq!(of_record, std::slice::from_ref(&place.contract.id));
        }
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_no_version_analysis_or_timeline() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (contract, version) = (&ours.contract.id, &ours.version.id);
        assert!(versions::latest(&mut tx, &stranger, contract).await.unwrap().is_none());
        assert!(versions::find(&mut tx, &stranger, version).await.unwrap().is_none());
        assert!(versions::find_number(&mut tx, &stranger, contract, 1).await.unwrap().is_none());
        assert!(versions::list(&mut tx, &stranger, contract).await.unwrap().is_empty());
        versions::set_remote_id(&mut tx, &stranger, version, "stolen").await.unwrap();
        let found = versions::find(&mut tx, &ours.organization, version).await.unwrap().unwrap();
        assert_eq!(found.remote_id, ours.version.remote_id);
        assert!(analyses::of_contract(&mut tx, &stranger, contract).await.unwrap().is_empty());
        analyses::set_status(&mut tx, &stranger, version, AnalysisStatus::Failed, None, None, NOW).await.unwrap();
        let findings = serde_json::json!({ "summary": "", "clauses": [], "risks": [], "engine": "" });
        let findings = serde_json::from_value(findings).unwrap();
        analyses::complete(&mut tx, &stranger, version, &findings, "stolen", true, NOW).await.unwrap();
        let analysis = analyses::of_contract(&mut tx, &ours.organization, contract).await.unwrap().remove(0);
        assert_eq!((analysis.status, analysis.has_unread_pages), (AnalysisStatus::Queued, false), "status, unread pages");
        contracts::set_newer_version(&mut tx, &stranger, contract, true, NOW).await.unwrap();
        assert!(contracts::find_locked(&mut tx, &stranger, contract).await.unwrap().is_none());
        assert!(!contracts::find_locked(&mut tx, &ours.organization, contract).await.unwrap().unwrap().has_newer_version);
        let line = NewActivity::new(&ours.organization, ActivityKind::NoFile, "LexiContract", "No file", NOW);
        activity::insert(&mut tx, line.delivery(&ours.delivery)).await.unwrap();
        activity::assign_to_contract(&mut tx, &stranger, &ours.delivery, contract).await.unwrap();
        let lines = activity::of_contract(&mut tx, &ours.organization, contract, None, &page(5)).await.unwrap();
        assert!(lines.is_empty());
        activity::assign_to_contract(&mut tx, &ours.organization, &ours.delivery, contract).await.unwrap();
        assert!(activity::of_contract(&mut tx, &stranger, contract, None, &page(5)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_changes_no_delivery() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (id, connection) = (&ours.delivery, &ours.connection.id);
        assert!(deliveries::find(&mut tx, &stranger, id).await.unwrap().is_none());
        let all = DeliveryFilter::default();
        assert!(deliveries::list(&mut tx, &stranger, connection, &all, None, &page(5)).await.unwrap().is_empty());
        deliveries::begin(&mut tx, &ours.organization, id, 3).await.unwrap();
        let row = deliveries::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        let foreign = DeliveryRow { organization_id: stranger.clone(), ..row.clone() };
        deliveries::begin(&mut tx, &stranger, id, 9).await.unwrap();
        deliveries::wait(&mut tx, &foreign, DeliveryStatus::Parked, None, None).await.unwrap();
        deliveries::finish(&mut tx, &stranger, id, DeliveryStatus::Failed, None, None).await.unwrap();
        deliveries::restart(&mut tx, &foreign, after(9)).await.unwrap();
        let found = deliveries::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(
            (found.status, found.attempts, found.next_attempt_at),
            (row.status, row.attempts, row.next_attempt_at),
            "status, attempts, next attempt at"
        );
        deliveries::wait(&mut tx, &row, DeliveryStatus::Parked, None, None).await.unwrap();
        deliveries::unpark(&mut tx, &stranger, connection, NOW).await.unwrap();
        let found = deliveries::find(&mut tx, &ours.organization, id).await.unwrap().unwrap();
        assert_eq!(found.status, DeliveryStatus::Parked);
    })
    .await;
}

#[tokio::test]
async fn other_organization_reads_and_repeats_no_failed_delivery() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (ours, stranger) = ours_and_a_stranger(&mut tx).await;
        let (organization, id, connection) = (&ours.organization, &ours.delivery, &ours.connection.id);
        deliveries::finish(&mut tx, organization, id, DeliveryStatus::Failed, None, Some("Gone.")).await.unwrap();
        let range = ReceivedRange::default();
        assert!(failed::list(&mut tx, &stranger, connection, range, 5).await.unwrap().is_empty());
        assert_eq!(failed::count(&mut tx, &stranger, connection, range, 5).await.unwrap(), 0);
        let ids = std::slice::from_ref(id);
        assert!(failed::restart(&mut tx, &stranger, connection, ids, NOW).await.unwrap().is_empty());
        assert_eq!(failed::list(&mut tx, organization, connection, range, 5).await.unwrap(), ids);
        let attempt = |organization| NewAttempt {
            organization,
            delivery: id,
            number: 1,
            is_postponed: false,
            started_at: NOW,
            ended_at: after(1),
            steps: vec![DeliveryStep { at: NOW, step: StepKind::Failed, duration_ms: 1, detail: None }],
        };
        attempts::insert(&mut tx, attempt(&stranger)).await.unwrap();
        assert!(attempts::list(&mut tx, organization, id).await.unwrap().is_empty());
        attempts::insert(&mut tx, attempt(organization)).await.unwrap();
        assert_eq!(attempts::list(&mut tx, organization, id).await.unwrap().len(), 1);
        assert!(attempts::list(&mut tx, &stranger, id).await.unwrap().is_empty());
        let call = NewRefusedCalls {
            organization,
            connection,
            reason: RefusalReason::InvalidJson,
            address: None,
            calls: 1,
            first_at: NOW,
            last_at: NOW,
        };
        refused_calls::add(&mut tx, &call, NOW).await.unwrap();
        assert!(refused_calls::list(&mut tx, &stranger, connection, None, &page(5)).await.unwrap().is_empty());
        assert_eq!(refused_calls::list(&mut tx, organization, connection, None, &page(5)).await.unwrap().len(), 1);
    })
    .await;
}
