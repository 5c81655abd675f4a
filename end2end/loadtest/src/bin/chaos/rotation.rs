//! Kills the command `rotate-keys` repeatedly while a server runs.

use crate::fixture::{Fixture, Setting};
use crate::report::Report;
use loadtest::Outcome;
use loadtest::chance::Chance;
use loadtest::server::Plan;
use std::time::Duration;

const KILLS: usize = 20;
/// Number of encrypted values besides the copied credentials: the credentials and the signing key of the original connection, and
/// the server's three keys.
const ALSO_SEALED: u64 = 5;

/// Columns that are copied unchanged to each copy of the connection.
const COPIED: &str =
    "organization_id, integration_id, is_enabled, credentials, credentials_version, metadata, status, account_label, environment,
    external_account_id, connected_by, created_at, updated_at";

/// Copies a connection `credentials` times, and re-encrypts the credentials of all copies with a new key.
pub async fn run(setting: &Setting, credentials: u64, report: &mut Report) -> Outcome<()> {
    let (mut fixture, server) = setting.fixture("rotation").await?;
    let address = server.address;
    copy_connections(&fixture, credentials).await?;
    let old = fixture.plan.environment.get("FERNET_KEY").cloned().unwrap_or_default();
    let new = fernet::Fernet::generate_key();
    server.stop().await?;
    fixture.plan.set("FERNET_KEY", format!("{new},{old}"));
    let server = fixture.plan.start(address, &[]).await?;
    let kills = kill_rotations(&fixture.plan, setting, credentials).await?;
    report.did(format!("rotate-keys was killed {kills} times over {} values", credentials + ALSO_SEALED));
    let told = fixture.command(&["rotate-keys"]).await?;
    report.invariant(
        "it says when the old key may go",
        told.contains("key 2: 0 values; it can be removed"),
        told.trim().replace('\n', "; "),
    );
    server.stop().await?;
    fixture.plan.set("RUST_LOG", "info");
    fixture.plan.start(address, &[]).await?.stop().await?;
    let log = std::fs::read_to_string(fixture.plan.log(&format!("server-{}", address.port())))?;
    report.invariant("so does the server at its start", log.contains("opens no stored value"), "");
    fixture.plan.set("FERNET_KEY", new);
    let alone = fixture.command(&["rotate-keys"]).await;
    let evidence = alone.as_deref().unwrap_or("it refuses to start").trim().replace('\n', "; ");
    let is_all = alone.is_ok_and(|told| {
        told.contains(&format!("key 1 (encrypts): {} values", credentials + ALSO_SEALED)) && told.contains("no key: 0 values")
    });
    report.invariant("everything opens with the new key alone", is_all, evidence);
    Ok(())
}

/// Copies the only connection in the database `count` times. Each copy has a different host.
async fn copy_connections(fixture: &Fixture, count: u64) -> Outcome<()> {
    let sql = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         INSERT INTO organization_integrations (id, host, {COPIED})
         SELECT 'con_copy' || n.i, 'host' || n.i, {COPIED} FROM organization_integrations, n"
    );
    fixture.database.execute(&sql).await
}

/// Runs `rotate-keys` repeatedly, and kills it at a random moment or, if the binary supports fail points, at its fail point.
/// Returns the number of kills.
async fn kill_rotations(plan: &Plan, setting: &Setting, credentials: u64) -> Outcome<usize> {
    let mut chance = Chance::new(setting.seed);
    let mut kills = 0;
    for _ in 0..KILLS {
        let mut command = plan.command("rotate-keys")?;
        if setting.has_fail_points && chance.once_in(2) {
            // `rotate-keys` reaches the fail point once per batch of 100 values.
            command.env("LEXICONTRACT_FAIL_POINT", format!("keys-rotating:kill:{}", chance.between(1, credentials / 400 + 2)));
        }
        let mut child = command.arg("rotate-keys").spawn()?;
        let moment = Duration::from_millis(chance.between(30, 1_500));
        match tokio::time::timeout(moment, child.wait()).await {
            Ok(status) => kills += usize::from(!status?.success()),
            Err(_) => {
                child.kill().await?;
                kills += 1;
            }
        }
    }
    Ok(kills)
}
