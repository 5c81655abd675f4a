//! Connect links over HTTP: the API and forms of admins, and the pages of visitors without an account.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::{Person, Server};
use http::header::SET_COOKIE;
use salesforce_simulator::{Options, Simulator};
use serde_json::{Value, json};
use test_support::consent;
use test_support::databases::on_every_database;
use test_support::settings::SalesforceSettings;
use url::Url;

const LINKS: &str = "/api/v1/integrations/organization/connect-links";
const ACTION: &str = "/actions/start_connect_link";
const CALLBACK: &str = "/api/v1/integrations/salesforce/callback";
const FORM_PAGE: &str = "/integrations/connect/salesforce/link";

struct Scene {
    server: Server,
    ada: Person,
    _simulator: Simulator,
}

impl Scene {
    async fn start(more: &[(&str, &str)]) -> Self {
        let simulator = Simulator::start(Options::default()).await.unwrap();
        let salesforce = SalesforceSettings::of(&simulator);
        let settings = [more, &salesforce.pairs()].concat();
        let server = Server::with(&settings).await;
        let ada = server.admin("ada").await;
        Self { server, ada, _simulator: simulator }
    }

    async fn post(&self, body: &Value) -> Answer {
        self.server.send(Call::post(LINKS).cookie(&self.ada.cookie).json(body)).await
    }

    /// Creates a link. Returns the path of its page.
    async fn link(&self) -> String {
        let created = self.post(&json!({"integration_id": "int_salesforce"})).await;
        assert_eq!(created.status, 201, "{created:?}");
        Url::parse(created.json()["url"].as_str().unwrap()).unwrap().path().to_owned()
    }

    async fn connections(&self) -> Vec<Value> {
        let list = self.server.send(Call::get("/api/v1/integrations/organization").cookie(&self.ada.cookie)).await.json();
        list.as_array().unwrap().clone()
    }
}

/// A browser that has no account. It sends a cookie only to the path for which the cookie was set.
struct Visitor<'s> {
    server: &'s Server,
    cookies: Vec<(String, String)>,
}

impl<'s> Visitor<'s> {
    fn new(server: &'s Server) -> Self {
        Self { server, cookies: Vec::new() }
    }

    async fn send(&mut self, call: Call, path: &str) -> Answer {
        let sent = self.cookies.iter().filter(|(at, _)| path.split('?').next() == Some(at)).map(|(_, pair)| pair.clone());
        let sent = sent.collect::<Vec<_>>().join("; ");
        let call = call.header("accept", "text/html");
        let answer = self.server.send(if sent.is_empty() { call } else { call.header("cookie", &sent) }).await;
        for set in answer.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()) {
            let pair = set.split(';').next().unwrap().to_owned();
            let at = set.split("; ").find_map(|part| part.strip_prefix("Path=")).unwrap().to_owned();
            self.cookies.retain(|(other, _)| *other != at);
            self.cookies.push((at, pair));
        }
        answer
    }

    async fn open(&mut self, path: &str) -> Answer {
        self.send(Call::get(path), path).await
    }

    async fn press_continue(&mut self, page: &str) -> Answer {
        let body = format!("token={}", page.rsplit('/').next().unwrap());
        let form = Call::post(ACTION).header("content-type", "application/x-www-form-urlencoded");
        self.send(form.header("sec-fetch-site", "same-origin").body(body), ACTION).await
    }

    /// Opens the page, continues to Salesforce and decides there. Returns the path of the callback.
    async fn decide(&mut self, page: &str, decision: &str) -> String {
        assert_eq!(self.open(page).await.status, 200);
        let continued = self.press_continue(page).await;
        assert_eq!(continued.status, 302, "{continued:?}");
        let back = consent::decide(&Url::parse(continued.location()).unwrap(), decision).await;
        format!("{}?{}", back.path(), back.query().unwrap())
    }
}

