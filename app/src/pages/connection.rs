//! One connection: how it stands, how it is set up, what came of its calls.

use super::{
    connection_setup::{settings, setup},
    connection_webhook::{deliveries, webhook},
    messages::messages,
    page::page,
    request::{parameter, query},
};
use crate::{
    context::{actor, hub},
    flash,
    islands::LivePage,
    live::Subject,
    parts::{
        button::{Look, link, post, submit},
        card::{card, live},
        layout::{back, main_and_side, page_heading, sections, stack},
        list::{facts, step, steps},
        moment::moment,
        notice::notice,
        pill::pill,
        prose::{code, muted},
        status,
        tone::Tone,
    },
    watch::{fingerprint, page_at},
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        catalogue::AuthType,
        connection::{Connection, ConnectionTest, WebhookSecretInfo},
        delivery::Delivery,
        ids::ConnectionId,
        page::Page,
        people::Role,
        problem::Problem,
        time::Timestamp,
    },
    hub::Hub,
    services::Actor,
};

/// What the sections of the page show.
pub(super) struct Shown {
    pub connection: Connection,
    pub deliveries: Page<Delivery>,
    pub secrets: Vec<WebhookSecretInfo>,
    /// The secret that was just made, this once.
    pub new_secret: Option<String>,
    pub webhook_address: String,
    pub role: Role,
    pub now: Timestamp,
    known: String,
    test: Option<Result<ConnectionTest, Problem>>,
}

/// The page.
#[component]
pub(super) fn ConnectionPage() -> impl IntoView {
    let (id, cursor, is_test) = (parameter("id"), query("cursor"), query("test").is_some());
    let messages = messages();
    page("Connection", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        let shown = read(&hub, &actor, &id, cursor, is_test).await?;
        Ok(view(&shown, messages))
    })
}

async fn read(hub: &Hub, actor: &Actor, id: &ConnectionId, cursor: Option<String>, is_test: bool) -> Result<Shown, Problem> {
    let known = fingerprint(hub, actor, &Subject::Connection(id.clone())).await?;
    // The test may change the state, so it comes before the state is read.
    let test = if is_test { Some(hub.test_connection(actor, id).await.map_err(Problem::from)) } else { None };
    let connection = hub.connection(actor, id).await?;
    Ok(Shown {
        deliveries: hub.deliveries(actor, id, &page_at(cursor)).await?,
        // Only admins may see them; for the others there are none.
        secrets: hub.webhook_secrets(actor, id).await.unwrap_or_default(),
        new_secret: flash::take(&format!("/integrations/{id}")),
        webhook_address: hub.config().public("/api/v1/integrations/salesforce/webhook"),
        role: actor.role,
        now: hub.clock().now(),
        connection,
        known,
        test,
    })
}

fn view(shown: &Shown, messages: AnyView) -> AnyView {
    let id = shown.connection.id.clone();
    let is_salesforce = shown.connection.integration.slug == "salesforce";
    let is_admin = shown.role >= Role::Admin;
    let main = view! {
        {shown.test.as_ref().map(test_result)}
        {is_salesforce.then(|| webhook(shown))}
        {is_salesforce.then(|| live("deliveries-live", deliveries(shown)))}
        {(is_salesforce && is_admin).then(|| settings(&shown.connection))}
    };
    let side = view! {
        {live("state", card("state-card", "State", ().into_any(), state(shown)))}
        {is_salesforce.then(|| live("setup-live", setup(shown)))}
        {is_admin.then(|| switches(&shown.connection))}
    };
    sections(view! {
        {back("Integrations", "/integrations")}
        {page_heading(
            shown.connection.integration.name.clone(),
            shown.connection.account_label.clone().unwrap_or_default().into_any(),
            actions(shown),
        )}
        {messages}
        {live("fault", fault(&shown.connection))}
        <LivePage subject=Subject::Connection(id.clone()) known=shown.known.clone() address=format!("/integrations/{id}") />
        {main_and_side(main.into_any(), side.into_any())}
    })
}

