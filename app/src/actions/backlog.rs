use super::outcome::respond;
use crate::Fault;
use crate::backlog_query::BacklogQuery;
use crate::context::{form_actor, hub, parse_id};
use crate::text::url::escape;
use leptos::prelude::*;
use lexicontract::domain::ids::ConnectionId;

/// Imports the selected older deals. `fingerprint` identifies the deals that the page showed. If the selection contains other
/// deals now, the action fails and imports nothing.
#[server(prefix = "/actions", endpoint = "import_backlog")]
pub async fn import_backlog(
    #[server(default)] connection: String,
    #[server(default)] stage: String,
    #[server(default)] record_type: String,
    #[server(default)] since: String,
    #[server(default)] fingerprint: String,
) -> Result<(), Fault> {
    let selection = BacklogQuery { stage, record_type, since };
    let outcome = async {
        let id: ConnectionId = parse_id(&connection)?;
        hub().import_backlog(&form_actor()?, &id, selection.filter()?, Some(&fingerprint)).await
    };
    let page = format!("/integrations/{}", escape(&connection));
    respond(outcome.await, |_| format!("{page}?done=backlog_imported#deliveries"), &selection.address(&connection))
}
