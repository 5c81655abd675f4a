use super::outcome::respond;
use crate::Fault;
use crate::backlog_query::BacklogQuery;
use crate::context::{form_actor, hub, parse_id};
use crate::text::url::escape;
use leptos::prelude::*;
use lexicontract::domain::ids::ConnectionId;
use lexicontract::domain::problem::Invalid;

/// Imports the deals of the selection, if their number is still `expected`.
#[server(prefix = "/actions", endpoint = "import_backlog")]
pub async fn import_backlog(
    #[server(default)] connection: String,
    #[server(default)] stage: String,
    #[server(default)] record_type: String,
    #[server(default)] since: String,
    #[server(default)] expected: String,
) -> Result<(), Fault> {
    let selection = BacklogQuery { stage, record_type, since };
    let outcome = async {
        let id: ConnectionId = parse_id(&connection)?;
        let expected = expected.parse().map_err(|_| Invalid::Body)?;
        hub().import_backlog(&form_actor()?, &id, selection.filter()?, Some(expected)).await
    };
    let page = format!("/integrations/{}", escape(&connection));
    respond(outcome.await, |_| format!("{page}?done=backlog_imported#deliveries"), &selection.address(&connection))
}
