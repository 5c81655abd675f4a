//! Changes of the title.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::ids::ContractId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::Error;
use lexicontract::random::new_id;
use lexicontract::services::ContractFilter;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, file};
use test_support::users::{join, register};

async fn found(fixture: &Connected, text: &str) -> usize {
    let filter = ContractFilter { text: Some(text.to_owned()), ..ContractFilter::default() };
    fixture.hub.contracts(&fixture.admin, &filter).await.unwrap().items.len()
}

#[tokio::test]
async fn title_is_changed_found_and_kept_by_later_deliveries() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let opportunity = fixture.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let contract = fixture.deliver_contract(&opportunity).await;
        let changed = fixture.hub.change_title(&fixture.admin, &contract.id, None, "  Frame agreement ").await.unwrap();
        assert_eq!(changed.title, "Frame agreement");
        assert_eq!(
            (found(&fixture, "frame AGREEMENT").await, found(&fixture, "rollout").await),
            (1, 1),
            "title and deal are found"
        );
        let again = fixture.hub.change_title(&fixture.admin, &contract.id, Some("Rollout"), "Frame agreement").await.unwrap();
        assert_eq!(again.title, "Frame agreement", "a repeated form is no conflict");
        let lines = fixture.timeline(&contract.id).await;
        let changes: Vec<_> = lines.iter().filter(|(kind, _)| kind == "title_changed").map(|(_, text)| text.as_str()).collect();
        assert_eq!(changes, ["ada changed the title from “Rollout” to “Frame agreement”"]);
        fixture.attach(&opportunity, &file(2, b"%PDF-1.7 two"));
        assert_eq!(fixture.deliver_contract(&opportunity).await.title, "Frame agreement");
        assert_eq!(found(&fixture, "frame agreement").await, 1);
    })
    .await;
}

#[tokio::test]
async fn invalid_concurrent_and_forbidden_changes_are_rejected() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened).await;
        let contract = fixture.deliver_contract(&fixture.opportunity("Rollout", None)).await;
        let (hub, ada, id) = (&fixture.hub, &fixture.admin, &contract.id);
        for invalid in ["", "  ", "a\nb", &"x".repeat(256)] {
            let rejected = hub.change_title(ada, id, None, invalid).await;
            assert!(matches!(rejected, Err(Error::Problem(Problem::Invalid(Invalid::Title)))), "{invalid:?}");
        }
        let outdated = hub.change_title(ada, id, Some("Older"), "New").await;
        assert!(matches!(outdated, Err(Error::Problem(Problem::ChangedMeanwhile))), "{outdated:?}");
        let vera = join(hub, ada, "vera", Role::Viewer).await;
        assert!(matches!(hub.change_title(&vera, id, None, "New").await, Err(Error::Problem(Problem::Forbidden))));
        let eve = register(hub, "eve").await;
        assert!(matches!(hub.change_title(&eve, id, None, "New").await, Err(Error::Problem(Problem::NotFound))));
        let unknown: ContractId = new_id();
        assert!(matches!(hub.change_title(ada, &unknown, None, "New").await, Err(Error::Problem(Problem::NotFound))));
        assert_eq!(fixture.contract(id).await.title, "Rollout");
    })
    .await;
}