/// What can be done at once.
fn actions(shown: &Shown) -> AnyView {
    let id = &shown.connection.id;
    let test = (shown.role >= Role::Member).then(|| {
        view! {
            <form method="get" action=format!("/integrations/{id}")>
                <input type="hidden" name="test" value="now" />
                {submit("Test connection", Look::Secondary)}
            </form>
        }
    });
    let reconnect = (shown.role >= Role::Admin).then(|| match shown.connection.integration.auth_type {
        AuthType::OAuth2 => post("/actions/reconnect", vec![("connection", id.to_string())], "Reconnect", Look::Secondary),
        AuthType::ApiKey => link("Reconnect", format!("/integrations/{id}/reconnect"), Look::Secondary),
    });
    view! { {test} {reconnect} }.into_any()
}

fn fault(connection: &Connection) -> AnyView {
    connection.last_error.clone().map(|error| notice(Tone::Warn, Some(connection.status.label().to_owned()), error)).into_any()
}

fn state(shown: &Shown) -> AnyView {
    let connection = &shown.connection;
    let activity = match connection.last_activity_at {
        Some(at) => moment(at, shown.now),
        None => "None yet".into_any(),
    };
    let switched_off = (!connection.is_enabled).then(|| pill(Tone::Warn, "Switched off"));
    let mut rows = vec![
        ("Status", view! { {status::connection(connection.status)} " " {switched_off} }.into_any()),
        ("Account", connection.account_label.clone().unwrap_or("Not known yet".to_owned()).into_any()),
        ("Last activity", activity),
        ("Connected", moment(connection.created_at, shown.now)),
    ];
    if let Some(external) = connection.external_account_id.clone() {
        rows.push(("Account id", code(external)));
    }
    if connection.integration.auth_type == AuthType::OAuth2 {
        rows.push(("Environment", connection.environment.label().into_any()));
        rows.push(("Scopes", code("api refresh_token openid")));
    }
    facts(rows)
}

fn test_result(test: &Result<ConnectionTest, Problem>) -> AnyView {
    let content = match test {
        Err(problem) => notice(Tone::Danger, Some(problem.title().to_owned()), problem.detail()),
        Ok(test) => {
            let checks = test.checks.iter().map(|check| {
                let (tone, state) = if check.ok { (Tone::Ok, "in order") } else { (Tone::Danger, "to be fixed") };
                step(tone, state, check.name.clone(), check.detail.clone().into_any())
            });
            let verdict = match test.ok {
                true => {
                    notice(Tone::Ok, None, format!("Everything is in order. The provider answered in {} ms.", test.latency_ms))
                }
                false => {
                    notice(Tone::Warn, None, "Something needs to be fixed. Each finding says who can do it and where.".to_owned())
                }
            };
            stack((verdict, steps(checks.collect())))
        }
    };
    card("test-result", "Test result", ().into_any(), content)
}

fn switches(connection: &Connection) -> AnyView {
    let id = connection.id.to_string();
    let (words, effect, value) = match connection.is_enabled {
        true => ("Switch off", "While it is off, calls are refused and nothing is written back.", "false"),
        false => ("Switch on", "Calls are accepted and statuses are written back again.", "true"),
    };
    let switch = post(
        "/actions/update_connection",
        vec![("connection", id.clone()), ("is_enabled", value.to_owned())],
        words,
        Look::Secondary,
    );
    let disconnect = view! {
        <form method="get" action=format!("/integrations/{id}/disconnect")>{submit("Disconnect", Look::Danger)}</form>
    };
    let content = stack((
        muted(effect),
        switch,
        muted("Disconnecting erases the credentials and ends the access. Contracts stay."),
        disconnect,
    ));
    card("switches", "Pause or end", ().into_any(), content)
}
