use super::world::{Connected, file};
use crate::databases::on_every_database;
use lexicontract::{
    domain::{dry_run::PlannedAction, problem::Problem},
    hub::Error,
};
use salesforce_simulator::state::opportunities;

#[tokio::test]
async fn a_dry_run_says_what_a_delivery_would_do_and_does_nothing() {
    on_every_database(async |opened| {
        let world = Connected::start(opened).await;
        let opportunity = world.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let ask = async || world.hub.dry_run(&world.admin, &world.connection.id, opportunity.as_str()).await;
        let plan = ask().await.unwrap();
        assert_eq!((plan.contract.action, plan.contract.id), (PlannedAction::Create, None));
        assert_eq!(plan.file.map(|file| file.name).as_deref(), Some("Agreement 1.pdf"));
        assert_eq!((plan.write_back.field.as_str(), plan.write_back.value.as_str()), ("LexiContract_Status__c", "Draft"));
        assert_eq!(world.opened.number("SELECT count(*) FROM contracts").await, 0);
        assert_eq!(world.requests("VersionData"), 0);
        let contract = world.deliver_contract(&opportunity).await;
        assert_eq!(ask().await.unwrap().contract.action, PlannedAction::Unchanged);
        world.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        let plan = ask().await.unwrap();
        assert_eq!((plan.contract.action, plan.contract.id), (PlannedAction::NewVersion, Some(contract.id)));
        assert_eq!(plan.rejected.len(), 1);
        world.deliver_contract(&opportunity).await;
        world.attach(&opportunity, &file(3, b"%PDF-1.7 two"));
        let plan = ask().await.unwrap();
        assert_eq!((plan.file.unwrap().name.as_str(), plan.contract.action), ("Agreement 3.pdf", PlannedAction::Unchanged));
        opportunities::delete(&mut world.salesforce(), opportunity.as_str());
        assert!(matches!(ask().await, Err(Error::Problem(Problem::RecordNotFound(_)))));
        world.salesforce().grants.revoke_all();
        assert!(matches!(ask().await, Err(Error::Problem(Problem::ProviderUnavailable(..)))));
    })
    .await;
}
