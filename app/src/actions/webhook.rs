use super::outcome::respond;
use crate::context::{form_actor, hub, parse_id};
use crate::text::url::escape;
use crate::{Fault, flash};
use leptos::prelude::*;

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

#[server(prefix = "/actions", endpoint = "redeliver")]
pub async fn redeliver(#[server(default)] delivery: String, #[server(default)] connection: String) -> Result<(), Fault> {
    let page = format!("/integrations/{}", escape(&connection));
    let outcome = async { hub().redeliver(&form_actor()?, &parse_id(&delivery)?).await };
    respond(outcome.await, |_| format!("{page}?done=redelivered#deliveries"), &page)
}
