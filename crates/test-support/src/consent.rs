//! Decisions on the consent page of the simulated Salesforce.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// Chooses Allow on the consent page at this authorization URL. Returns the callback URL.
pub async fn allow(authorize: &Url) -> Url {
    decide(authorize, "allow").await
}

/// Submits the consent page with the decision `allow` or `deny`. Returns the callback URL.
pub async fn decide(authorize: &Url, decision: &str) -> Url {
    let form = format!("{}&decision={decision}", authorize.query().unwrap());
    let host = format!("{}:{}", authorize.host_str().unwrap(), authorize.port().unwrap());
    let head = "connection: close\r\ncontent-type: application/x-www-form-urlencoded";
    let request =
        format!("POST {} HTTP/1.1\r\nhost: {host}\r\n{head}\r\ncontent-length: {}\r\n\r\n{form}", authorize.path(), form.len());
    let mut stream = TcpStream::connect(&host).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let location = answer.lines().find_map(|line| line.strip_prefix("location: "));
    Url::parse(location.unwrap_or_else(|| panic!("{answer}")).trim()).unwrap()
}
