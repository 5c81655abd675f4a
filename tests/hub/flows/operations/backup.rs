//! Backup of a running server, and restore of the backup.

use futures::TryStreamExt;
use lexicontract::db::Db;
use lexicontract::domain::contract::NegotiationStatus;
use lexicontract::random::{bytes, hex};
use lexicontract::services::Client;
use lexicontract::vault::Vault;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use std::fs;
use std::path::Path;
use std::process::Command;
use test_support::databases::{Opened, on_every_database};
use test_support::fixture::{Connected, file, open_hub};
use test_support::settings::FERNET_KEY;
use test_support::users::PASSWORD;
use url::Url;

const DOCUMENT: &[u8] = b"%PDF-1.7 This agreement is made between Acme and Globex.";

/// Backs up a running server as `docs/operations.md` describes: the database first, then the files. Returns the restored copy.
async fn back_up(opened: &Opened) -> Opened {
    let folder = opened.folder.join("restored");
    fs::create_dir_all(&folder).unwrap();
    let url = match &opened.db {
        Db::Sqlite { .. } => {
            let copy = folder.join("lexicontract.db");
            let sql = format!("VACUUM INTO '{}'", copy.display());
            let mut connection = SqliteConnection::connect(opened.url.expose()).await.unwrap();
            sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
            format!("sqlite://{}", copy.display())
        }
        Db::Postgres { pool, .. } => {
            let (dump, name) = (folder.join("lexicontract.dump"), format!("restored_{}", hex(&bytes::<8>())));
            run("pg_dump", &["--format=custom", "--file", dump.to_str().unwrap(), opened.url.expose()]);
            sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(pool).await.unwrap();
            let mut url = Url::parse(opened.url.expose()).unwrap();
            url.set_path(&name);
            run("pg_restore", &["--no-owner", "--dbname", url.as_str(), dump.to_str().unwrap()]);
            url.into()
        }
    };
    copy(&opened.folder.join("files"), &folder.join("files"));
    let url = lexicontract::secret::Secret::new(url);
    Opened { db: Db::connect(&url).await.unwrap(), url, folder }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

async fn drop_restored(opened: &Opened, restored: &Opened) {
    restored.db.close().await;
    if let Db::Postgres { pool, .. } = &opened.db {
        let name = Url::parse(restored.url.expose()).unwrap().path().trim_start_matches('/').to_owned();
        sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(pool).await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_of_a_running_server_restores_everything() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, DOCUMENT)));
        let contract = fixture.deliver_contract(&opportunity).await;
        let restored = back_up(&opened).await;
        fixture.hub.change_status(&fixture.admin, &contract.id, NegotiationStatus::Signed).await.unwrap();

        let hub = open_hub(&restored, Some(&fixture.simulator), &[]).await.unwrap();
        let found = hub.contract(&fixture.admin, &contract.id).await.unwrap();
        assert_eq!(found.negotiation_status, NegotiationStatus::Draft, "the status at the time of the backup");
        let document = hub.version_file(&fixture.admin, &contract.id, 1).await.unwrap();
        assert_eq!(document.bytes.try_collect::<Vec<_>>().await.unwrap().concat(), DOCUMENT);
        assert!(hub.webhook_caller(&fixture.secret).await.unwrap().is_some(), "Salesforce needs no new secret");
        let test = hub.test_connection(&fixture.admin, &fixture.connection.id).await.unwrap();
        assert!(test.checks[0].ok, "the connection needs no new consent: {test:?}");
        assert!(hub.sign_in("ada@example.com", PASSWORD.into(), &Client::default()).await.is_ok());
        hub.close().await;

        let other = Vault::generate_key();
        let refused = open_hub(&restored, None, &[("FERNET_KEY", other.expose())]).await.err().unwrap();
        assert!(refused.0.contains("`FERNET_KEY` opens 0 of"), "{refused}");
        let both = format!("{},{FERNET_KEY}", other.expose());
        let hub = open_hub(&restored, None, &[("FERNET_KEY", &both)]).await.unwrap();
        hub.close().await;
        drop_restored(&opened, &restored).await;
    })
    .await;
}
