//! The address of an Opportunity's contract, which the panel in Salesforce opens.

use crate::support::call::Call;
use crate::support::salesforce::Connected;
use serde_json::json;

#[tokio::test]
async fn an_opportunity_redirects_to_the_contract_of_the_same_organization() {
    let connected = Connected::start(&[]).await;
    let server = &connected.server;
    let opportunity = connected.opportunity("Rollout");
    let address = format!("/contracts/by-opportunity/{opportunity}");
    let none = server.send(Call::get(&address).cookie(&connected.admin.cookie)).await;
    assert_eq!(none.status, 404);
    let text = String::from_utf8_lossy(&none.body);
    assert!(text.contains("No contract yet"), "{text}");
    let body = json!({"OrganizationId": connected.organization(), "OpportunityId": opportunity});
    let call = Call::post("/api/v1/integrations/salesforce/webhook").header("x-webhook-secret", &connected.secret).json(&body);
    assert_eq!(server.send(call).await.status, 202);
    while server.hub.run_one_job(false).await.unwrap() {}
    let contracts = server.send(Call::get("/api/v1/contracts/").cookie(&connected.admin.cookie)).await.json();
    let contract = contracts["items"][0]["id"].as_str().unwrap().to_owned();
    for id in [opportunity.as_str(), &opportunity[..15]] {
        let found = server.send(Call::get(&format!("/contracts/by-opportunity/{id}")).cookie(&connected.admin.cookie)).await;
        assert_eq!((found.status, found.location()), (303, format!("/contracts/{contract}").as_str()), "{found:?}");
    }
    let eve = server.admin("eve").await;
    assert_eq!(server.send(Call::get(&address).cookie(&eve.cookie)).await.status, 404);
    let stranger = server.send(Call::get(&address)).await;
    assert_eq!((stranger.status, stranger.location().starts_with("/login?next=")), (303, true), "{stranger:?}");
    for id in ["001ak00000OKNPH", "x", "006ak00000OQ4RxAAK"] {
        let answer = server.send(Call::get(&format!("/contracts/by-opportunity/{id}")).cookie(&connected.admin.cookie)).await;
        assert_eq!(answer.status, 404, "{id}");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(text.contains("<title>Not found · LexiContract</title>"), "{text}");
    }
}