fn text(answer: &Answer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[tokio::test]
async fn visitor_without_an_account_connects_and_an_admin_confirms() {
    on_every_database(async |opened| {
        let files = format!("file://{}/files", opened.folder.display());
        let scene = Scene::start(&[("DATABASE_URL", opened.url.expose().as_str()), ("STORAGE_URL", files.as_str())]).await;
        let page = scene.link().await;
        assert!(page.starts_with("/connect/lccl_"), "{page}");
        let mut dana = Visitor::new(&scene.server);
        let asked = dana.open(&page).await;
        assert_eq!((asked.status, &asked.headers["cache-control"]), (200, &"no-store".parse().unwrap()), "status, caching");
        assert_eq!(asked.headers["x-robots-tag"], "noindex");
        assert_eq!(asked.headers["referrer-policy"], "same-origin");
        for words in
            ["ada@example.com", "Not verified", "Connect Salesforce", "Continue to Salesforce", "api refresh_token openid"]
        {
            assert!(text(&asked).contains(words), "{words} {}", text(&asked));
        }
        let callback = dana.decide(&page, "allow").await;
        for _ in 0..2 {
            let back = dana.open(&callback).await;
            assert_eq!((back.status, back.location()), (303, page.as_str()), "{back:?}");
            assert_eq!(back.headers["referrer-policy"], "no-referrer");
        }
        let thanks = dana.open(&page).await;
        assert_eq!(thanks.status, 200);
        for words in ["Thank you", "Acme Corporation", "Dana Whitfield", "What happens next", "Connected Apps OAuth Usage"] {
            assert!(text(&thanks).contains(words), "{words} {}", text(&thanks));
        }
        let other = Visitor::new(&scene.server).open(&page).await;
        assert_eq!(other.status, 404, "{other:?}");
        assert!(text(&other).contains("Ask that person for a new link"), "{}", text(&other));
        let held = scene.connections().await.remove(0);
        assert_eq!(
            (&held["status"], &held["confirmation"]["started_by"]),
            (&json!("needs_confirmation"), &json!("a connect link of ada"))
        );
        let confirm = format!("/api/v1/integrations/organization/{}/confirm", held["id"].as_str().unwrap());
        let confirmed = scene.server.send(Call::post(&confirm).cookie(&scene.ada.cookie)).await;
        assert_eq!((confirmed.status, &confirmed.json()["status"]), (200, &json!("connected")), "{confirmed:?}");
        assert!(text(&dana.open(&page).await).contains("has confirmed the connection"));
    })
    .await;
}

#[tokio::test]
async fn cookies_of_a_visitor_are_bound_to_three_paths() {
    let scene = Scene::start(&[]).await;
    let page = scene.link().await;
    let asked = scene.server.send(Call::get(&page).header("accept", "text/html")).await;
    let set: Vec<_> = asked.headers.get_all(SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
    for (cookie, path) in set.iter().zip([page.as_str(), ACTION, CALLBACK]) {
        let attributes = format!("; Path={path}; Max-Age=900; HttpOnly; SameSite=Lax");
        assert!(cookie.starts_with("lexicontract_connect=") && cookie.ends_with(&attributes), "{cookie}");
    }
    assert_eq!(set.len(), 3, "{set:?}");
    let mut visitor = Visitor::new(&scene.server);
    visitor.open(&page).await;
    let first = visitor.press_continue(&page).await;
    let second = visitor.press_continue(&page).await;
    for continued in [second, first] {
        let back = consent::allow(&Url::parse(continued.location()).unwrap()).await;
        let back = visitor.open(&format!("{}?{}", back.path(), back.query().unwrap())).await;
        assert!(back.location().starts_with(&page), "both flows of a double click belong to the browser: {back:?}");
    }
}

#[tokio::test]
async fn another_browser_cannot_finish_the_flow() {
    let scene = Scene::start(&[]).await;
    let page = scene.link().await;
    let lost = "/connect?error=state_invalid";
    let is_lost = |answer: &Answer| answer.status == 303 && answer.location() == lost;
    let mut dana = Visitor::new(&scene.server);
    let callback = dana.decide(&page, "allow").await;
    let scanner = Visitor::new(&scene.server).open(&callback).await;
    assert!(is_lost(&scanner), "{scanner:?}");
    let maker = scene.server.send(Call::get(&callback).header("cookie", &scene.ada.cookie)).await;
    assert!(is_lost(&maker), "{maker:?}");
    let mut eve = Visitor::new(&scene.server);
    eve.open(&page).await;
    let stolen = eve.open(&callback).await;
    assert!(is_lost(&stolen), "{stolen:?}");
    let late = dana.open(&callback).await;
    assert!(is_lost(&late), "the state was consumed: {late:?}");
    assert!(text(&dana.open("/connect?error=state_invalid").await).contains("Open the link that you received again"));
    assert_eq!(dana.open("/connect").await.status, 404);
    assert!(scene.connections().await.is_empty());

    let start = Call::post("/api/v1/integrations/organization/int_salesforce").cookie(&scene.ada.cookie);
    let begun = scene.server.send(start.json(&json!({}))).await.json();
    let back = consent::allow(&Url::parse(begun["authorization_url"].as_str().unwrap()).unwrap()).await;
    let back = dana.open(&format!("{}?{}", back.path(), back.query().unwrap())).await;
    assert_eq!(back.location(), "/integrations?error=state_invalid", "the flow of a session");
    assert!(scene.connections().await.is_empty());
}

#[tokio::test]
async fn denied_consent_is_shown_on_the_page_of_the_link() {
    let scene = Scene::start(&[]).await;
    let page = scene.link().await;
    let mut dana = Visitor::new(&scene.server);
    let callback = dana.decide(&page, "deny").await;
    let back = dana.open(&callback).await;
    assert!(back.location().starts_with(&format!("{page}?error=access_denied")), "{back:?}");
    let again = text(&dana.open(&page).await);
    let shown = text(&dana.send(Call::get(back.location()), &page).await);
    assert!(shown.contains("Access was denied in Salesforce") && shown.contains("Continue to Salesforce"), "{shown}");
    assert!(!again.contains("Access was denied"));
    let callback = dana.decide(&page, "allow").await;
    assert_eq!(dana.open(&callback).await.location(), page);
}

#[tokio::test]
async fn foreign_pages_cannot_start_the_flow() {
    let scene = Scene::start(&[]).await;
    let page = scene.link().await;
    let body = format!("token={}", page.rsplit('/').next().unwrap());
    for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
        let form = Call::post(ACTION).header("content-type", "application/x-www-form-urlencoded").header(name, value);
        let answer = scene.server.send(form.header("accept", "text/html").body(body.clone())).await;
        assert_eq!(answer.status, 403, "{name}: {value} {answer:?}");
    }
    let answer = scene.server.send(Call::get(ACTION).header("accept", "text/html")).await;
    assert!(answer.status == 303 && answer.location().starts_with("/login?next="), "a GET starts no flow: {answer:?}");
}

#[tokio::test]
async fn admins_create_list_and_revoke_links_with_the_api() {
    let scene = Scene::start(&[]).await;
    let created = scene.post(&json!({"integration_id": "int_salesforce", "environment": "sandbox"})).await;
    assert_eq!(created.status, 201, "{created:?}");
    let created = created.json();
    let page = Url::parse(created["url"].as_str().unwrap()).unwrap().path().to_owned();
    let list = async || scene.server.send(Call::get(LINKS).cookie(&scene.ada.cookie)).await.json();
    let listed = list().await;
    assert_eq!((&listed[0]["id"], &listed[0]["environment"]), (&created["id"], &json!("sandbox")), "{listed}");
    assert_eq!((&listed[0]["created_by"], &listed[0]["integration"]["slug"]), (&json!("ada"), &json!("salesforce")), "{listed}");
    assert!(!listed.to_string().contains("lccl_"), "{listed}");
    for (body, status, code) in [
        (json!({"integration_id": "int_pipedrive"}), 422, "invalid_field"),
        (json!({"integration_id": "int_unknown"}), 404, "not_found"),
        (json!({"integration_id": "int_salesforce", "environment": "moon"}), 422, "invalid_field"),
        (json!({"integration_id": "int_salesforce", "environment": "my_domain", "domain": "evil.example"}), 422, "invalid_field"),
        (json!({}), 422, "invalid_field"),
    ] {
        let answer = scene.post(&body).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body} {answer:?}");
    }
    let path = format!("{LINKS}/{}", created["id"].as_str().unwrap());
    assert_eq!(scene.server.send(Call::new("DELETE", &path).cookie(&scene.ada.cookie)).await.status, 204);
    assert_eq!(scene.server.send(Call::new("DELETE", &path).cookie(&scene.ada.cookie)).await.status, 404);
    assert_eq!(list().await, json!([]));
    assert_eq!(Visitor::new(&scene.server).open(&page).await.status, 404);
}

