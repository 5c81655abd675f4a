//! The fact sheet of a connection.

use lexicontract::domain::connection::fact_sheet::FactSheet;
use serde_json::json;
use std::time::Duration;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

async fn sheet(fixture: &Connected) -> FactSheet {
    fixture.hub.fact_sheet(&fixture.admin, &fixture.connection.id).await.unwrap()
}

#[tokio::test]
async fn sheet_names_access_data_hosts_and_the_last_activity() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        fixture.change_settings(json!({"status_field": "Contract_State__c", "trigger": {"field": "Review__c"}})).await;
        let new = sheet(&fixture).await;
        assert_eq!((new.activity.last_event_at, &new.activity.last_event_from), (None, &None), "before the first event");
        let opportunity = &new.data[0];
        assert_eq!((opportunity.object.as_str(), &opportunity.writes), ("Opportunity", &vec!["Contract_State__c".to_owned()]));
        for field in ["StageName", "Review__c", "Contract_State__c", "Account.Name"] {
            assert!(opportunity.reads.iter().any(|read| read == field), "{field} in {:?}", opportunity.reads);
        }
        let scopes: Vec<&str> = new.access.scopes_used.iter().map(|used| used.scope.as_str()).collect();
        assert_eq!(scopes, ["api", "refresh_token", "openid"]);
        assert!(scopes.iter().all(|scope| new.access.scopes_granted.iter().any(|granted| granted == scope)), "{new:?}");
        let token = new.access.refresh_token.clone().unwrap();
        assert_eq!(token.expires_unused_at, Some(token.last_used_at + Duration::from_secs(30 * 24 * 60 * 60)));
        let ways: Vec<(&str, bool)> = new.webhooks.iter().map(|way| (way.title.as_str(), way.is_set_up)).collect();
        assert_eq!(ways, [("Outbound Message", false), ("Webhook call", true)]);
        assert_eq!(format!("http://{}", new.hosts[0].host), fixture.simulator.production_url().trim_end_matches('/'));

        fixture.change_settings(json!({"status_field": null, "trigger": null})).await;
        fixture.deliver_contract(&fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")))).await;
        let used = sheet(&fixture).await;
        assert_eq!(used.activity.last_event_at, Some(fixture.hub.clock().now()));
        assert_eq!(used.activity.last_event_from.as_deref(), Some("Salesforce reported the Opportunity"));
        assert!(used.activity.last_write_at.is_some() && used.activity.next_poll_at.is_some(), "{:?}", used.activity);
    })
    .await;
}

#[tokio::test]
async fn sheet_contains_no_secret() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let made = fixture.hub.make_webhook_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        let outbound = fixture.hub.create_outbound_secret(&fixture.admin, &fixture.connection.id).await.unwrap();
        let (access, refresh) = {
            let state = fixture.salesforce();
            let grant = &state.grants.all()[0];
            (state.grants.access_tokens(grant.number)[0].to_owned(), grant.refresh_token.clone().unwrap())
        };
        let text = serde_json::to_string(&sheet(&fixture).await).unwrap();
        let outbound = outbound.url.rsplit('/').next().unwrap().to_owned();
        let client_secret = fixture.hub.config().provider("salesforce").app.as_ref().unwrap().client_secret.expose().clone();
        let secrets = [fixture.secret.expose().clone(), made.secret, made.signing_key, outbound, client_secret, access, refresh];
        for secret in secrets {
            // A part would reveal something too. The beginning of an access token is the id of the org.
            let part = &secret[secret.len() - 10..];
            assert!(!text.contains(part), "{part} in {text}");
        }
    })
    .await;
}
