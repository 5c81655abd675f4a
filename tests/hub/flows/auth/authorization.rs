//! Requests whose user was removed, disabled or demoted after the request was authenticated.

use futures::{FutureExt, StreamExt, stream};
use lexicontract::domain::account::users::{Role, TokenLifetime};
use lexicontract::domain::connection::Environment;
use lexicontract::domain::contract::NegotiationStatus;
use lexicontract::domain::ids::{ApiTokenId, ContractId, DeliveryId, IntegrationId, UserId};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::problem::Problem;
use lexicontract::hub::{Error, Result};
use lexicontract::services::{Actor, ConnectRequest, ConnectionChange, Upload, UserChange, Via};
use salesforce_simulator::other_crms::PIPEDRIVE_API_TOKEN;
use salesforce_simulator::{Options, Simulator};
use serde_json::json;
use test_support::databases::on_every_database;
use test_support::fixture::{Connected, Fixture, file};
use test_support::users::{PASSWORD, join, new_user, password_change};

#[derive(Clone, Copy, Debug)]
enum Loss {
    Removed,
    Disabled,
    Demoted,
}

struct Scene {
    connected: Connected,
    contract: ContractId,
    delivery: DeliveryId,
    /// A user who has not accepted the invitation yet.
    invited: UserId,
}

impl Scene {
    async fn set(connected: Connected) -> Self {
        let opportunity = connected.opportunity("Rollout", Some(file(1, b"%PDF-1.7 one")));
        let delivery = connected.deliver(&opportunity).await;
        let invited = connected.hub.invite_user(&connected.admin, new_user("cy", Role::Viewer)).await.unwrap().id;
        Self { contract: delivery.contract_id.unwrap(), delivery: delivery.id, invited, connected }
    }

    /// Creates another admin. Returns an actor with the admin's session and an actor with the admin's API token.
    async fn colleague(&self) -> [Actor; 2] {
        let (hub, admin) = (&self.connected.hub, &self.connected.admin);
        let by_session = join(hub, admin, "bo", Role::Admin).await;
        let token = hub.create_api_token(&by_session, "script", TokenLifetime::default()).await.unwrap().token;
        let by_token = hub.actor_of_api_token(&token.as_str().into()).await.unwrap().unwrap();
        [by_session, by_token]
    }

    async fn lose(&self, user: &UserId, loss: Loss) {
        let (hub, admin) = (&self.connected.hub, &self.connected.admin);
        let change = match loss {
            Loss::Removed => return hub.remove_user(admin, user).await.unwrap(),
            Loss::Disabled => UserChange { is_disabled: Some(true), ..UserChange::default() },
            Loss::Demoted => UserChange { role: Some(Role::Viewer), ..UserChange::default() },
        };
        hub.update_user(admin, user, change).await.map(drop).unwrap();
    }

    /// Calls every service that writes for an actor. Returns each service's name, required role and error.
    async fn attempts(&self, actor: &Actor) -> Vec<(&'static str, Role, Option<Error>)> {
        let (hub, connection) = (&self.connected.hub, &self.connected.connection.id);
        let (contract, admin) = (&self.contract, &self.connected.admin);
        let pipedrive = IntegrationId::from_suffix("pipedrive");
        let key = || [("api_key".to_owned(), PIPEDRIVE_API_TOKEN.into())].into();
        let promotion = UserChange { role: Some(Role::Admin), is_disabled: Some(false), ..UserChange::default() };
        let settings = json!({ "status_field": "Other__c" }).as_object().cloned();
        let change = ConnectionChange { is_enabled: Some(false), metadata: settings, seen: None };
        let bytes = stream::iter([Ok("a contract".into())]).boxed();
        let upload = Upload { title: "New".to_owned(), file_name: "new.txt".to_owned(), bytes };
        let request = ConnectRequest { fields: key(), ..ConnectRequest::default() };
        let session = match &actor.via {
            Via::Session(id) => id.clone(),
            Via::Token(_) => "ses_01a204d238cc77609c070b5a04bf6685".parse().unwrap(),
        };
        let own_token = self.token_of(admin).await;
        vec![
            answer("invite_user", Role::Admin, hub.invite_user(actor, new_user("mallory", Role::Admin)).await),
            answer("invite_again", Role::Admin, hub.invite_again(actor, &self.invited).await),
            answer("update_user", Role::Admin, hub.update_user(actor, &actor.user_id, promotion).await),
            answer("remove_user", Role::Admin, hub.remove_user(actor, &self.invited).await),
            answer("create_api_token", Role::Viewer, hub.create_api_token(actor, "mine", TokenLifetime::default()).await),
            answer("revoke_api_token", Role::Admin, hub.revoke_api_token(actor, &own_token).await),
            answer("end_session", Role::Viewer, hub.end_session(actor, &session).await),
            answer("sign_out_everywhere", Role::Viewer, hub.sign_out_everywhere(actor).await),
            answer(
                "change_password",
                Role::Viewer,
                hub.change_password(actor, password_change(PASSWORD, "a wholly new passphrase")).await,
            ),
            answer("connect with OAuth", Role::Admin, hub.start_flow(actor, "salesforce", Environment::Sandbox, None).await),
            answer("connect with a key", Role::Admin, hub.connect(actor, &pipedrive, request).await.map(drop)),
            answer("reconnect", Role::Admin, hub.reconnect(actor, connection, [].into()).await.map(drop)),
            answer("update_connection", Role::Admin, hub.update_connection(actor, connection, change).await),
            answer("test_connection", Role::Member, hub.test_connection(actor, connection).await),
            answer("make_webhook_secret", Role::Admin, hub.make_webhook_secret(actor, connection).await.map(drop)),
            answer("end_previous_webhook_secrets", Role::Admin, hub.end_previous_webhook_secrets(actor, connection).await),
            answer("create_outbound_secret", Role::Admin, hub.create_outbound_secret(actor, connection).await.map(drop)),
            answer("end_previous_outbound_secrets", Role::Admin, hub.end_previous_outbound_secrets(actor, connection).await),
            answer("redeliver", Role::Member, hub.redeliver(actor, &self.delivery).await),
            answer("change_status", Role::Member, hub.change_status(actor, contract, NegotiationStatus::Signed).await),
            answer("retry_sync", Role::Member, hub.retry_sync(actor, contract).await),
            answer("choose_file", Role::Member, hub.choose_file(actor, contract, "068000000000001AAA").await),
            answer("retry_analysis", Role::Member, hub.retry_analysis(actor, contract, 1).await),
            answer("upload_contract", Role::Member, hub.upload_contract(actor, upload).await),
            answer("disconnect", Role::Admin, hub.disconnect(actor, connection).await),
        ]
    }

