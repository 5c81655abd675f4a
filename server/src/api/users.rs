//! The people of an organization.

use super::problem::Result;
use crate::extract::{Admin, Json, PageOf, PageQuery, PathId};
use axum::extract::State;
use http::StatusCode;
use lexicontract::{
    domain::{
        account::users::{Invited, Role, User},
        ids::User as UserKind,
        page::Page,
        problem::Invalid,
    },
    hub::Hub,
    services::{NewUser, UserChange},
};
use serde::Deserialize;
use utoipa::ToSchema;

/// A person to invite. What is absent counts as empty, so that the answer can name the field.
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

/// What to change of a person; what is absent stays.
#[derive(Deserialize, ToSchema)]
pub struct UserChangeBody {
    name: Option<String>,
    #[schema(value_type = Option<Role>)]
    role: Option<String>,
    is_disabled: Option<bool>,
}

/// The people of the organization, oldest first. For admins.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(PageQuery), responses((status = 200, body = Page<User>)))]
pub async fn list(State(hub): State<Hub>, Admin(actor): Admin, PageOf(page): PageOf) -> Result<axum::Json<Page<User>>> {
    Ok(axum::Json(hub.users(&actor, &page).await?))
}

/// Invites a person, who chooses a password at the address that is returned. For admins.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewUserBody, responses((status = 201, body = Invited)))]
pub async fn invite(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    Json(body): Json<NewUserBody>,
) -> Result<(StatusCode, axum::Json<Invited>)> {
    actor.require(Role::Admin)?;
    let user = NewUser { email: body.email, name: body.name, role: role(&body.role)? };
    Ok((StatusCode::CREATED, axum::Json(hub.invite_user(&actor, user).await?)))
}

/// Changes a person. For admins.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", request_body = UserChangeBody,
    responses((status = 200, body = User)))]
pub async fn update(
    State(hub): State<Hub>,
    Admin(actor): Admin,
    PathId(id): PathId<UserKind>,
    Json(body): Json<UserChangeBody>,
) -> Result<axum::Json<User>> {
    actor.require(Role::Admin)?;
    let role = body.role.as_deref().map(role).transpose()?;
    let change = UserChange { name: body.name, role, is_disabled: body.is_disabled };
    Ok(axum::Json(hub.update_user(&actor, &id, change).await?))
}

/// Removes a person with sessions and tokens. For admins.
#[utoipa::path(delete, path = "/api/v1/users/{id}", tag = "users", responses((status = 204)))]
pub async fn remove(State(hub): State<Hub>, Admin(actor): Admin, PathId(id): PathId<UserKind>) -> Result<StatusCode> {
    hub.remove_user(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn role(text: &str) -> std::result::Result<Role, Invalid> {
    Role::parse(text).ok_or(Invalid::Role)
}
