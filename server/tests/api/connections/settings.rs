//! Concurrent changes to the settings of a connection.

use crate::support::call::{Answer, Call};
use crate::support::salesforce::Connected;
use crate::support::server::Person;
use serde_json::{Value, json};
use url::form_urlencoded;

/// The value of the hidden field `seen` in the settings form.
fn seen(page: &str) -> String {
    let value = page.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    value.replace("&quot;", "\"").replace("&amp;", "&")
}

impl Connected {
    fn id(&self) -> &str {
        self.connection["id"].as_str().unwrap()
    }

    async fn settings_page(&self, person: &Person, query: &str, cookie: &str) -> String {
        let call = Call::get(&format!("/integrations/{}/settings{query}", self.id()));
        let answer = self.server.send(call.header("cookie", &format!("{}; {cookie}", person.cookie))).await;
        assert_eq!(answer.status, 200);
        String::from_utf8(answer.body.to_vec()).unwrap()
    }

    async fn save(&self, person: &Person, seen: &str, stage: &str) -> Answer {
        let fields =
            [("connection", self.id()), ("seen", seen), ("settings[trigger_stages]", stage), ("settings[file_rule]", "newest")];
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = Call::post("/actions/update_connection").cookie(&person.cookie).header("accept", "text/html");
        self.server.send(call.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    async fn stages(&self) -> Value {
        let path = format!("/api/v1/integrations/organization/{}", self.id());
        self.server.send(Call::get(&path).cookie(&self.admin.cookie)).await.json()["metadata"]["trigger_stages"].clone()
    }
}

#[tokio::test]
async fn the_second_of_two_admins_gets_a_conflict_and_can_save_again() {
    let connected = Connected::start(&[]).await;
    let bo = connected.server.colleague(&connected.admin, "bo", "admin").await;
    let before = seen(&connected.settings_page(&connected.admin, "", "").await);
    let saved = connected.save(&bo, &before, "Closing").await;
    assert!(saved.location().ends_with("?done=connection_changed"), "{saved:?}");
    let overtaken = connected.save(&connected.admin, &before, "Legal; Signing").await;
    assert!(overtaken.location().ends_with("/settings?problem=changed_meanwhile"), "{overtaken:?}");
    assert_eq!(connected.stages().await, json!(["Closing"]));
    let page = connected.settings_page(&connected.admin, "?problem=changed_meanwhile", &overtaken.cookie()).await;
    for words in ["Settings were changed", "bo changed these settings", "Saved settings", "Closing", "Legal; Signing"] {
        assert!(page.contains(words), "{words}");
    }
    assert_ne!(seen(&page), before);
    let on_top = connected.save(&connected.admin, &seen(&page), "Legal; Signing").await;
    assert!(on_top.location().ends_with("?done=connection_changed"), "{on_top:?}");
    assert_eq!(connected.stages().await, json!(["Legal", "Signing"]));
}

#[tokio::test]
async fn a_program_can_send_the_settings_its_change_is_based_on() {
    let connected = Connected::start(&[]).await;
    let path = format!("/api/v1/integrations/organization/{}", connected.id());
    let patch = |body: Value| connected.server.send(Call::new("PATCH", &path).cookie(&connected.admin.cookie).json(&body));
    let seen = connected.connection["metadata"].clone();
    let stages = |stage: &str, seen: &Value| json!({"metadata": {"trigger_stages": [stage]}, "seen_metadata": seen});
    assert_eq!(patch(stages("Closing", &seen)).await.status, 200);
    let overtaken = patch(stages("Legal", &seen)).await;
    assert_eq!((overtaken.status, overtaken.code()), (409, "changed_meanwhile".to_owned()), "{overtaken:?}");
    assert_eq!(patch(stages("Legal", &json!({"trigger_stages": ["Closing"]}))).await.status, 200);
    assert_eq!(patch(json!({"metadata": {"trigger_stages": ["Signing"]}})).await.status, 200, "accepted without it");
    assert_eq!(patch(stages("Legal", &json!({"unknown": 1}))).await.status, 422);
    assert_eq!(connected.stages().await, json!(["Signing"]));
}
