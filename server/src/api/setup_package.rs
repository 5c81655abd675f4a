//! The setup package that an administrator deploys at the provider.

use super::download;
use super::problem::Result;
use crate::extract::{Admin, Param, QueryResult};
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use lexicontract::domain::connection::StatusFieldType;
use lexicontract::domain::ids::ConnectionId;
use lexicontract::domain::problem::Invalid;
use serde::Deserialize;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SetupPackageQuery {
    /// The status field to create: `picklist` (restricted; the default), `text`, or `existing` if the org already has a status
    /// field.
    #[param(value_type = Option<StatusFieldType>)]
    status_field: Option<String>,
}

/// Downloads the setup package that is generated for the connection: a ZIP of the project that an administrator deploys at the
/// provider. The package contains no secrets. For admins.
#[utoipa::path(get, path = "/api/v1/integrations/organization/{id}/setup-package", tag = "connections",
    params(SetupPackageQuery),
    responses((status = 200, description = "The ZIP", body = Vec<u8>, content_type = "application/zip")))]
pub async fn download(
    Admin(hub, actor): Admin,
    Param(id): Param<ConnectionId>,
    query: QueryResult<SetupPackageQuery>,
) -> Result<Response> {
    let Query(query) = query.map_err(|_| Invalid::StatusFieldType)?;
    let status_field = match query.status_field {
        Some(text) => text.parse().map_err(|_| Invalid::StatusFieldType)?,
        None => StatusFieldType::default(),
    };
    let package = hub.setup_package(&actor, &id, status_field).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (CONTENT_DISPOSITION, download::content_disposition(&package.file_name)),
    ];
    Ok((headers, package.bytes).into_response())
}
