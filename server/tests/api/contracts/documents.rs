//! Upload and download of documents.

use crate::support::call::{Answer, Call};
use crate::support::server::{Person, Server};
use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use lexicontract::db::Db;
use lexicontract::db::contracts::analyses;
use lexicontract::domain::contract::analysis::Findings;
use lexicontract::secret::Secret;
use std::convert::Infallible;

const TITLE: &str = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nMaster Agreement\r\n";

fn file(name: &str, content: &str) -> String {
    format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n{content}\r\n")
}

async fn upload(server: &Server, token: &str, parts: &[&str]) -> Answer {
    let body = format!("{}--b--\r\n", parts.concat());
    let call = Call::post("/api/v1/contracts/").token(token).header("content-type", "multipart/form-data; boundary=b");
    server.send(call.body(body)).await
}

#[tokio::test]
async fn a_document_is_downloaded_as_attachment_for_any_order_of_fields() {
    let server = Server::start().await;
    let token = server.token(&server.admin("ada").await).await;
    let file = file("Vertr\u{e4}ge.txt", "This agreement is made between Acme and Globex.");
    for parts in [[TITLE, &file], [&file, TITLE]] {
        let made = upload(&server, &token, &parts).await;
        assert_eq!((made.status, made.json()["title"].as_str()), (201, Some("Master Agreement")), "{made:?}");
        let id = made.json()["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/contracts/{id}/versions/1/file");
        let answer = server.send(Call::get(&path).token(&token)).await;
        assert_eq!(answer.body, "This agreement is made between Acme and Globex.");
        assert_eq!(answer.headers["content-length"], "47");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["content-security-policy"], "sandbox; default-src 'none'");
        let disposition = answer.headers["content-disposition"].to_str().unwrap();
        assert_eq!(disposition, "attachment; filename=\"Vertr_ge.txt\"; filename*=UTF-8''Vertr%C3%A4ge.txt");
        for unknown in ["2", "0", "-1", "x", "99999999999999999999"] {
            let path = format!("/api/v1/contracts/{id}/versions/{unknown}/file");
            assert_eq!(server.send(Call::get(&path).token(&token)).await.status, 404, "{unknown}");
        }
    }
}

#[tokio::test]
async fn an_incomplete_form_is_422() {
    let server = Server::start().await;
    let token = server.token(&server.admin("ada").await).await;
    let file = file("a.txt", "x");
    for parts in [&[TITLE][..], &[&file], &[], &[TITLE, &self::file("", "")], &[TITLE, &self::file("a.txt", "")]] {
        let answer = upload(&server, &token, parts).await;
        assert_eq!(answer.status, 422, "{parts:?} {answer:?}");
    }
    let json = Call::post("/api/v1/contracts/").token(&token).json(&serde_json::json!({"title": "x"}));
    assert_eq!(server.send(json).await.status, 415);
}

#[tokio::test]
async fn a_file_over_the_limit_is_413_with_and_without_a_length() {
    let server = Server::start().await;
    let token = server.token(&server.admin("ada").await).await;
    let large = file("a.txt", &"x".repeat(100_001));
    for parts in [[TITLE, &large], [&large, TITLE]] {
        assert_eq!(upload(&server, &token, &parts).await.status, 413);
    }
    let claimed = Call::post("/api/v1/contracts/").token(&token).header("content-type", "multipart/form-data; boundary=b");
    assert_eq!(server.send(claimed.header("content-length", "999999999")).await.status, 413);
    let contracts = server.send(Call::get("/api/v1/contracts/").token(&token)).await.json();
    assert_eq!(contracts["items"], serde_json::json!([]));
}

#[tokio::test]
async fn an_unsupported_file_is_415_and_the_form_names_the_accepted_types() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let token = server.token(&ada).await;
    for (name, content) in [
        ("invoice.pdf.exe", "MZ"),
        ("x.html", "<html><script>alert(1)</script>"),
        ("x.svg", "<svg/>"),
        ("eicar.pdf", r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"),
        ("agreement", "%PDF-1.7"),
        ("page.txt", "  <!DOCTYPE html>"),
        ("empty.docx", "PK\u{5}\u{6}"),
    ] {
        let file = file(name, content);
        for parts in [[TITLE, &file], [&file, TITLE]] {
            let answer = upload(&server, &token, &parts).await;
            assert_eq!((answer.status, answer.code()), (415, "unsupported_file".to_owned()), "{name} {answer:?}");
        }
        let form = Call::post("/actions/upload").cookie(&ada.cookie).header("accept", "text/html");
        let form = form.header("content-type", "multipart/form-data; boundary=b").body(format!("{TITLE}{file}--b--\r\n"));
        let back = server.send(form).await;
        assert!(back.status == 303 && back.location().starts_with("/contracts?problem=unsupported_file_"), "{back:?}");
        let cookie = format!("{}; {}", ada.cookie, back.cookie());
        let page = server.send(Call::get(back.location()).header("cookie", &cookie)).await;
        let page = String::from_utf8(page.body.to_vec()).unwrap();
        assert!(
            page.contains("Accepted file types: PDF, DOCX, DOC, ODT, RTF and TXT") && page.contains("Master Agreement"),
            "{page}"
        );
    }
    assert_eq!(server.send(Call::get("/api/v1/contracts/").token(&token)).await.json()["items"], serde_json::json!([]));
}

