//! Dry runs, which show the effects of a delivery and change nothing.

use lexicontract::domain::connection::dry_run::PlannedAction;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::Error;
use salesforce_simulator::state::opportunities;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};

#[tokio::test]
async fn dry_run_predicts_the_delivery_and_changes_nothing() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let ask = async || fixture.hub.dry_run(&fixture.admin, &fixture.connection.id, opportunity.as_str()).await;
        let plan = ask().await.unwrap();
        assert_eq!((plan.contract.action, plan.contract.id), (PlannedAction::Create, None), "action, contract");
        assert_eq!(plan.file.map(|file| file.name).as_deref(), Some("Agreement 1.pdf"));
        assert_eq!(
            (plan.write_back.field.as_str(), plan.write_back.value.as_str()),
            ("LexiContract_Status__c", "Draft"),
            "field, value"
        );
        assert_eq!(fixture.opened.number("SELECT count(*) FROM contracts").await, 0);
        assert_eq!(fixture.requests("VersionData"), 0);
        let contract = fixture.deliver_contract(&opportunity).await;
        assert_eq!(ask().await.unwrap().contract.action, PlannedAction::Unchanged);
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let plan = ask().await.unwrap();
        assert_eq!((plan.contract.action, plan.contract.id), (PlannedAction::NewVersion, Some(contract.id)), "action, contract");
        assert_eq!(plan.rejected.len(), 1);
        fixture.deliver_contract(&opportunity).await;
        fixture.attach(&opportunity, &file(3, b"%PDF-1.7 two"));
        let plan = ask().await.unwrap();
        assert_eq!(
            (plan.file.unwrap().name.as_str(), plan.contract.action),
            ("Agreement 3.pdf", PlannedAction::Unchanged),
            "file, action"
        );
        opportunities::delete(&mut fixture.salesforce(), opportunity.as_str());
        assert!(matches!(ask().await, Err(Error::Problem(Problem::RecordNotFound(_)))));
        fixture.salesforce().grants.revoke_all();
        assert!(matches!(ask().await, Err(Error::Problem(Problem::ProviderUnavailable(..)))));
    })
    .await;
}
