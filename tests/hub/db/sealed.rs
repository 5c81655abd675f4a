//! OAuth flows, pending connections, revocations, server secrets and all encrypted columns.

use super::rows::{Place, after, salesforce};
use lexicontract::db::Tx;
use lexicontract::db::auth::{idempotency, server_secrets};
use lexicontract::db::connections::revocations::{self, RevocationRow};
use lexicontract::db::connections::sealed::{SealedColumn, SealedRow};
use lexicontract::db::connections::webhook_secrets::{self, WebhookSecretRow};
use lexicontract::db::connections::{oauth_flows, pending_connections};
use lexicontract::domain::connection::{Environment, SecretPurpose};
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

const NOT_TEXT: &[u8] = &[0, 255, 128, 7];

fn flow(place: &Place, state: &str) -> oauth_flows::OAuthFlowRow {
    oauth_flows::OAuthFlowRow {
        state_digest: state.to_owned(),
        organization_id: place.organization.clone(),
        user_id: place.user.id.clone(),
        session_id: Some(new_id()),
        connect_link_id: None,
        browser_digest: None,
        integration_id: salesforce(),
        connection_id: Some(place.connection.id.clone()),
        environment: Environment::Sandbox,
        host: "acme".to_owned(),
        login_url: "https://test.salesforce.com/".to_owned(),
        verifier: NOT_TEXT.to_vec(),
        expires_at: after(600),
        needs_confirmation: true,
        outcome: None,
        outcome_connection_id: None,
    }
}

fn pending(place: &Place) -> pending_connections::PendingConnectionRow {
    pending_connections::PendingConnectionRow {
        id: new_id(),
        organization_id: place.organization.clone(),
        integration_id: salesforce(),
        environment: Environment::Sandbox,
        host: "acme".to_owned(),
        credentials: NOT_TEXT.to_vec(),
        account_label: "Acme ✓".to_owned(),
        account_user: None,
        account_host: "acme.my.salesforce.com".to_owned(),
        external_account_id: "00Dxx0000001gPLEAY".to_owned(),
        started_by: "Ada Lovelace".to_owned(),
        created_at: after(0),
        confirm_until: after(60),
    }
}

fn secret(place: &Place, digest: &str, signing_key: Option<&[u8]>) -> WebhookSecretRow {
    WebhookSecretRow {
        digest: digest.to_owned(),
        organization_id: place.organization.clone(),
        connection_id: place.connection.id.clone(),
        purpose: SecretPurpose::Webhook,
        prefix: "lcwh_abcd".to_owned(),
        created_at: after(0),
        valid_until: None,
        last_used_at: None,
        signing_key: signing_key.map(<[u8]>::to_vec),
        last_signed_at: None,
    }
}

async fn revocation(tx: &mut Tx, place: &Place, id: &str) {
    let row = RevocationRow {
        id: id.to_owned(),
        organization_id: place.organization.clone(),
        integration_id: salesforce(),
        credentials: NOT_TEXT.to_vec(),
    };
    revocations::insert(tx, &row, after(0)).await.unwrap();
}