/// Creates a contract with one version that has this text. Returns the path of the contract's page.
async fn contract_with_text(server: &Server, admin: &Person, text: &str) -> String {
    let token = server.token(admin).await;
    let made = upload(server, &token, &[TITLE, &file("a.txt", "x")]).await.json();
    let (organization, contract) = (admin.me["organization"]["id"].as_str().unwrap(), made["id"].as_str().unwrap());
    let (organization, contract_id) = (organization.parse().unwrap(), contract.parse().unwrap());
    let mut tx = Db::connect(&server.hub.config().database_url).await.unwrap().begin().await.unwrap();
    let version = analyses::of_contract(&mut tx, &organization, &contract_id).await.unwrap().remove(0).version_id;
    let findings = Findings { summary: String::new(), clauses: Vec::new(), risks: Vec::new(), engine: "test".to_owned() };
    analyses::complete(&mut tx, &organization, &version, &findings, text, false, server.hub.clock().now()).await.unwrap();
    tx.commit().await.unwrap();
    format!("/contracts/{contract}")
}

#[tokio::test]
async fn long_versions_are_compared_up_to_a_limit() {
    let server = Server::start().await;
    let admin = server.admin("ada").await;
    let contract = contract_with_text(&server, &admin, &"A line of a very long contract.\n".repeat(20_000)).await;
    let path = format!("{contract}/compare?from=1&to=1");
    let answer = server.send(Call::get(&path).cookie(&admin.cookie)).await;
    let page = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(answer.status, 200);
    assert!(page.contains("Only the beginning is compared") && page.contains("Nothing changed in the part that was compared."));
    assert!(page.contains(&format!("/api/v1{contract}/versions/1/file")), "the file is offered");
    assert!(page.len() < 1_000_000, "{}", page.len());
}

#[tokio::test]
async fn too_many_concurrent_comparisons_are_503_with_retry_after() {
    let server = Server::start().await;
    let (loud, quiet) = (server.admin("ada").await, server.admin("grace").await);
    let session = Secret::new(loud.cookie.split_once('=').unwrap().1.to_owned());
    let actor = server.hub.actor_of_session(&session).await.unwrap().unwrap();
    let _permits = [server.hub.diff_permit(&actor).await.unwrap(), server.hub.diff_permit(&actor).await.unwrap()];
    for (person, status, retry_after) in [(&loud, 503, Some("5")), (&quiet, 200, None)] {
        let path = format!("{}/compare?from=1&to=1", contract_with_text(&server, person, "A contract.\n").await);
        let answer = server.send(Call::get(&path).cookie(&person.cookie)).await;
        let header = answer.headers.get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!((answer.status, header), (status, retry_after), "status, Retry-After");
    }
}

/// Uploads the body in chunks of `piece` bytes.
async fn upload_in_pieces(server: &Server, token: &str, body: String, piece: usize) -> Answer {
    let pieces: Vec<_> = body.as_bytes().chunks(piece).map(Bytes::copy_from_slice).collect();
    let pieces = stream::iter(pieces).then(async |piece| {
        tokio::task::yield_now().await;
        Ok::<_, Infallible>(piece)
    });
    let call = Call::post("/api/v1/contracts/").token(token).header("content-type", "multipart/form-data; boundary=b");
    server.send(call.body(Body::from_stream(pieces))).await
}

fn text(name: &str, value: &str) -> String {
    format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

#[tokio::test]
async fn everything_except_the_file_is_limited_before_decoding() {
    let server = Server::start().await;
    let token = server.token(&server.admin("ada").await).await;
    let (file, end) = (file("a.txt", "An agreement."), "--b--\r\n");
    let long = "x".repeat(100_000);
    let header = format!("--b\r\nx-long: {long}\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nA\r\n");
    for (what, body, status) in [
        ("the longest title", format!("{}{file}{end}", text("title", &"𝔸".repeat(255))), 201),
        ("a longer title", format!("{}{file}{end}", text("title", &"x".repeat(1_025))), 422),
        ("a longer title after its file", format!("{file}{}{end}", text("title", &"x".repeat(1_025))), 422),
        ("the longest form id", format!("{}{TITLE}{file}{end}", text("form_id", &"x".repeat(200))), 201),
        ("a longer form id", format!("{}{TITLE}{file}{end}", text("form_id", &"x".repeat(201))), 422),
        ("a long unknown part", format!("{}{TITLE}{file}{end}", text("other", &long)), 413),
        ("the same after the file", format!("{file}{}{TITLE}{end}", text("other", &long)), 413),
        ("a long header of a part", format!("{header}{file}{end}"), 413),
        ("the same after the file", format!("{file}{header}{end}"), 413),
        ("a long preamble", format!("{long}\r\n{TITLE}{file}{end}"), 413),
        ("many parts", format!("{}{TITLE}{file}{end}", text("other", "x").repeat(20)), 413),
        ("two files", format!("{file}{file}{TITLE}{end}"), 422),
        ("a part without an end", format!("{TITLE}--b\r\n"), 422),
    ] {
        let answer = upload_in_pieces(&server, &token, body, 1_000).await;
        assert_eq!(answer.status, status, "{what} {answer:?}");
    }
}

#[tokio::test]
async fn a_file_of_the_maximum_size_is_accepted_in_any_order_and_chunk_size() {
    let server = Server::start().await;
    let token = server.token(&server.admin("ada").await).await;
    let file = file("a.txt", &"x".repeat(100_000));
    for (order, piece) in [([TITLE, &file], 7), ([TITLE, &file], 65_536), ([&file, TITLE], 100), ([&file, TITLE], 1_000_000)] {
        let made = upload_in_pieces(&server, &token, format!("{}--b--\r\n", order.concat()), piece).await;
        assert_eq!(made.status, 201, "{piece} {made:?}");
        let path = format!("/api/v1/contracts/{}/versions/1/file", made.json()["id"].as_str().unwrap());
        assert_eq!(server.send(Call::get(&path).token(&token)).await.body, vec![b'x'; 100_000]);
    }
}
