//! A visitor without an account connects Salesforce by a connect link.

use super::{API, Flows};
use crate::support::raw_http::RawRequest;
use serde_json::json;
use test_support::consent;
use url::Url;

impl Flows {
    /// Creates a connect link, opens its page, and consents as a visitor without an account.
    pub async fn connect_link(&mut self) {
        let path = format!("{API}/integrations/organization/connect-links");
        let body = json!({"integration_id": "int_salesforce", "environment": "sandbox"});
        let created = self.post(&path, &body).await.json();
        let page = Url::parse(created["url"].as_str().unwrap()).unwrap().path().to_owned();
        let token = page.rsplit('/').next().unwrap().to_owned();
        let places = [&format!("POST {path}"), "connect link", "start of a connect link", "callback of a connect link"];
        self.add("connect link", &token, &places);
        let asked = self.send("connect link", RawRequest::get(&page)).await;
        assert_eq!(asked.status(), 200);
        let request = RawRequest::post("/actions/start_connect_link").form(&format!("token={token}"));
        let started = self.send("start of a connect link", request).await;
        let address = Url::parse(started.header("location").unwrap()).unwrap();
        let back = consent::allow(&address).await;
        let cookie = started.head.lines().find(|line| line.contains("Path=/api/v1/integrations/salesforce/callback"));
        let cookie = cookie.unwrap().split([' ', ';']).nth(1).unwrap().to_owned();
        let value = |name: &str| back.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        self.add("state of a connect link", &value("state"), &["start of a connect link"]);
        self.add("code of a connect link", &value("code"), &[]);
        let request = RawRequest::get(&format!("{}?{}", back.path(), back.query().unwrap())).header("cookie", &cookie);
        let finished = self.send("callback of a connect link", request).await;
        assert_eq!(finished.header("location"), Some(page.as_str()), "{}", finished.head);
        assert_eq!(self.send("connect link", RawRequest::get(&page)).await.status(), 404);
        self.keep_tokens();
    }
}