    async fn token_of(&self, actor: &Actor) -> ApiTokenId {
        let tokens = self.connected.hub.api_tokens(actor, &PageRequest::default()).await.unwrap().items;
        tokens.into_iter().find(|token| token.name == "admin's").expect("the admin's token exists").id
    }

    /// The organization's data as text. The first text contains data that viewers cannot change. The second text contains API
    /// tokens and the audit log.
    async fn everything(&self) -> [String; 2] {
        let (hub, admin) = (&self.connected.hub, &self.connected.admin);
        let page = PageRequest::new(Some(100), None).unwrap();
        let tokens = hub.api_tokens(admin, &page).await.unwrap();
        let log = hub.audit_log(admin, &Default::default(), &page).await.unwrap();
        let held = format!(
            "{:?} {:?} {:?} {:?}",
            hub.users(admin, &page).await.unwrap(),
            hub.connection_details(admin).await.unwrap(),
            hub.contracts(admin, &Default::default()).await.unwrap(),
            hub.deliveries(admin, &self.connected.connection.id, &page).await.unwrap(),
        );
        [held, format!("{tokens:?} {log:?}")]
    }
}

fn answer<T>(service: &'static str, role: Role, result: Result<T>) -> (&'static str, Role, Option<Error>) {
    (service, role, result.err())
}

#[tokio::test]
async fn lost_authority_is_detected_in_every_write() {
    on_every_database(async |opened| {
        let providers = Simulator::start(Options::default()).await.unwrap();
        let fixture = Fixture::with(opened, &[("PIPEDRIVE_API_URL", providers.production_url())]).await;
        let scene = Scene::set(fixture.connect().await).await;
        scene.connected.hub.create_api_token(&scene.connected.admin, "admin's", TokenLifetime::default()).await.unwrap();
        for loss in [Loss::Demoted, Loss::Disabled, Loss::Removed] {
            let actors = scene.colleague().await;
            scene.lose(&actors[0].user_id, loss).await;
            let (before, files) = (scene.everything().await, scene.connected.opened.stored_files());
            for actor in &actors {
                for (service, role, error) in scene.attempts(actor).boxed().await {
                    let (by_token, is_for_viewers) = (matches!(actor.via, Via::Token(_)), role == Role::Viewer);
                    match (loss, by_token, is_for_viewers, error) {
                        // A demotion ends the user's sessions. The user's API tokens stay valid with the lower role.
                        (Loss::Demoted, true, true, _) => {}
                        (Loss::Demoted, true, false, Some(Error::Problem(Problem::Forbidden | Problem::NotFound))) => {}
                        (_, _, _, Some(Error::Problem(Problem::NotSignedIn))) => {}
                        (_, true, _, Some(Error::Problem(Problem::SessionRequired))) if service == "create_api_token" => {}
                        (_, _, _, error) => panic!("{service} of a user who was {loss:?}, by token: {by_token}: {error:?}"),
                    }
                }
            }
            let after = scene.everything().await;
            assert_eq!(after[0], before[0], "{loss:?}");
            if !matches!(loss, Loss::Demoted) {
                assert_eq!(after[1], before[1], "{loss:?}");
            }
            assert_eq!(scene.connected.opened.stored_files(), files, "{loss:?}");
            if !matches!(loss, Loss::Removed) {
                scene.connected.hub.remove_user(&scene.connected.admin, &actors[0].user_id).await.unwrap();
            }
        }
    })
    .await;
}