#[tokio::test]
async fn a_connected_environment_has_no_new_link() {
    let connected = Connected::start(&[]).await;
    let call = Call::post(LINKS).cookie(&connected.admin.cookie).json(&json!({"integration_id": "int_salesforce"}));
    let answer = connected.server.send(call).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "already_connected"), "{answer:?}");
}

#[tokio::test]
async fn forms_create_a_link_that_is_shown_once_and_revoke_it() {
    let scene = Scene::start(&[]).await;
    let form = |action: &str, body: &str| {
        let call = Call::post(action).cookie(&scene.ada.cookie).header("accept", "text/html");
        scene.server.send(call.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned()))
    };
    let created = form("/actions/create_connect_link", "integration=int_salesforce&environment=production&domain=").await;
    assert_eq!(created.location(), format!("{FORM_PAGE}?done=connect_link_created"), "{created:?}");
    let cookies = format!("{}; {}", scene.ada.cookie, created.cookie_named("lexicontract_once"));
    let open = |cookies: String| scene.server.send(Call::get(FORM_PAGE).header("cookie", &cookies).header("accept", "text/html"));
    assert!(text(&open(cookies).await).contains("/connect/lccl_"));
    let listed = text(&open(scene.ada.cookie.clone()).await);
    assert!(!listed.contains("lccl_") && listed.contains("Revoke link"), "{listed}");
    let board = scene.server.send(Call::get("/integrations").cookie(&scene.ada.cookie).header("accept", "text/html")).await;
    assert!(text(&board).contains("Open connect links: Production"), "{}", text(&board));
    let wrong =
        form("/actions/create_connect_link", "integration=int_salesforce&environment=my_domain&domain=evil.example").await;
    assert!(wrong.location().starts_with(&format!("{FORM_PAGE}?problem=domain")), "{wrong:?}");
    let list = scene.server.send(Call::get(LINKS).cookie(&scene.ada.cookie)).await.json();
    let revoke = format!("link={}&integration=int_salesforce", list[0]["id"].as_str().unwrap());
    let revoked = form("/actions/revoke_connect_link", &revoke).await;
    assert_eq!(revoked.location(), format!("{FORM_PAGE}?done=connect_link_revoked"), "{revoked:?}");
    let again = form("/actions/revoke_connect_link", &revoke).await;
    assert_eq!(again.location(), format!("{FORM_PAGE}?problem=not_found"), "{again:?}");
}