#[tokio::test]
async fn flow_round_trips_is_claimed_once_and_keeps_its_outcome() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let row = flow(&place, "state");
        oauth_flows::insert(&mut tx, &row).await.unwrap();
        let taken = oauth_flows::claim(&mut tx, "state").await.unwrap().unwrap();
        assert_eq!(
            (taken.needs_confirmation, taken.outcome.as_deref()),
            (true, Some(oauth_flows::CLAIMED)),
            "needs confirmation, outcome"
        );
        oauth_flows::finish(&mut tx, &row, oauth_flows::CONNECTED, Some(&place.connection.id)).await.unwrap();
        let found = oauth_flows::find(&mut tx, "state").await.unwrap().unwrap();
        assert_eq!(
            (found.outcome.as_deref(), found.outcome_connection_id),
            (Some(oauth_flows::CONNECTED), row.connection_id.clone()),
            "outcome, outcome connection id"
        );
        assert!(found.verifier.is_empty());
        assert!(oauth_flows::find(&mut tx, "other").await.unwrap().is_none());
        assert_eq!(
            (taken.state_digest, taken.organization_id, taken.user_id),
            ("state".into(), row.organization_id, row.user_id),
            "state digest, organization id, user id"
        );
        assert_eq!((taken.session_id, taken.connection_id), (row.session_id, row.connection_id), "session id, connection id");
        assert_eq!(
            (taken.integration_id, taken.environment),
            (row.integration_id, row.environment),
            "integration id, environment"
        );
        assert_eq!((taken.host, taken.login_url), (row.host, row.login_url), "host, login url");
        assert_eq!((taken.verifier, taken.expires_at), (row.verifier, row.expires_at), "verifier, expires at");
        assert!(oauth_flows::claim(&mut tx, "state").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn pending_connection_is_taken_once_by_its_organization_before_expiry() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let places = [Place::insert(&mut tx, "acme").await, Place::insert(&mut tx, "other").await];
        let rows = [pending(&places[0]), pending(&places[1])];
        for row in &rows {
            pending_connections::insert(&mut tx, row).await.unwrap();
        }
        let [mine, other] = [&places[0].organization, &places[1].organization];
        let listed = pending_connections::list(&mut tx, mine, None, after(59)).await.unwrap();
        assert_eq!(listed.iter().map(|row| &row.id).collect::<Vec<_>>(), [&rows[0].id]);
        assert!(pending_connections::list(&mut tx, other, Some(&rows[0].id), after(59)).await.unwrap().is_empty());
        assert!(pending_connections::list(&mut tx, mine, None, after(60)).await.unwrap().is_empty());
        assert!(pending_connections::exists(&mut tx, mine, &rows[0].id).await.unwrap());
        assert!(!pending_connections::exists(&mut tx, other, &rows[0].id).await.unwrap());
        let place = (Environment::Sandbox, "acme");
        assert!(pending_connections::exists_in_environment(&mut tx, mine, &salesforce(), place.0, place.1).await.unwrap());
        assert!(!pending_connections::exists_in_environment(&mut tx, mine, &salesforce(), place.0, "").await.unwrap());
        assert!(pending_connections::take(&mut tx, other, &rows[0].id, after(59)).await.unwrap().is_none());
        assert!(pending_connections::take(&mut tx, mine, &rows[0].id, after(60)).await.unwrap().is_none());
        let taken = pending_connections::take(&mut tx, mine, &rows[0].id, after(59)).await.unwrap().unwrap();
        assert_eq!(
            (taken.credentials, taken.account_label, taken.confirm_until),
            (NOT_TEXT.to_vec(), "Acme ✓".to_owned(), after(60)),
            "credentials, account label, confirm until"
        );
        assert!(pending_connections::take(&mut tx, mine, &rows[0].id, after(59)).await.unwrap().is_none());
        assert!(pending_connections::take_expired(&mut tx, after(59), 10).await.unwrap().is_empty());
        let expired = pending_connections::take_expired(&mut tx, after(60), 10).await.unwrap();
        assert_eq!(expired.iter().map(|row| &row.id).collect::<Vec<_>>(), [&rows[1].id]);
    })
    .await;
}

#[tokio::test]
async fn expired_flows_are_removed() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let later =
            oauth_flows::OAuthFlowRow { expires_at: after(601), session_id: None, connection_id: None, ..flow(&place, "later") };
        for row in [flow(&place, "state"), later] {
            oauth_flows::insert(&mut tx, &row).await.unwrap();
        }
        assert_eq!(oauth_flows::delete_expired(&mut tx, after(599)).await.unwrap(), 0);
        assert_eq!(oauth_flows::delete_expired(&mut tx, after(600)).await.unwrap(), 1);
        let left = oauth_flows::claim(&mut tx, "later").await.unwrap().unwrap();
        assert_eq!((left.session_id, left.connection_id), (None, None), "session id, connection id");
    })
    .await;
}

