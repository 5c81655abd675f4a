use super::{authorize, identity, revoke, token};
use crate::state::organization::Organization;
use axum::Router;
use axum::routing::{get, post};
use std::sync::Arc;

pub fn routes() -> Router<Arc<Organization>> {
    Router::new()
        .route("/services/oauth2/authorize", get(authorize::ask).post(authorize::decide))
        .route("/services/oauth2/token", post(token::exchange))
        .route("/services/oauth2/revoke", get(revoke::revoke).post(revoke::revoke))
        .route("/services/oauth2/introspect", post(revoke::introspect))
        .route("/services/oauth2/userinfo", get(identity::user_info).post(identity::user_info))
        .route("/id/{organization_id}/{user_id}", get(identity::identity))
        .route("/.well-known/openid-configuration", get(identity::discovery))
}
