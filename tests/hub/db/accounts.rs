//! Organizations, users, sessions, API tokens and invitations.

use super::rows::{NOW, Place, after, page, user};
use lexicontract::db::account::{api_tokens, invitations, organizations, users};
use lexicontract::db::auth::sessions;
use lexicontract::db::{Inner, is_row_error, is_unique_violation};
use lexicontract::domain::account::users::Role;
use lexicontract::domain::ids::{ApiTokenId, InvitationId, OrganizationId, SessionId};
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

#[tokio::test]
async fn user_is_found_by_id_and_by_address_ignoring_case() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let mut ada = user(&place.organization, "Ada.Lovelace@Example.com", Role::Member);
        ada.last_signed_in_at = Some(after(1));
        users::insert(&mut tx, &ada).await.unwrap();
        let found = users::find(&mut tx, &place.organization, &ada.id).await.unwrap().unwrap();
        assert_eq!(
            (&found.id, &found.organization_id, &found.name),
            (&ada.id, &ada.organization_id, &ada.name),
            "id, organization id, name"
        );
        assert_eq!((found.email.as_str(), found.role), ("Ada.Lovelace@Example.com", Role::Member), "email, role");
        assert_eq!((found.created_at, found.last_signed_in_at), (NOW, Some(after(1))), "created at, last signed in at");
        assert_eq!((found.password_hash, found.is_disabled), (ada.password_hash.clone(), false), "password hash, is disabled");
        let by_address = users::find_by_email(&mut tx, "ADA.LOVELACE@example.COM").await.unwrap().unwrap();
        assert_eq!(by_address.id, ada.id);
        assert!(users::find_by_email(&mut tx, "unknown@example.com").await.unwrap().is_none());
        let again = user(&place.organization, "ada.lovelace@EXAMPLE.com", Role::Viewer);
        assert!(is_unique_violation(&users::insert(&mut tx, &again).await.unwrap_err()));
    })
    .await;
}

#[tokio::test]
async fn row_errors_are_distinguished_from_database_errors() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let taken = users::insert(&mut tx, &place.user).await.unwrap_err();
        assert!(is_row_error(&taken), "{taken}");
        drop(tx);
        let mut tx = opened.db.begin().await.unwrap();
        let read_only = match &mut tx.inner {
            Inner::Sqlite(tx, _) => sqlx::query("PRAGMA query_only = 1").execute(&mut **tx).await.map(drop),
            Inner::Postgres(tx) => sqlx::query("SET TRANSACTION READ ONLY").execute(&mut **tx).await.map(drop),
            Inner::SqlitePooled(_) => panic!("not a transaction"),
        };
        read_only.unwrap();
        let refused = organizations::insert(&mut tx, &new_id(), "acme", NOW).await.unwrap_err();
        assert!(refused.as_database_error().is_some() && !is_row_error(&refused), "{refused}");
        assert!(!is_row_error(&sqlx::Error::PoolTimedOut));
    })
    .await;
}

#[tokio::test]
async fn removing_a_user_removes_sessions_tokens_and_invitation() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, mut user, .. } = Place::insert(&mut tx, "acme").await;
        users::set_password(&mut tx, &organization, &user.id, "a hash").await.unwrap();
        assert!(!users::replace_password(&mut tx, &organization, &user.id, "another hash", "new hash").await.unwrap());
        assert!(users::replace_password(&mut tx, &organization, &user.id, "a hash", "new hash").await.unwrap());
        assert!(!users::record_sign_in(&mut tx, &user.id, "a hash", after(6)).await.unwrap());
        assert!(users::record_sign_in(&mut tx, &user.id, "new hash", after(5)).await.unwrap());
        (user.name, user.role, user.is_disabled) = ("Grace".to_owned(), Role::Viewer, true);
        users::update(&mut tx, &user).await.unwrap();
        assert!(!users::record_sign_in(&mut tx, &user.id, "new hash", after(6)).await.unwrap());
        let found = users::find(&mut tx, &organization, &user.id).await.unwrap().unwrap();
        assert_eq!(
            (found.name.as_str(), found.role, found.is_disabled),
            ("Grace", Role::Viewer, true),
            "name, role, is disabled"
        );
        assert_eq!(
            (found.password_hash.as_deref(), found.last_signed_in_at),
            (Some("new hash"), Some(after(5))),
            "password hash, last signed in at"
        );
        insert_session(&mut tx, &found, "s").await;
        insert_token(&mut tx, &found, "t").await;
        invite(&mut tx, &found, "i").await;
        assert!(users::delete(&mut tx, &organization, &user.id).await.unwrap());
        assert!(!users::delete(&mut tx, &organization, &user.id).await.unwrap());
        tx.commit().await.unwrap();
        for sql in ["SELECT count(*) FROM sessions", "SELECT count(*) FROM api_tokens", "SELECT count(*) FROM invitations"] {
            assert_eq!(opened.number(sql).await, 0, "{sql}");
        }
    })
    .await;
}