#[tokio::test]
async fn a_visitor_of_another_organization_connects_the_organization_of_the_link() {
    let scene = Scene::start(&[]).await;
    let page = scene.link().await;
    let eve = scene.server.admin("eve").await;
    let as_eve = scene.server.send(Call::get(&page).header("cookie", &eve.cookie).header("accept", "text/html")).await;
    assert!(text(&as_eve).contains("You are signed in to eve."), "{}", text(&as_eve));
    let as_ada = scene.server.send(Call::get(&page).header("cookie", &scene.ada.cookie).header("accept", "text/html")).await;
    assert!(!text(&as_ada).contains("You are signed in to"), "{}", text(&as_ada));
    let mut dana = Visitor::new(&scene.server);
    let callback = dana.decide(&page, "allow").await;
    let link_cookie = dana.cookies.iter().find(|(path, _)| path == CALLBACK).unwrap().1.clone();
    let both = format!("{}; {link_cookie}", eve.cookie);
    let back = scene.server.send(Call::get(&callback).header("cookie", &both)).await;
    assert_eq!(back.location(), page);
    assert_eq!(scene.connections().await.len(), 1);
    let of_eve = scene.server.send(Call::get("/api/v1/integrations/organization").cookie(&eve.cookie)).await.json();
    assert_eq!(of_eve, json!([]));
}

#[tokio::test]
async fn too_many_requests_for_links_are_429() {
    let scene = Scene::start(&[("RATE_LIMIT_FACTOR", "0.05")]).await;
    let page = scene.link().await;
    let mut visitor = Visitor::new(&scene.server);
    for _ in 0..3 {
        assert_eq!(visitor.open("/connect/lccl_wrong").await.status, 404);
    }
    let limited = visitor.open(&page).await;
    assert_eq!((limited.status, limited.headers.contains_key("retry-after")), (429, true), "{limited:?}");
}
