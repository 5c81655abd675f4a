//! Files that cannot be downloaded because of their virus scan.

use crate::support::call::{Answer, Call};
use crate::support::server::{Person, Server};
use test_support::clamd::Scanner;

async fn upload(server: &Server, person: &Person) -> Answer {
    let form = "--b\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nNDA\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nAn agreement with EICAR.\r\n--b--\r\n";
    let call = Call::post("/api/v1/contracts/").cookie(&person.cookie);
    server.send(call.header("content-type", "multipart/form-data; boundary=b").body(form)).await
}

async fn page(server: &Server, person: &Person, path: &str) -> String {
    let answer = server.send(Call::get(path).cookie(&person.cookie)).await;
    assert_eq!(answer.status, 200, "{path}");
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[tokio::test]
async fn pending_and_infected_files_are_409_with_the_reason_on_the_pages() {
    let scanner = Scanner::start().await;
    let server = Server::with(&[("CLAMD_ADDR", &scanner.address.to_string())]).await;
    let ada = server.admin("ada").await;
    let made = upload(&server, &ada).await.json();
    let path = format!("/contracts/{}", made["id"].as_str().unwrap());
    let file = format!("/api/v1{path}/versions/1/file");
    for (status, name, words) in [
        ("pending", serde_json::Value::Null, "Waiting for the virus scan"),
        ("infected", "Eicar-Test-Signature".into(), "Infected: Eicar-Test-Signature"),
    ] {
        let contract = server.send(Call::get(&format!("/api/v1{path}")).cookie(&ada.cookie)).await.json();
        assert_eq!(contract["versions"][0]["scan"], serde_json::json!({"status": status, "name": name}));
        let withheld = server.send(Call::get(&file).cookie(&ada.cookie)).await;
        assert_eq!((withheld.status, withheld.code()), (409, "file_withheld".to_owned()), "{withheld:?}");
        let shown = page(&server, &ada, &path).await;
        assert!(shown.contains(words) && !shown.contains(&file), "{shown}");
        assert!(page(&server, &ada, &format!("{path}/compare?from=1&to=1")).await.contains("File withheld"));
        while server.hub.run_one_job(false).await.unwrap() {}
    }
    assert!(!page(&server, &ada, &path).await.contains("Analyse again"), "no retry offered");
}

#[tokio::test]
async fn without_a_scanner_the_page_shows_that_files_are_not_scanned() {
    let server = Server::start().await;
    let ada = server.admin("ada").await;
    let made = upload(&server, &ada).await.json();
    assert_eq!(made["versions"][0]["scan"], serde_json::json!({"status": "not_scanned", "name": null}));
    let path = format!("/contracts/{}", made["id"].as_str().unwrap());
    let shown = page(&server, &ada, &path).await;
    assert!(shown.contains("Not scanned for viruses") && shown.contains(&format!("/api/v1{path}/versions/1/file")));
}
