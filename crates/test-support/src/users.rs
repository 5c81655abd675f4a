//! Helpers that register users, accept invitations, and upload documents.

use bytes::Bytes;
use lexicontract::domain::account::users::Role;
use lexicontract::domain::contract::Contract;
use lexicontract::domain::ids::ContractId;
use lexicontract::hub::{Hub, Result};
use lexicontract::services::{
    Actor, Client, NewUser, PasswordChange, Registration, SignedIn, Upload, UploadedVersion, VersionUpload,
};

/// The password of every user that these functions create.
pub const PASSWORD: &str = "correct horse battery";

/// Registers an organization, and returns its signed-in admin. The organization and the admin have the same `name`.
pub async fn register(hub: &Hub, name: &str) -> Actor {
    let registration =
        Registration { organization: name.to_owned(), name: name.to_owned(), email: email(name), password: PASSWORD.into() };
    actor(hub, &hub.register(registration, &Client::default()).await.unwrap()).await
}

/// Invites a user to the admin's organization, and accepts the invitation. Returns the user.
pub async fn join(hub: &Hub, admin: &Actor, name: &str, role: Role) -> Actor {
    let invited = hub.invite_user(admin, new_user(name, role)).await.unwrap();
    actor(hub, &accept_invitation(hub, &invited.invitation_url).await).await
}

pub fn new_user(name: &str, role: Role) -> NewUser {
    NewUser { email: email(name), name: name.to_owned(), role }
}

pub async fn accept_invitation(hub: &Hub, url: &str) -> SignedIn {
    let token = url.rsplit('/').next().unwrap();
    hub.accept_invitation(&token.into(), PASSWORD.into(), &Client::default()).await.unwrap()
}

/// A password change that also revokes the user's API tokens.
pub fn password_change(current: &str, new: &str) -> PasswordChange {
    PasswordChange { current: current.into(), new: new.into(), keeps_api_tokens: false }
}

pub async fn upload(hub: &Hub, actor: &Actor, file_name: &str, bytes: impl Into<Bytes>) -> Result<Contract> {
    let bytes = Box::pin(futures::stream::iter([Ok(bytes.into())]));
    let upload = Upload { title: "Agreement".to_owned(), file_name: file_name.to_owned(), bytes };
    hub.upload_contract(actor, upload).await
}

/// Uploads a version to an existing contract.
pub async fn upload_version(
    hub: &Hub,
    actor: &Actor,
    contract: &ContractId,
    file_name: &str,
    bytes: impl Into<Bytes>,
) -> Result<UploadedVersion> {
    let bytes = Box::pin(futures::stream::iter([Ok(bytes.into())]));
    hub.upload_version(actor, contract, VersionUpload { file_name: file_name.to_owned(), bytes }).await
}

async fn actor(hub: &Hub, signed_in: &SignedIn) -> Actor {
    hub.actor_of_session(&signed_in.session_token).await.unwrap().unwrap()
}

fn email(name: &str) -> String {
    format!("{name}@example.com")
}
