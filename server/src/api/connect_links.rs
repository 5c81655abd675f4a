//! Connect links, with which a provider's administrator gives consent without an account.

use super::integrations::environment;
use super::problem::{PROBLEM_JSON, ProblemBody, Result};
use crate::extract::{Admin, Json, Param};
use http::StatusCode;
use lexicontract::domain::connection::Environment;
use lexicontract::domain::connection::connect_link::{ConnectLink, NewConnectLink};
use lexicontract::domain::ids::{ConnectLinkId, IntegrationId};
use serde::Deserialize;
use utoipa::ToSchema;

/// The environment that the administrator connects.
#[derive(Deserialize, ToSchema)]
pub struct ConnectLinkBody {
    /// An integration with OAuth 2.0, such as `int_salesforce`.
    integration_id: IntegrationId,
    /// The default is `production`.
    #[schema(value_type = Option<Environment>)]
    environment: Option<String>,
    /// Host of the org at the provider. Used only for the environment `my_domain`.
    domain: Option<String>,
}

/// Creates a connect link for an administrator of the provider, who needs no account. The URL is shown only in this response, and
/// works for one consent within 24 hours. The new connection has the status `needs_confirmation`. For admins.
#[utoipa::path(post, path = "/api/v1/integrations/organization/connect-links", tag = "connections",
    request_body = ConnectLinkBody, responses((status = 201, body = NewConnectLink),
    (status = 409, description = "`already_connected`, `integration_unavailable` or `too_many_connect_links`", body = ProblemBody,
        content_type = PROBLEM_JSON)))]
pub async fn create_connect_link(
    Admin(hub, actor): Admin,
    Json(body): Json<ConnectLinkBody>,
) -> Result<(StatusCode, Json<NewConnectLink>)> {
    let environment = body.environment.as_deref().map_or(Ok(Environment::Production), environment)?;
    let created = hub.create_connect_link(&actor, &body.integration_id, environment, body.domain.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Lists the open connect links, oldest first, without their URLs. For admins.
#[utoipa::path(get, path = "/api/v1/integrations/organization/connect-links", tag = "connections",
    responses((status = 200, body = Vec<ConnectLink>)))]
pub async fn connect_links(Admin(hub, actor): Admin) -> Result<Json<Vec<ConnectLink>>> {
    Ok(Json(hub.connect_links(&actor).await?))
}

/// Revokes an open connect link. For admins.
#[utoipa::path(delete, path = "/api/v1/integrations/organization/connect-links/{id}", tag = "connections",
    responses((status = 204)))]
pub async fn revoke_connect_link(Admin(hub, actor): Admin, Param(id): Param<ConnectLinkId>) -> Result<StatusCode> {
    hub.revoke_connect_link(&actor, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
