//! Erasure of organizations.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::ids::OrganizationId;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::Error;
use lexicontract::random::new_id;
use lexicontract::services::{Actor, JoinedOrganization, OrganizationErasure, Via};
use salesforce_simulator::state::faults::Fault;
use test_support::databases::{execute, on_every_database};
use test_support::fixture::{Connected, file};
use test_support::users::{join, register, upload};

const DAY: u64 = 24 * 60 * 60;

#[tokio::test]
async fn nothing_of_an_erased_organization_is_left_and_its_grants_are_revoked() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        let organization = ada.organization_id.clone();
        let eve = register(hub, "zqeve").await;
        let kept = upload(hub, &eve, "zqkept.pdf", "%PDF-1.7 kept").await.unwrap();
        fixture.deliver_contract(&fixture.opportunity("zqgone deal", Some(file(1, b"%PDF-1.7 zqgone")))).await;
        upload(hub, ada, "zqgone.pdf", "%PDF-1.7 zqgone").await.unwrap();
        join(hub, ada, "zqgone", Role::Member).await;
        let waiting = fixture.opportunity("Waits", None);
        fixture.call(&waiting).await;
        hub.erase_organization(ada, " ada ").await.unwrap();
        assert!(matches!(hub.contract(ada, &kept.id).await, Err(Error::Problem(Problem::NotFound))));
        assert!(matches!(hub.erase_organization(ada, "ada").await, Err(Error::Problem(Problem::NotSignedIn))));
        assert!(hub.webhook_caller(&fixture.secret).await.unwrap().is_none());
        assert_eq!(opened.places_of("zqgone").await, Vec::<String>::new());
        let left = ["jobs", "organization_usage", "revocations"];
        assert_eq!(opened.tables_of(organization.as_str()).await, left, "what the revocation needs");
        fixture.run_jobs().await;
        assert!(fixture.salesforce().grants.all().iter().all(|grant| grant.is_revoked));
        fixture.advance(DAY);
        hub.run_housekeeping().await.unwrap();
        assert_eq!(opened.tables_of(organization.as_str()).await, Vec::<String>::new());
        assert_eq!(opened.number("SELECT count(*) FROM organizations").await, 1);
        // The other organization is complete.
        assert_eq!(hub.contract(&eve, &kept.id).await.unwrap(), kept);
        assert_eq!((opened.stored_files(), hub.usage(&eve).await.unwrap().contracts.used), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn last_row_remains_until_the_grant_is_revoked() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        fixture.fault(Fault { path_contains: "revoke".to_owned(), status: Some(503), times: 1, ..Fault::default() });
        fixture.hub.erase_organization(&fixture.admin, "ada").await.unwrap();
        fixture.run_jobs().await;
        assert!(fixture.salesforce().grants.all().iter().any(|grant| !grant.is_revoked));
        fixture.advance(DAY);
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM organizations").await, 1);
        fixture.run_jobs().await;
        assert!(fixture.salesforce().grants.all().iter().all(|grant| grant.is_revoked));
        fixture.hub.run_housekeeping().await.unwrap();
        assert_eq!(opened.number("SELECT count(*) FROM organizations").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM erased_organizations WHERE erased_by LIKE 'usr_%'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn name_role_and_session_are_required() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        for name in ["", "Ada", "ada2"] {
            let rejected = hub.erase_organization(ada, name).await;
            assert!(matches!(rejected, Err(Error::Problem(Problem::Invalid(Invalid::TypedOrganizationName)))), "{name}");
        }
        let mira = join(hub, ada, "mira", Role::Member).await;
        assert!(matches!(hub.erase_organization(&mira, "ada").await, Err(Error::Problem(Problem::Forbidden))));
        let program = Actor { via: Via::Token(new_id()), ..ada.clone() };
        assert!(matches!(hub.erase_organization(&program, "ada").await, Err(Error::Problem(Problem::SessionRequired))));
        assert_eq!(opened.number("SELECT count(*) FROM users").await, 2);
        assert_eq!(opened.number("SELECT count(*) FROM organization_integrations").await, 1);
    })
    .await;
}

#[tokio::test]
async fn operator_erases_by_id_and_erased_organizations_cannot_be_joined() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, id) = (&fixture.hub, fixture.admin.organization_id.clone());
        let unknown: OrganizationId = new_id();
        let outcome = hub.erase_organization_by_id(&unknown, "ada").await.unwrap();
        assert_eq!(outcome, OrganizationErasure::UnknownOrganization);
        assert!(hub.erase_organization_by_id(&id, "eve").await.is_err());
        assert_eq!(hub.erase_organization_by_id(&id, "ada").await.unwrap(), OrganizationErasure::Erased);
        assert_eq!(hub.erase_organization_by_id(&id, "").await.unwrap(), OrganizationErasure::UnknownOrganization);
        assert_eq!(opened.number("SELECT count(*) FROM erased_organizations WHERE erased_by = 'operator'").await, 1);
        let user = lexicontract::services::NewOperatorUser {
            organization: JoinedOrganization::Existing(id),
            email: "bob@example.com".to_owned(),
            name: "Bob".to_owned(),
            role: Role::Admin,
            password: test_support::users::PASSWORD.into(),
        };
        let joined = hub.create_user(user).await.unwrap();
        assert!(matches!(joined, lexicontract::services::CreatedUser::UnknownOrganization));
        assert_eq!(hub.verify_audit(None, |_, _, _| ()).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn interrupted_erasure_is_completed_by_housekeeping() {
    on_every_database(async |opened| {
        let fixture = Connected::start(opened.clone()).await;
        let (hub, ada) = (&fixture.hub, &fixture.admin);
        for number in 0..25 {
            upload(hub, ada, "a.pdf", format!("%PDF-1.7 zqgone{number}")).await.unwrap();
        }
        // As after a crash: only the first transaction is committed.
        let id = &ada.organization_id;
        execute(&opened.db, "DELETE FROM users").await;
        execute(&opened.db, "UPDATE organizations SET name = '', erased_at = created_at").await;
        execute(&opened.db, &format!("INSERT INTO erasures SELECT id, id, created_at FROM organizations WHERE id = '{id}'"))
            .await;
        execute(&opened.db, "DELETE FROM organization_integrations").await;
        hub.run_housekeeping().await.unwrap();
        assert_eq!((opened.stored_files(), opened.places_of("zqgone").await), (0, Vec::new()));
        assert_eq!(opened.number("SELECT count(*) FROM contracts").await, 0);
        assert_eq!(opened.number("SELECT count(*) FROM erasures").await, 0);
    })
    .await;
}
