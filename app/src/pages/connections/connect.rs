//! Connect an integration: which environment, or which key.

use super::app_guide::app_guide;
use crate::{
    context::{actor, hub},
    pages::{
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, page, set_title},
        request::parameter,
    },
    parts::{
        form::{
            button::{Look, hidden, link, submit, submit_of},
            field::Input,
            form_id::form_id,
            options::radios,
        },
        layout::{
            back,
            card::card,
            page_heading,
            prose::{external, muted},
            row, sections, stack,
        },
    },
};
use leptos::prelude::*;
use lexicontract::{
    connectors::{self, guide::ConnectGuide},
    domain::{
        account::users::Role,
        connection::catalogue::{Integration, KeyField},
        problem::Problem,
    },
};

/// The form for one integration.
pub(crate) fn connect() -> WebPage {
    let slug = parameter("slug");
    let (messages, refused) = (messages(), FormState::here());
    page("Connect", async move {
        let actor = actor()?;
        actor.require(Role::Admin)?;
        let catalogue = hub().catalogue(&actor);
        let integration = catalogue.into_iter().find(|entry| entry.slug == slug).ok_or(Problem::NotFound)?;
        let heading = format!("Connect {}", integration.name);
        let guide = connectors::find(&integration.slug).and_then(|connector| Some(connector.oauth()?.method().guide));
        let app = guide.map(|guide| app_guide(&guide.app, connectors::terms(&integration.slug)));
        let form = if integration.available { form(&integration, guide, &refused) } else { unavailable(&integration) };
        set_title(&heading);
        Ok(sections(view! {
            {back("Integrations", "/integrations")}
            {page_heading(heading, integration.description.into_any(), ().into_any())}
            {messages}
            {form}
            {app}
        }))
    })
}

fn form(integration: &Integration, guide: Option<&'static ConnectGuide>, refused: &FormState) -> AnyView {
    let (title, inputs) = match guide {
        Some(guide) => (guide.title, environments(guide, refused)),
        None => ("API key", key_fields(&integration.fields, refused)),
    };
    let buttons =
        row((submit(format!("Connect {}", integration.name), Look::Primary), link("Cancel", "/integrations", Look::Secondary)));
    let form = view! {
        <form method="post" action="/actions/connect">
            {hidden(vec![("integration", integration.id.to_string()), form_id()])}
            {stack((inputs, buttons))}
        </form>
    };
    card("connect", title, ().into_any(), form.into_any())
}

fn environments(guide: &'static ConnectGuide, refused: &FormState) -> AnyView {
    let options = guide.environments.iter().map(|choice| (choice.environment.as_str(), choice.label, choice.help)).collect();
    let first = guide.environments.first().map_or("", |choice| choice.environment.as_str());
    let domain = &guide.domain;
    let input = Input { is_required: false, placeholder: domain.placeholder.to_owned(), ..Input::text("domain", domain.label) };
    let environment = refused.value("environment").unwrap_or(first.to_owned());
    stack((
        radios("environment", "Environment", options, &environment),
        refused.fill(input.help(domain.help)).view(),
        muted(guide.next),
    ))
}

/// The form for a key, and the button that sends it from elsewhere, such as the foot of a dialog.
pub(crate) fn key_form(integration: &Integration) -> (AnyView, AnyView) {
    let id = format!("connect-{}-form", integration.slug);
    let button = submit_of(id.clone(), format!("Connect {}", integration.name), Look::Primary);
    let form = view! {
        <form id=id method="post" action="/actions/connect">
            {hidden(vec![("integration", integration.id.to_string()), form_id()])}
            {key_fields(&integration.fields, &FormState::default())}
        </form>
    };
    (form.into_any(), button)
}

/// The inputs for a key and what comes with it.
pub(crate) fn key_fields(fields: &[KeyField], refused: &FormState) -> AnyView {
    let inputs = fields.iter().map(|field| {
        let kind = if field.name == "api_key" { "password" } else { "text" };
        let help = view! { {field.help.clone()} " " {external("Where to find it", field.help_url.clone())} };
        let pattern = Some((r"\s*[!-~]+\s*", "Letters, digits and signs, without spaces between them"));
        refused
            .fill(Input { kind, pattern, ..Input::text(format!("fields[{}]", field.name), field.label.clone()) })
            .help(help)
            .view()
    });
    stack((inputs.collect_view(), muted("The key is tried at once. It is stored encrypted and is never shown again.")))
}

fn unavailable(integration: &Integration) -> AnyView {
    let reason = integration.unavailable_reason.clone().unwrap_or("It cannot be connected on this server.".to_owned());
    card(
        "connect",
        "Unavailable",
        ().into_any(),
        stack((reason, row(link("Back to Integrations", "/integrations", Look::Secondary)))),
    )
}