#[tokio::test]
async fn revocation_is_kept_until_it_is_deleted() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        revocation(&mut tx, &place, "rev_1").await;
        let found = revocations::find(&mut tx, &place.organization, "rev_1").await.unwrap().unwrap();
        assert_eq!(
            (found.id.as_str(), found.organization_id, found.integration_id),
            ("rev_1", place.organization.clone(), salesforce()),
            "id, organization id, integration id"
        );
        assert_eq!(found.credentials, NOT_TEXT);
        revocations::delete(&mut tx, &place.organization, "rev_1").await.unwrap();
        assert!(revocations::find(&mut tx, &place.organization, "rev_1").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn first_server_secret_of_a_name_is_kept() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        assert!(server_secrets::find(&mut tx, "pepper").await.unwrap().is_none());
        server_secrets::insert_if_absent(&mut tx, "pepper", NOT_TEXT).await.unwrap();
        server_secrets::insert_if_absent(&mut tx, "pepper", b"other").await.unwrap();
        assert_eq!(server_secrets::find(&mut tx, "pepper").await.unwrap().as_deref(), Some(NOT_TEXT));
    })
    .await;
}

#[tokio::test]
async fn sealed_columns_are_read_in_order_and_replaced_only_if_unchanged() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let places = [Place::insert(&mut tx, "a").await, Place::insert(&mut tx, "b").await];
        for (place, name) in places.iter().zip(["1", "2"]) {
            oauth_flows::insert(&mut tx, &flow(place, name)).await.unwrap();
            let ended = flow(place, &format!("{name} that has ended"));
            oauth_flows::insert(&mut tx, &ended).await.unwrap();
            oauth_flows::finish(&mut tx, &ended, oauth_flows::CONNECTED, None).await.unwrap();
            revocation(&mut tx, place, name).await;
            pending_connections::insert(&mut tx, &pending(place)).await.unwrap();
            server_secrets::insert_if_absent(&mut tx, name, NOT_TEXT).await.unwrap();
            webhook_secrets::insert(&mut tx, &secret(place, name, Some(NOT_TEXT))).await.unwrap();
            webhook_secrets::insert(&mut tx, &secret(place, &format!("{name} without a key"), None)).await.unwrap();
            for (form, answer) in [(name.to_owned(), Some(NOT_TEXT)), (format!("{name} without an answer"), None)] {
                let (organization, user) = (&place.organization, &place.user.id);
                assert!(idempotency::insert_if_new(&mut tx, organization, user, &form, after(1), after(0)).await.unwrap());
                if let Some(answer) = answer {
                    idempotency::set_response(&mut tx, &place.organization, &form, answer, None).await.unwrap();
                }
            }
        }
        for column in SealedColumn::ALL {
            let rows = column.after(&mut tx, "", 10).await.unwrap();
            assert_eq!((rows.len(), column.count(&mut tx).await.unwrap()), (2, 2), "{column:?}");
            assert!(rows[0].id < rows[1].id && column.after(&mut tx, "", 1).await.unwrap().len() == 1);
            let rest = column.after(&mut tx, &rows[0].id, 10).await.unwrap();
            assert_eq!(rest.iter().map(|row| &row.id).collect::<Vec<_>>(), [&rows[1].id], "{column:?}");
            assert!(column.replace(&mut tx, &rows[0], b"new").await.unwrap(), "{column:?}");
            assert!(!column.replace(&mut tx, &rows[0], b"newer").await.unwrap(), "{column:?} changed concurrently");
            let again: Vec<SealedRow> = column.after(&mut tx, "", 10).await.unwrap();
            assert_eq!((again[0].sealed.as_slice(), &again[1].sealed), (&b"new"[..], &rows[1].sealed), "{column:?}");
            assert!(column.replace(&mut tx, &again[0], b"").await.unwrap(), "{column:?}");
            // An empty value counts as damaged. Only in an OAuth flow, an empty value means that the flow has ended.
            let values = if *column == SealedColumn::OAuthFlows { (1, 1) } else { (2, 2) };
            let rows = column.after(&mut tx, "", 10).await.unwrap();
            assert_eq!((rows.len(), column.count(&mut tx).await.unwrap()), values, "{column:?} with an empty value");
        }
    })
    .await;
}
