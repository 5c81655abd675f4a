use super::outcome::respond;
use crate::context::{form_actor, hub, parse_id};
use crate::delivery_query::DeliveryQuery;
use crate::text::url::escape;
use crate::{Fault, flash};
use leptos::prelude::*;
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::services::ReceivedRange;

/// Creates or rotates the webhook secret of a connection. The page of the connection shows the new secret once.
#[server(prefix = "/actions", endpoint = "make_webhook_secret")]
pub async fn make_webhook_secret(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async {
        let made = hub().make_webhook_secret(&form_actor()?, &parse_id(&connection)?).await?;
        flash::keep(&page, &format!("{} {}", made.secret, made.signing_key));
        Ok(())
    };
    respond(outcome.await, |()| format!("{page}?done=secret_made#webhook"), &page)
}

/// Creates or rotates the URL for Outbound Messages. The URL contains a secret. The page of the connection shows the new URL
/// once.
#[server(prefix = "/actions", endpoint = "create_outbound_secret")]
pub async fn create_outbound_secret(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async {
        let created = hub().create_outbound_secret(&form_actor()?, &parse_id(&connection)?).await?;
        flash::keep(&page, &created.url);
        Ok(())
    };
    respond(outcome.await, |()| format!("{page}?done=outbound_secret_made"), &page)
}

#[server(prefix = "/actions", endpoint = "end_previous_webhook_secrets")]
pub async fn end_previous_webhook_secrets(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async { hub().end_previous_webhook_secrets(&form_actor()?, &parse_id(&connection)?).await };
    respond(outcome.await, |()| format!("{page}?done=secret_ended#webhook"), &page)
}

#[server(prefix = "/actions", endpoint = "end_previous_outbound_secrets")]
pub async fn end_previous_outbound_secrets(#[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async { hub().end_previous_outbound_secrets(&form_actor()?, &parse_id(&connection)?).await };
    respond(outcome.await, |()| format!("{page}?done=outbound_secret_ended"), &page)
}

/// Requests a delivery again, from the list of a connection's deliveries or, without `connection`, from the delivery's page.
#[server(prefix = "/actions", endpoint = "redeliver")]
pub async fn redeliver(#[server(default)] delivery: String, #[server(default)] connection: String) -> Result<(), Fault> {
    let (page, part) = match connection.as_str() {
        "" => (format!("/deliveries/{}", escape(&delivery)), ""),
        connection => (format!("/integrations/{}", escape(connection)), "#deliveries"),
    };
    let outcome = async { hub().redeliver(&form_actor()?, &parse_id(&delivery)?).await };
    respond(outcome.await, |_| format!("{page}?done=redelivered{part}"), &page)
}

/// Requests the failed deliveries of a connection again. `since` is a day, such as `2026-11-30`, or empty for all.
#[server(prefix = "/actions", endpoint = "redeliver_failed")]
pub async fn redeliver_failed(#[server(default)] connection: String, #[server(default)] since: String) -> Result<(), Fault> {
    let query = DeliveryQuery { status: DeliveryStatus::Failed.into_str().to_owned(), since };
    let outcome = async {
        let range = ReceivedRange { since: query.since()?, until: None };
        hub().redeliver_failed(&form_actor()?, &parse_id(&connection)?, range).await
    };
    let page = format!("/integrations/{}", escape(&connection));
    respond(outcome.await, |_| format!("{page}?done=redelivered_failed#deliveries"), &page)
}
