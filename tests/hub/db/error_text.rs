//! Log messages for database errors.

use super::rows::Place;
use lexicontract::db::Db;
use lexicontract::db::account::users;
use lexicontract::hub::{Error, chain};
use lexicontract::random::new_id;
use test_support::databases::on_every_database;

const TELLTALE: &str = "telltale-4711";

#[tokio::test]
async fn error_text_contains_code_and_constraint_but_no_values() {
    on_every_database(async |opened| {
        let is_sqlite = matches!(opened.db, Db::Sqlite { .. });
        let mut tx = opened.db.begin().await.unwrap();
        let place = Place::insert(&mut tx, "acme").await;
        let mut person = place.user.clone();
        (person.id, person.email) = (new_id(), format!("{TELLTALE}@example.com"));
        users::insert(&mut tx, &person).await.unwrap();
        person.id = new_id();
        let error = users::insert(&mut tx, &person).await.unwrap_err();
        assert!(is_sqlite || format!("{error:?}").contains(TELLTALE), "the driver knows the value: {error:?}");
        let expected = match is_sqlite {
            true => "could not use the database: database error 2067, constraint users.email_key",
            false => "could not use the database: database error 23505, constraint users_email_key_key, table users",
        };
        assert_eq!(chain(&Error::from(error)), expected);
        drop(tx);
        if let Db::Postgres { pool, .. } = &opened.db {
            let error = sqlx::query("SELECT CAST($1 AS integer)").bind(TELLTALE).execute(pool).await.unwrap_err();
            assert!(error.to_string().contains(TELLTALE), "PostgreSQL repeats the value: {error}");
            assert_eq!(chain(&error), "database error 22P02");
            let error = sqlx::query("SELECT * FROM nowhere").execute(pool).await.unwrap_err();
            assert!(chain(&error).starts_with("database error 42P01: relation \"nowhere\" does not exist"), "{}", chain(&error));
        }
        let decoding = sqlx::Error::ColumnDecode { index: "email".to_owned(), source: TELLTALE.into() };
        assert_eq!(chain(&decoding), "could not decode column email");
    })
    .await;
}
