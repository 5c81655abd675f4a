use super::chosen::Control;
use super::{creation, events, files, opportunities, outbound, report, switches};
use crate::simulator::Organizations;
use crate::state::organization::Organization;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, patch, post};
use std::sync::Arc;

const MAX_BYTES: usize = 192 * 1_024 * 1_024;

pub fn routes(organizations: &Organizations, organization: &Arc<Organization>) -> Router {
    Router::new()
        .route("/control/state", get(report::report))
        .route("/control/reset", post(events::reset))
        .route("/control/opportunities", post(creation::create))
        .route("/control/opportunities/bulk", post(creation::create_many))
        .route("/control/opportunities/stage", post(opportunities::move_many))
        .route("/control/opportunities/{id}", patch(opportunities::change).delete(opportunities::delete))
        .route("/control/opportunities/{id}/stage", post(opportunities::move_one))
        .route("/control/opportunities/{id}/files", post(files::attach))
        .route("/control/webhook", post(switches::webhook))
        .route("/control/outbound", post(outbound::configure))
        .route("/control/outbound/retry", post(outbound::retry))
        .route("/control/oauth", post(switches::oauth))
        .route("/control/apps", post(switches::apps))
        .route("/control/fields", post(switches::fields))
        .route("/control/limits", post(switches::limits))
        .route("/control/sessions/expire", post(events::expire_sessions))
        .route("/control/grants/revoke", post(events::revoke_grants))
        .route("/control/faults", post(events::order_faults).delete(events::clear_faults))
        .route("/control/clock", post(events::advance_clock))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(Control { organizations: organizations.clone(), own: Arc::clone(organization) })
}
