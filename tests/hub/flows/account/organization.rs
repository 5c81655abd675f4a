//! The settings of an organization.

use lexicontract::domain::account::organization::Organization;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::audit::AuditFilter;
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::Error;
use lexicontract::services::{Actor, OrganizationChange};
use test_support::databases::on_every_database;
use test_support::fixture::Fixture;
use test_support::users::register;

const LLM: [(&str, &str); 2] = [("LLM_BASE_URL", "https://llm.example/v1"), ("LLM_MODEL", "small")];

fn switched(llm_analysis: bool) -> OrganizationChange {
    OrganizationChange { llm_analysis: Some(llm_analysis), ..OrganizationChange::default() }
}

fn renamed(name: &str) -> OrganizationChange {
    OrganizationChange { name: Some(name.to_owned()), ..OrganizationChange::default() }
}

#[tokio::test]
async fn changes_of_name_and_language_model_are_recorded() {
    on_every_database(async |opened| {
        let fixture = Fixture::with(opened, &LLM).await;
        let other = register(&fixture.hub, "grace").await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let before = Organization { name: "ada".to_owned(), llm_analysis: false };
        assert_eq!(hub.organization(ada).await.unwrap(), before);
        let on = hub.update_organization(ada, switched(true)).await.unwrap();
        assert_eq!(on, Organization { llm_analysis: true, ..before.clone() });
        hub.update_organization(ada, switched(true)).await.unwrap();
        let after = hub.update_organization(ada, renamed(" Ada & Co ")).await.unwrap();
        assert_eq!(after, Organization { name: "Ada & Co".to_owned(), llm_analysis: true });
        hub.update_organization(ada, switched(false)).await.unwrap();
        assert_eq!(hub.organization(&other).await.unwrap(), Organization { name: "grace".to_owned(), llm_analysis: false });
        let log = hub.audit_log(ada, &AuditFilter::default(), &PageRequest::default()).await.unwrap().items;
        let changes: Vec<_> =
            log.iter().filter(|line| line.kind == "organization_changed").map(|line| line.summary.as_str()).collect();
        assert_eq!(
            changes,
            [
                "ada stopped texts of contracts from being sent to a language model",
                "ada renamed the organization from “ada” to “Ada & Co”",
                "ada allowed texts of contracts to be sent to the language model small at llm.example",
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn members_and_invalid_values_are_rejected() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let problem = async |actor: &Actor, change| match hub.update_organization(actor, change).await {
            Err(Error::Problem(problem)) => problem,
            other => panic!("{other:?}"),
        };
        assert_eq!(problem(ada, renamed(" ")).await, Problem::Invalid(Invalid::OrganizationName));
        assert_eq!(problem(ada, renamed(&"x".repeat(101))).await, Problem::Invalid(Invalid::OrganizationName));
        let member = Actor { role: Role::Member, ..ada.clone() };
        assert_eq!(problem(&member, renamed("Mallory")).await, Problem::Forbidden);
        assert!(hub.update_organization(ada, switched(false)).await.is_ok());
        assert_eq!(hub.organization(&member).await.unwrap(), Organization { name: "ada".to_owned(), llm_analysis: false });
    })
    .await;
}
