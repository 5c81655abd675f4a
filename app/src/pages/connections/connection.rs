use super::backlog::backlog_card;
use super::consent::pending_connection::pending_page;
use super::data::{ConnectionData, Selection};
use super::deliveries::deliveries;
use super::disconnect::disconnect_dialog;
use super::dry_run::dry_run_card;
use super::facts::this_connection;
use super::health::{reconciliation, switches, test_result};
use super::reconnect::reconnect_button;
use super::refused_calls::refused_calls;
use super::settings::summary;
use super::setup::{package, setup};
use super::ways::{new_address, ways};
use super::webhook::webhook;
use super::work::work;
use crate::delivery_query::DeliveryQuery;
use crate::pages::prelude::*;

pub(crate) fn connection_page() -> WebPage {
    let (id, selection) = (parameter("id"), Selection { query: DeliveryQuery::read(query), cursor: query("cursor") });
    let is_tested = query("done").is_some_and(|code| code == "tested");
    let messages = messages();
    page("Connection", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ConnectionId = parse_id(&id)?;
        match ConnectionData::read(&hub, &actor, &id, selection, is_tested).await {
            Ok(data) => Ok(view(&data, messages)),
            Err(hub::Error::Problem(Problem::NeedsConfirmation)) => {
                let connection = hub.connection(&actor, &id).await?;
                pending_page(&connection, actor.role >= Role::Admin, hub.clock().now(), messages).ok_or(Problem::NotFound.into())
            }
            Err(error) => Err(error),
        }
    })
}

fn view(data: &ConnectionData, messages: AnyView) -> AnyView {
    let connection = &data.health.connection;
    let id = connection.id.clone();
    let has_setup = connection.has_setup();
    let is_admin = data.role >= Role::Admin;
    let main = view! {
        {has_setup.then(|| live("setup-live", setup(data)))}
        {new_address(data)}
        {has_setup.then(|| live("ways-live", ways(data)))}
        {(has_setup && is_admin).then(|| package(data))}
        {live("test-live", test_result(data.health.test.as_ref(), data.is_tested, data.now))}
        {has_setup.then(|| webhook(data))}
        {has_setup.then(|| deliveries(data))}
        {has_setup.then(|| live("refused-live", refused_calls(data)))}
        // This card is the last part, because its height changes and would move the content below.
        {live("work-live", work(data))}
    };
    let side = view! {
        {live("state", card("state-card", "This connection", (), this_connection(data)))}
        {reconciliation(data).map(|content| live("comparison-live", content))}
        {has_setup.then(|| live("settings-live", summary(connection, is_admin)))}
        {(has_setup && data.role >= Role::Member).then(|| dry_run_card(&id, data.terms()))}
        {(has_setup && is_admin).then(|| backlog_card(&id, data.terms()))}
        {is_admin.then(|| switches(connection))}
    };
    let name = &connection.integration.name;
    let account = connection.account_label.as_deref().map_or_else(|| name.clone(), |account| format!("{name} · {account}"));
    set_title(&account);
    sections(view! {
        {back("Integrations", "/integrations")}
        {heading(data)}
        {messages}
        {live("fault", issue(data))}
        <LivePage subject=Subject::Connection(id.clone()) known=data.fingerprint.clone() address=data.address() />
        {main_and_side(main, side)}
        {is_admin.then(|| disconnect_dialog(connection))}
    })
}

fn heading(data: &ConnectionData) -> AnyView {
    let connection = &data.health.connection;
    let lead = view! {
        <span class="wrap-anywhere">{connection.account_label.clone()}</span>
        {connection.has_setup().then(|| tag(connection.environment.label()))}
        {live_inline("states", states(&data.health))}
    };
    page_heading(connection.integration.name.clone(), lead, actions(data))
}

fn actions(data: &ConnectionData) -> AnyView {
    let connection = &data.health.connection;
    let test = (data.role >= Role::Member).then(|| {
        let values = vec![("connection", connection.id.to_string())];
        post_button("/actions/test_connection", values, "Test connection", Look::Secondary)
    });
    let reconnect = (data.role >= Role::Admin).then(|| reconnect_button(connection, Look::Secondary));
    any_view! { {test} {reconnect} }
}

fn issue(data: &ConnectionData) -> AnyView {
    let connection = &data.health.connection;
    let Some(error) = connection.last_error.clone() else { return ().into_any() };
    callout(Tone::Warn, Some(connection.status.label().to_owned()), error, next_retry(&data.health, data.now))
}
