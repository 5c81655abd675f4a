//! Log lines at startup about the outbound proxy and about unusable file storage.

use crate::support::program::{Running, Setting};
use crate::support::raw_http::RawRequest;
use std::sync::Arc;
use std::time::Duration;
use test_support::databases::on_every_database;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

const BUCKET: [(&str, &str); 5] = [
    ("STORAGE_URL", "s3://contracts/documents"),
    ("AWS_ACCESS_KEY_ID", "AKIACANARY"),
    ("AWS_SECRET_ACCESS_KEY", "canary-of-the-bucket"),
    ("AWS_REGION", "us-east-1"),
    ("RUST_LOG", "info"),
];

/// Runs the program. Returns the body of `/readyz` and the log.
async fn run(setting: &Setting, more: &[(&str, &str)]) -> (String, String) {
    let server = Running::start(setting, more).await;
    let ready = RawRequest::get("/readyz").send(&server.address).await;
    assert_eq!(ready.status(), 200, "{}", ready.head);
    let logged = server.end().await;
    (String::from_utf8(ready.body).unwrap(), String::from_utf8_lossy(&logged).into_owned())
}

/// The address of a local port without a listener.
async fn closed_port() -> String {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn the_proxy_or_an_unused_variable_is_logged() {
    on_every_database(async |opened| {
        let setting = Setting::new(&opened);
        let ambient = ("HTTPS_PROXY", "http://ada:hunter2@proxy.example.com:3128");
        let (_, logged) = run(&setting, &[("RUST_LOG", "info"), ambient]).await;
        assert!(logged.contains("`HTTPS_PROXY` is set, but this server does not use it"), "{logged}");
        assert!(logged.contains("`OUTBOUND_PROXY`") && !logged.contains("hunter2"), "{logged}");
        let proxy = ("OUTBOUND_PROXY", "http://ada:hunter2@127.0.0.1:3128");
        let (_, logged) = run(&setting, &[("RUST_LOG", "trace"), ambient, proxy]).await;
        assert!(logged.contains("outgoing calls go through the proxy 127.0.0.1:3128"), "{logged}");
        assert!(!logged.contains("`HTTPS_PROXY` is set") && !logged.contains("hunter2"), "{logged}");
        let (ready, logged) = run(&setting, &[("RUST_LOG", "info")]).await;
        assert_eq!(ready, "ready\n");
        assert!(!logged.contains("through the proxy") && !logged.contains("_PROXY"), "{logged}");
    })
    .await;
}

#[tokio::test]
async fn unusable_storage_is_logged_and_shown_by_readyz() {
    on_every_database(async |opened| {
        let setting = Setting::new(&opened);
        let endpoint = format!("http://{}", closed_port().await);
        let (ready, logged) = run(&setting, &[&BUCKET[..], &[("AWS_ENDPOINT", endpoint.as_str())]].concat()).await;
        assert!(ready.starts_with("ready, but the file storage"), "{ready}");
        let line = logged.lines().find(|line| line.contains("\"ERROR\"")).unwrap_or_else(|| panic!("{logged}"));
        assert!(line.contains("The file storage of `STORAGE_URL` can't be used: it does not answer"), "{line}");
        assert!(!logged.contains("canary-of-the-bucket"), "{logged}");
    })
    .await;
}

#[tokio::test]
async fn storage_by_http_on_another_machine_is_rejected() {
    on_every_database(async |opened| {
        let setting = Setting::new(&opened);
        let endpoint = [("AWS_ENDPOINT", "http://minio.example:9000")];
        let output = setting.program(&[&BUCKET[..], &endpoint].concat()).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("`AWS_ENDPOINT`") && said.contains("`AWS_ALLOW_HTTP=true`"), "{said}");
        assert_eq!(said.trim().lines().filter(|line| !line.starts_with('{')).count(), 1, "{said}");
    })
    .await;
}

#[tokio::test]
async fn storage_requests_use_the_proxy() {
    on_every_database(async |opened| {
        let setting = Setting::new(&opened);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = format!("http://{}", listener.local_addr().unwrap());
        let first = Arc::new(tokio::sync::Mutex::new(String::new()));
        let record = first.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 1_024];
                let count = stream.read(&mut head).await.unwrap_or(0);
                *record.lock().await = String::from_utf8_lossy(&head[..count]).into_owned();
                drop(stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await);
            }
        });
        let endpoint = [("AWS_ENDPOINT", "https://storage.example"), ("OUTBOUND_PROXY", proxy.as_str())];
        let ran = timeout(Duration::from_secs(60), run(&setting, &[&BUCKET[..], &endpoint].concat())).await;
        let (ready, logged) = ran.unwrap();
        assert!(ready.starts_with("ready, but the file storage"), "{ready}\n{logged}");
        let asked = first.lock().await.clone();
        assert!(asked.starts_with("CONNECT storage.example:443 HTTP/1.1\r\n"), "{asked}");
    })
    .await;
}