#[tokio::test]
async fn users_are_listed_oldest_first_and_paged() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, user: first, .. } = Place::insert(&mut tx, "acme").await;
        let mut ids = vec![first.id];
        for name in ["b", "c", "d"] {
            let person = user(&organization, &format!("{name}@example.com"), Role::Member);
            users::insert(&mut tx, &person).await.unwrap();
            ids.push(person.id);
        }
        let listed = users::list(&mut tx, &organization, None, &page(2)).await.unwrap();
        assert_eq!(listed.iter().map(|row| &row.id).collect::<Vec<_>>(), ids.iter().take(3).collect::<Vec<_>>());
        let rest = users::list(&mut tx, &organization, Some(&ids[1]), &page(2)).await.unwrap();
        assert_eq!(rest.iter().map(|row| &row.id).collect::<Vec<_>>(), ids.iter().skip(2).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn only_admins_who_can_sign_in_count_as_other_admins() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, user: only, .. } = Place::insert(&mut tx, "acme").await;
        assert_eq!(users::other_admins(&mut tx, &organization, &only.id).await.unwrap(), 0);
        let mut disabled = user(&organization, "a@example.com", Role::Admin);
        disabled.is_disabled = true;
        let mut invited = user(&organization, "b@example.com", Role::Admin);
        invited.password_hash = None;
        let (member, admin) =
            (user(&organization, "c@example.com", Role::Member), user(&organization, "d@example.com", Role::Admin));
        for person in [&disabled, &invited, &member] {
            users::insert(&mut tx, person).await.unwrap();
        }
        assert_eq!(users::other_admins(&mut tx, &organization, &only.id).await.unwrap(), 0);
        users::insert(&mut tx, &admin).await.unwrap();
        assert_eq!(users::other_admins(&mut tx, &organization, &only.id).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn organization_names_are_not_unique() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let (first, second): (OrganizationId, OrganizationId) = (new_id(), new_id());
        assert!(organizations::named(&mut tx, "Acme").await.unwrap().is_empty());
        for id in [&first, &second] {
            organizations::insert(&mut tx, id, "Acme", NOW).await.unwrap();
        }
        organizations::insert(&mut tx, &new_id(), "acme", NOW).await.unwrap();
        let found = organizations::named(&mut tx, "Acme").await.unwrap();
        assert_eq!(found.into_iter().map(|row| (row.id, row.users)).collect::<Vec<_>>(), [(first.clone(), 0), (second, 0)]);
        assert_eq!(organizations::name(&mut tx, &first).await.unwrap(), "Acme");
        assert!(organizations::name(&mut tx, &new_id()).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn session_is_valid_until_expiry_idleness_sign_out_or_disabling() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let mut user = Place::insert(&mut tx, "acme").await.user;
        let id = insert_session(&mut tx, &user, "s").await;
        let found = sessions::find_live(&mut tx, "s", after(99), NOW).await.unwrap();
        assert!(found.is_none(), "a session last used at `idle_since` is idle");
        let found = sessions::find_live(&mut tx, "s", after(99), NOW - std::time::Duration::from_secs(1)).await.unwrap().unwrap();
        assert_eq!(
            (found.id, found.user_id, found.organization_id),
            (id.clone(), user.id.clone(), user.organization_id.clone()),
            "id, user id, organization id"
        );
        assert_eq!((found.name, found.role, found.last_seen_at), (user.name.clone(), user.role, NOW), "name, role, last seen at");
        assert!(sessions::find_live(&mut tx, "s", after(100), NOW - std::time::Duration::from_secs(1)).await.unwrap().is_none());
        sessions::touch(&mut tx, &id, after(50)).await.unwrap();
        assert_eq!(sessions::find_live(&mut tx, "s", after(99), NOW).await.unwrap().unwrap().last_seen_at, after(50));
        user.is_disabled = true;
        users::update(&mut tx, &user).await.unwrap();
        assert!(sessions::find_live(&mut tx, "s", after(99), NOW).await.unwrap().is_none());
        user.is_disabled = false;
        users::update(&mut tx, &user).await.unwrap();
        sessions::delete(&mut tx, "s").await.unwrap();
        assert!(sessions::find_live(&mut tx, "s", after(99), NOW).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn only_expired_sessions_are_removed() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let user = Place::insert(&mut tx, "acme").await.user;
        let used = insert_session(&mut tx, &user, "used").await;
        insert_session(&mut tx, &user, "idle").await;
        sessions::touch(&mut tx, &used, after(50)).await.unwrap();
        assert_eq!(sessions::delete_expired(&mut tx, after(60), after(40)).await.unwrap(), 1);
        assert_eq!(sessions::delete_expired(&mut tx, after(100), after(40)).await.unwrap(), 1);
        insert_session(&mut tx, &user, "again").await;
        sessions::delete_of_user(&mut tx, &user.organization_id, &user.id).await.unwrap();
        assert!(sessions::find_live(&mut tx, "again", NOW, NOW - std::time::Duration::from_secs(1)).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn api_tokens_are_found_by_digest_listed_by_owner_and_revoked() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let Place { organization, user: ada, .. } = Place::insert(&mut tx, "acme").await;
        let grace = user(&organization, "grace@example.com", Role::Member);
        users::insert(&mut tx, &grace).await.unwrap();
        let first = insert_token(&mut tx, &ada, "first").await;
        let second = insert_token(&mut tx, &grace, "second").await;
        let found = api_tokens::find_live(&mut tx, "second", after(99)).await.unwrap().unwrap();
        assert!(api_tokens::find_live(&mut tx, "second", after(100)).await.unwrap().is_none(), "expired");
        assert_eq!((found.id, found.user_id, found.role), (second.clone(), grace.id.clone(), Role::Member), "id, user id, role");
        assert_eq!(
            (found.name.as_str(), found.prefix.as_str(), found.last_used_at),
            ("token", "lct_abc", None),
            "name, prefix, last used at"
        );
        api_tokens::touch(&mut tx, &second, after(7)).await.unwrap();
        assert_eq!(api_tokens::find_live(&mut tx, "second", NOW).await.unwrap().unwrap().last_used_at, Some(after(7)));
        let all = api_tokens::list(&mut tx, &organization, None, None, &page(5)).await.unwrap();
        assert_eq!(all.iter().map(|row| &row.id).collect::<Vec<_>>(), [&second, &first]);
        let older = api_tokens::list(&mut tx, &organization, None, Some(&second), &page(5)).await.unwrap();
        assert_eq!(older.iter().map(|row| &row.id).collect::<Vec<_>>(), [&first]);
        let own = api_tokens::list(&mut tx, &organization, Some(&grace.id), None, &page(5)).await.unwrap();
        assert_eq!(own.iter().map(|row| &row.id).collect::<Vec<_>>(), [&second]);
        assert!(
            api_tokens::delete(&mut tx, &organization, Some(&grace.id), &first).await.unwrap().is_none(),
            "token of another user"
        );
        assert_eq!(api_tokens::delete(&mut tx, &organization, None, &first).await.unwrap().unwrap().name, "token");
        assert!(api_tokens::find_live(&mut tx, "first", NOW).await.unwrap().is_none());
        users::update(&mut tx, &users::UserRow { is_disabled: true, ..grace }).await.unwrap();
        assert!(api_tokens::find_live(&mut tx, "second", NOW).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn invitation_is_valid_once_and_until_it_expires() {
    on_every_database(async |opened| {
        let mut tx = opened.db.begin().await.unwrap();
        let user = Place::insert(&mut tx, "acme").await.user;
        let id = invite(&mut tx, &user, "digest").await;
        let found = invitations::find_live(&mut tx, "digest", after(99)).await.unwrap().unwrap();
        assert_eq!(
            (found.id, found.user_id, found.organization_id),
            (id.clone(), user.id, user.organization_id),
            "id, user id, organization id"
        );
        assert_eq!(
            (found.organization_name.as_str(), found.email.as_str()),
            ("acme", "acme@example.com"),
            "organization name, email"
        );
        assert!(invitations::find_live(&mut tx, "digest", after(100)).await.unwrap().is_none());
        assert!(invitations::take(&mut tx, &id).await.unwrap());
        assert!(!invitations::take(&mut tx, &id).await.unwrap());
    })
    .await;
}

async fn insert_session(tx: &mut lexicontract::db::Tx, user: &users::UserRow, digest: &str) -> SessionId {
    let id = new_id();
    let session = sessions::NewSession {
        id: &id,
        organization_id: &user.organization_id,
        user_id: &user.id,
        token_digest: digest,
        expires_at: after(100),
    };
    sessions::insert(tx, &session, NOW).await.unwrap();
    id
}

async fn insert_token(tx: &mut lexicontract::db::Tx, user: &users::UserRow, digest: &str) -> ApiTokenId {
    let id = new_id();
    let token = api_tokens::NewApiTokenRow {
        id: &id,
        organization_id: &user.organization_id,
        user_id: &user.id,
        name: "token",
        prefix: "lct_abc",
        token_digest: digest,
        expires_at: after(100),
    };
    api_tokens::insert(tx, &token, NOW).await.unwrap();
    id
}

async fn invite(tx: &mut lexicontract::db::Tx, user: &users::UserRow, digest: &str) -> InvitationId {
    let id = new_id();
    invitations::insert(tx, &id, &user.organization_id, &user.id, digest, NOW, after(100)).await.unwrap();
    id
}
