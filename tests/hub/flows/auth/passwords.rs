//! Password rules for every way to set a password, and creation of users by the operator.

use lexicontract::domain::account::users::Role;
use lexicontract::domain::problem::{Invalid, Problem};
use lexicontract::hub::{Error, Hub, Result};
use lexicontract::random::new_id;
use lexicontract::services::{Client, CreatedUser, JoinedOrganization, NewOperatorUser, NewUser, Registration};
use test_support::databases::on_every_database;
use test_support::fixture::Fixture;
use test_support::users::{PASSWORD, password_change};

fn is_too_common<T>(result: Result<T>) -> bool {
    matches!(result, Err(Error::Problem(Problem::Invalid(Invalid::PasswordTooCommon))))
}

#[tokio::test]
async fn common_passwords_are_rejected_everywhere() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened).await;
        let (hub, client) = (&fixture.hub, Client::default());
        let new = NewUser { email: "grace.hopper@example.com".to_owned(), name: "Grace Hopper".to_owned(), role: Role::Member };
        let invited = hub.invite_user(&fixture.admin, new).await.unwrap();
        let token = invited.invitation_url.rsplit('/').next().unwrap().into();
        for easy in ["passwordpassword", "lexicontract1", "acmeacmeacme", "GraceHopper2026!", "grace.hopper@example.com"] {
            let registration = Registration {
                organization: "Acme".to_owned(),
                name: "Grace Hopper".to_owned(),
                email: "grace.hopper@example.net".to_owned(),
                password: easy.into(),
            };
            assert!(is_too_common(hub.register(registration, &client).await), "{easy}");
        }
        for easy in ["passwordpassword", "adaadaadaada", "GraceHopper2026!", "grace.hopper@example.com"] {
            assert!(is_too_common(hub.accept_invitation(&token, easy.into(), &client).await), "{easy}");
        }
        for easy in ["passwordpassword", "adaadaadaada", "ada@example.com"] {
            assert!(is_too_common(hub.change_password(&fixture.admin, password_change(PASSWORD, easy)).await), "{easy}");
            let user = operator_user(JoinedOrganization::Existing(fixture.admin.organization_id.clone()), easy);
            assert!(is_too_common(hub.create_user(user).await), "{easy}");
        }
        assert!(
            hub.accept_invitation(&token, PASSWORD.into(), &client).await.is_ok(),
            "a rejected password doesn't use up the invitation"
        );
    })
    .await;
}

fn operator_user(organization: JoinedOrganization, password: &str) -> NewOperatorUser {
    let (email, name) = ("ops@example.com".to_owned(), "Ops".to_owned());
    NewOperatorUser { organization, email, name, role: Role::Admin, password: password.into() }
}

async fn create(hub: &Hub, organization: JoinedOrganization) -> CreatedUser {
    hub.create_user(operator_user(organization, PASSWORD)).await.unwrap()
}

#[tokio::test]
async fn the_operator_selects_an_organization_by_id_not_by_name() {
    on_every_database(async |opened| {
        let fixture = Fixture::start(opened.clone()).await;
        let hub = &fixture.hub;
        // The operator must select an existing organization by id, because an attacker could have registered the expected name.
        let taken = match create(hub, JoinedOrganization::New("ada".to_owned())).await {
            CreatedUser::NameTaken(taken) => taken,
            _ => panic!("joined or created an organization"),
        };
        assert_eq!(taken.iter().map(|row| (&row.id, row.users)).collect::<Vec<_>>(), [(&fixture.admin.organization_id, 1)]);
        assert!(matches!(create(hub, JoinedOrganization::Existing(new_id())).await, CreatedUser::UnknownOrganization));
        assert_eq!(opened.number("SELECT count(*) FROM users").await, 1);
        assert_eq!(opened.number("SELECT count(*) FROM organizations").await, 1);
        let joined = create(hub, JoinedOrganization::Existing(fixture.admin.organization_id.clone())).await;
        assert!(matches!(joined, CreatedUser::Added(row) if row.users == 2 && row.id == fixture.admin.organization_id));
        let other = NewOperatorUser {
            email: "ops@example.net".to_owned(),
            ..operator_user(JoinedOrganization::New("Acme".to_owned()), PASSWORD)
        };
        assert!(matches!(hub.create_user(other).await.unwrap(), CreatedUser::Added(row) if row.users == 1 && row.name == "Acme"));
        assert!(hub.sign_in("ops@example.net", PASSWORD.into(), &Client::default()).await.is_ok());
    })
    .await;
}
