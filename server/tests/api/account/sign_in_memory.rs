//! Memory use of sign-ins in the built program.

use crate::support::call::ORIGIN;
use crate::support::program::{Running, Setting};
use crate::support::raw_http::RawRequest;
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::users::PASSWORD;

/// Maximum growth of memory use by 240 sign-ins, in KiB. Less than the 19 MiB of a single password hash.
const MAX_GROWTH: u64 = 18 * 1_024;

async fn post(address: &str, path: &str, body: &serde_json::Value) -> String {
    let told = RawRequest::post(path).json(body).send(address).await;
    told.head.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn sign_ins_free_their_memory() {
    on_every_database(async |opened| {
        let server = Running::start(&Setting::new(&opened), &[("RUST_LOG", "info"), ("PUBLIC_URL", ORIGIN)]).await;
        let before = server.anonymous_memory();
        let ada = json!({"organization": "Acme", "name": "Ada", "email": "ada@example.com", "password": PASSWORD});
        assert_eq!(post(&server.address, "/api/v1/auth/register", &ada).await, "HTTP/1.1 201 Created");
        let clients = (0..16).map(|_| async {
            for _ in 0..15 {
                assert_eq!(post(&server.address, "/api/v1/auth/login", &ada).await, "HTTP/1.1 200 OK");
            }
        });
        futures::future::join_all(clients).await;
        let after = server.anonymous_memory();
        println!("before {before} KiB, after {after} KiB");
        assert!(after.saturating_sub(before) < MAX_GROWTH, "before {before} KiB, after {after} KiB");
        server.end().await;
    })
    .await;
}
