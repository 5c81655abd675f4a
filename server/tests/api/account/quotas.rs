//! Quotas: the reported usage, and requests that exceed a quota.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use crate::support::server::Server;
use serde_json::json;

const FORM: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nRollout\r\n\
    --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nTen bytes.\r\n--b--\r\n";

fn upload(path: &str) -> Call {
    Call::post(path).header("content-type", "multipart/form-data; boundary=b").body(FORM)
}

#[tokio::test]
async fn every_role_reads_the_usage_of_its_organization() {
    let server = Server::with(&[("QUOTA_USERS", "0"), ("QUOTA_CONTRACTS", "7")]).await;
    let (ada, eve) = (server.admin("ada").await, server.admin("eve").await);
    let viewer = server.colleague(&ada, "vera", "viewer").await;
    assert_eq!(server.send(upload("/api/v1/contracts/").cookie(&ada.cookie)).await.status, 201);
    let usage = Call::get("/api/v1/organization/usage").cookie(&viewer.cookie);
    assert_eq!(
        server.send(usage).await.json(),
        json!({
            "storage_bytes": {"used": 10, "limit": 53_687_091_200_u64},
            "contracts": {"used": 1, "limit": 7},
            "uploads_per_hour": {"used": 1, "limit": 1_000},
            "waiting_deliveries": {"used": 0, "limit": 100_000},
            "users": {"used": 2, "limit": null},
        })
    );
    let usage = Call::get("/api/v1/organization/usage").cookie(&eve.cookie);
    assert_eq!(server.send(usage).await.json()["storage_bytes"]["used"], 0);
}

#[tokio::test]
async fn an_exceeded_quota_is_named_in_the_response_and_on_the_page() {
    let server = Server::with(&[("QUOTA_CONTRACTS", "1"), ("QUOTA_USERS", "1")]).await;
    let ada = server.admin("ada").await;
    assert_eq!(server.send(upload("/api/v1/contracts/").cookie(&ada.cookie)).await.status, 201);
    let refused = server.send(upload("/api/v1/contracts/").cookie(&ada.cookie)).await;
    assert_eq!((refused.status, refused.code().as_str()), (507, "quota_exceeded"), "{refused:?}");
    assert!(refused.json().get("request_id").is_none(), "{refused:?}");

    let form = server.send(upload("/actions/upload").cookie(&ada.cookie).header("accept", "text/html")).await;
    assert_eq!((form.status, form.location()), (303, "/contracts?problem=quota_contracts"), "{form:?}");
    let page = server.send(Call::get(form.location()).cookie(&ada.cookie).header("accept", "text/html")).await;
    assert!(String::from_utf8_lossy(&page.body).contains("limit of contracts"));

    let invite = "email=vera%40example.com&name=Vera&role=viewer";
    let form = Call::post("/actions/invite_user").cookie(&ada.cookie).header("accept", "text/html");
    let form = server.send(form.header("content-type", "application/x-www-form-urlencoded").body(invite)).await;
    assert!(form.status == 302 || form.status == 303, "{form:?}");
    assert!(form.location().contains("problem=quota_users"), "{form:?}");
}

#[tokio::test]
async fn uploads_per_hour_are_429_with_retry_after() {
    let server = Server::with(&[("QUOTA_UPLOADS_PER_HOUR", "1")]).await;
    let ada = server.admin("ada").await;
    assert_eq!(server.send(upload("/api/v1/contracts/").cookie(&ada.cookie)).await.status, 201);
    let refused = server.send(upload("/api/v1/contracts/").cookie(&ada.cookie)).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "quota_exceeded"), "{refused:?}");
    assert_eq!(refused.headers["retry-after"], "600");
}

#[tokio::test]
async fn a_webhook_over_its_quota_is_429_after_all_other_checks() {
    let connected = Connected::start(&[("QUOTA_WAITING_DELIVERIES", "1")]).await;
    let organization = connected.organization();
    let post = |body: &serde_json::Value| {
        Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", &connected.secret).json(body)
    };
    let first = json!({"OrganizationId": organization, "OpportunityId": "006ak00000OQ4Rx"});
    assert_eq!(connected.server.send(post(&first)).await.status, 202);
    let second = json!({"OrganizationId": organization, "OpportunityId": "006ak00000OQ4Ry"});
    let refused = connected.server.send(post(&second)).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "quota_exceeded"), "{refused:?}");
    assert_eq!(refused.headers["retry-after"], "60");
    assert_eq!(connected.server.send(post(&first)).await.json()["status"], "duplicate");
    for (body, status) in [
        (json!({"OrganizationId": "00Dxx0000001gPL", "OpportunityId": "006ak00000OQ4Ry"}), 401),
        (json!({"OrganizationId": organization, "OpportunityId": "x"}), 422),
    ] {
        assert_eq!(connected.server.send(post(&body)).await.status, status);
    }
}

#[tokio::test]
async fn an_upload_below_the_reserve_of_free_disk_is_507() {
    let server = Server::with(&[("MIN_FREE_DISK_BYTES", "18446744073709551615")]).await;
    let ada = server.admin("ada").await;
    let refused = server.send(upload("/api/v1/contracts/").cookie(&ada.cookie)).await;
    assert_eq!((refused.status, refused.code().as_str()), (507, "storage_full"), "{refused:?}");
    let form = server.send(upload("/actions/upload").cookie(&ada.cookie).header("accept", "text/html")).await;
    assert_eq!(form.location(), "/contracts?problem=storage_full");
}
