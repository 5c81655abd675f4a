//! The users of an organization.

use super::problem::Result;
use crate::extract::{Admin, Json, PageOf, PageQuery, Param};
use http::StatusCode;
use lexicontract::domain::account::users::{Invited, Role, User};
use lexicontract::domain::ids::UserId;
use lexicontract::domain::page::Page;
use lexicontract::domain::problem::Invalid;
use lexicontract::services::{NewUser, UserChange};
use serde::Deserialize;
use utoipa::ToSchema;

/// A user to invite. Missing fields are treated as empty, so that the response names the invalid field.
#[derive(Deserialize, ToSchema)]
pub struct NewUserBody {
    #[serde(default)]
    #[schema(required)]
    email: String,
    #[serde(default)]
    #[schema(required)]
    name: String,
    #[serde(default)]
    #[schema(required, value_type = Role)]
    role: String,
}

/// Changes to a user. Missing fields are not changed.
#[derive(Deserialize, ToSchema)]
pub struct UserChangeBody {
    name: Option<String>,
    #[schema(value_type = Option<Role>)]
    role: Option<String>,
    is_disabled: Option<bool>,
}

/// Lists the users of the organization, oldest first. For admins.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(PageQuery), responses((status = 200, body = Page<User>)))]
pub async fn list(Admin(hub, actor): Admin, PageOf(page): PageOf) -> Result<Json<Page<User>>> {
    Ok(Json(hub.users(&actor, &page).await?))
}

/// Invites a user. The user chooses a password at the address in the response. For admins.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUserBody, responses((status = 201, body = Invited)))]
pub async fn invite(Admin(hub, actor): Admin, Json(body): Json<NewUserBody>) -> Result<(StatusCode, Json<Invited>)> {
    let user = NewUser { email: body.email, name: body.name, role: role(&body.role)? };
    Ok((StatusCode::CREATED, Json(hub.invite_user(&actor, user).await?)))
}

/// Changes a user. For admins.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", request_body = UserChangeBody,
    responses((status = 200, body = User)))]
pub async fn update(Admin(hub, actor): Admin, Param(id): Param<UserId>, Json(body): Json<UserChangeBody>) -> Result<Json<User>> {
    let role = body.role.as_deref().map(role).transpose()?;
    let change = UserChange { name: body.name, role, is_disabled: body.is_disabled };
    Ok(Json(hub.update_user(&actor, &id, change).await?))
}

/// Removes a user and all sessions and tokens of that user. For admins.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users", responses((status = 204)))]
pub async fn remove(Admin(hub, actor): Admin, Param(id): Param<UserId>) -> Result<StatusCode> {
    hub.remove_user(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn role(text: &str) -> std::result::Result<Role, Invalid> {
    text.parse().map_err(|_| Invalid::Role)
}
