//! One connection: how it stands, how it is set up, what came of its calls.

use super::{
    disconnect::disconnect_dialog,
    dry_run::try_it,
    health::{state, switches},
    pending_connection::pending_page,
    reconciliation::comparison,
    settings::summary,
    setup::{package, setup},
    test::test_result,
    webhook::{deliveries, webhook},
    work::work,
};
use crate::{
    auto_refresh::Subject,
    context::{actor, hub},
    fingerprint::{fingerprint, page_at},
    flash,
    islands::LivePage,
    pages::{
        messages::messages,
        page::{WebPage, page, set_title},
        request::{parameter, query},
    },
    parts::{
        form::button::{Look, link, post},
        layout::{
            back,
            card::{card, live, live_words},
            main_and_side, page_heading, sections,
        },
        status::{
            issues::{next_retry, states},
            notice::remark,
            pill::tag,
            tone::Tone,
        },
    },
};
use leptos::prelude::*;
use lexicontract::{
    connectors,
    domain::{
        account::users::Role,
        connection::{
            WebhookSecretInfo,
            catalogue::AuthType,
            health::{ConnectionHealth, Work},
            terms::Terms,
        },
        delivery::Delivery,
        ids::ConnectionId,
        page::Page,
        problem::Problem,
        time::Timestamp,
    },
    hub::{self, Hub},
    services::Actor,
};

/// What the sections of the page show.
pub(crate) struct Shown {
    pub health: ConnectionHealth,
    pub work: Work,
    pub deliveries: Page<Delivery>,
    pub secrets: Vec<WebhookSecretInfo>,
    /// The secret that was just made, this once.
    pub new_secret: Option<String>,
    pub webhook_address: String,
    pub scopes: Vec<String>,
    pub role: Role,
    pub now: Timestamp,
    known: String,
    /// Whether the test was made just now, so that its findings are unfolded.
    is_tested: bool,
}

impl Shown {
    /// The words of the provider.
    pub(crate) fn terms(&self) -> &'static Terms {
        connectors::terms(&self.health.connection.integration.slug)
    }
}

/// The page.
pub(crate) fn connection_page() -> WebPage {
    let (id, cursor) = (parameter("id"), query("cursor"));
    let is_tested = query("done").is_some_and(|code| code == "tested");
    let messages = messages();
    page("Connection", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ConnectionId = id.parse().map_err(|_| Problem::NotFound)?;
        match read(&hub, &actor, &id, cursor, is_tested).await {
            Ok(shown) => Ok(view(&shown, messages)),
            Err(hub::Error::Problem(Problem::NeedsConfirmation)) => {
                let connection = hub.connection(&actor, &id).await?;
                pending_page(&connection, actor.role >= Role::Admin, hub.clock().now(), messages).ok_or(Problem::NotFound.into())
            }
            Err(error) => Err(error),
        }
    })
}

async fn read(hub: &Hub, actor: &Actor, id: &ConnectionId, cursor: Option<String>, is_tested: bool) -> hub::Result<Shown> {
    let known = fingerprint(hub, actor, &Subject::Connection(id.clone())).await?;
    let health = hub.connection_health(actor, id).await?;
    Ok(Shown {
        webhook_address: hub.webhook_address(&health.connection),
        health,
        work: hub.work(actor, id).await?,
        deliveries: hub.deliveries(actor, id, &page_at(cursor)).await?,
        secrets: hub.webhook_secrets(actor, id).await?,
        new_secret: flash::take(&format!("/integrations/{id}")),
        // Credentials that do not open say so elsewhere; the page is shown all the same.
        scopes: hub.granted_scopes(actor, id).await.unwrap_or_default(),
        role: actor.role,
        now: hub.clock().now(),
        known,
        is_tested,
    })
}

fn view(shown: &Shown, messages: AnyView) -> AnyView {
    let connection = &shown.health.connection;
    let id = connection.id.clone();
    let has_setup = connection.has_setup();
    let is_admin = shown.role >= Role::Admin;
    let main = view! {
        {has_setup.then(|| live("setup-live", setup(shown)))}
        {(has_setup && is_admin).then(|| package(shown))}
        {live("test-live", test_result(shown.health.test.as_ref(), shown.is_tested, shown.now))}
        {has_setup.then(|| webhook(shown))}
        {has_setup.then(|| live("deliveries-live", deliveries(shown)))}
        // Last: it is as long as there is work, and nothing stands below that would move.
        {live("work-live", work(shown))}
    };
    let side = view! {
        {live("state", card("state-card", "State", ().into_any(), state(shown)))}
        {comparison(shown).map(|content| live("comparison-live", content))}
        {has_setup.then(|| live("settings-live", summary(connection, is_admin)))}
        {(has_setup && shown.role >= Role::Member).then(|| try_it(&id, shown.terms()))}
        {is_admin.then(|| switches(connection))}
    };
    let name = &connection.integration.name;
    let account = connection.account_label.as_deref().map_or_else(|| name.clone(), |account| format!("{name} · {account}"));
    set_title(&account);
    sections(view! {
        {back("Integrations", "/integrations")}
        {heading(shown)}
        {messages}
        {live("fault", fault(shown))}
        <LivePage subject=Subject::Connection(id.clone()) known=shown.known.clone() address=format!("/integrations/{id}") />
        {main_and_side(main.into_any(), side.into_any())}
        {is_admin.then(|| disconnect_dialog(connection))}
    })
}

fn heading(shown: &Shown) -> AnyView {
    let connection = &shown.health.connection;
    let lead = view! {
        <span class="wrap-anywhere">{connection.account_label.clone()}</span>
        {connection.has_setup().then(|| tag(connection.environment.label()))}
        {live_words("states", states(&shown.health))}
    };
    page_heading(connection.integration.name.clone(), lead.into_any(), actions(shown))
}

/// What can be done at once.
fn actions(shown: &Shown) -> AnyView {
    let connection = &shown.health.connection;
    let id = connection.id.to_string();
    let test = (shown.role >= Role::Member)
        .then(|| post("/actions/test_connection", vec![("connection", id.clone())], "Test connection", Look::Secondary));
    let reconnect = (shown.role >= Role::Admin).then(|| match connection.integration.auth_type {
        AuthType::OAuth2 => post("/actions/reconnect", vec![("connection", id.clone())], "Reconnect", Look::Secondary),
        AuthType::ApiKey => link("Reconnect", format!("/integrations/{id}/reconnect"), Look::Secondary),
    });
    view! { {test} {reconnect} }.into_any()
}

fn fault(shown: &Shown) -> AnyView {
    let connection = &shown.health.connection;
    let Some(error) = connection.last_error.clone() else { return ().into_any() };
    let next = next_retry(&shown.health, shown.now).into_any();
    remark(Tone::Warn, Some(connection.status.label().to_owned()), error, next)
}
