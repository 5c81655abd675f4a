use super::consent::app_guide::app_guide;
use crate::pages::prelude::*;
use lexicontract::connectors::guide::ConnectGuide;
use lexicontract::domain::connection::catalogue::KeyField;

pub(crate) fn connect() -> WebPage {
    let slug = parameter("slug");
    let (messages, form_state) = (messages(), FormState::take());
    page("Connect", async move {
        let actor = actor()?;
        actor.require(Role::Admin)?;
        let catalogue = hub().catalogue(&actor);
        let integration = catalogue.into_iter().find(|entry| entry.slug == slug).ok_or(Problem::NotFound)?;
        let heading = format!("Connect {}", integration.name);
        let guide = connectors::find(&integration.slug).and_then(|connector| Some(connector.oauth()?.method().guide));
        let app = guide.map(|guide| app_guide(&guide.app, connectors::terms(&integration.slug)));
        let form = if integration.available { form(&integration, guide, &form_state) } else { unavailable(&integration) };
        set_title(&heading);
        Ok(sections(view! {
            {back("Integrations", "/integrations")}
            {page_heading(heading, integration.description, ())}
            {messages}
            {form}
            {app}
        }))
    })
}

fn form(integration: &Integration, guide: Option<&'static ConnectGuide>, form_state: &FormState) -> AnyView {
    let (title, inputs) = match guide {
        Some(guide) => (guide.title, stack((environments(guide, form_state), muted(guide.next)))),
        None => ("API key", key_fields(&integration.fields, form_state)),
    };
    let ask = guide.map(|_| ask_an_administrator(&integration.slug));
    let buttons = row((
        submit(format!("Connect {}", integration.name), Look::Primary),
        ask,
        link_button("Cancel", "/integrations", Look::Secondary),
    ));
    let values = vec![("integration", integration.id.to_string()), form_id()];
    card("connect", title, (), post_form("/actions/connect", values, stack((inputs, buttons))))
}

/// A link to the page that creates connect links.
pub(super) fn ask_an_administrator(slug: &str) -> AnyView {
    link_button("Ask an administrator", format!("/integrations/connect/{slug}/link"), Look::Quiet)
}

pub(super) fn environments(guide: &'static ConnectGuide, form_state: &FormState) -> AnyView {
    let options = guide.environments.iter().map(|choice| (choice.environment.into_str(), choice.label, choice.help));
    let first = guide.environments.first().map_or("", |choice| choice.environment.into_str());
    let domain = &guide.domain;
    let input = Input { is_required: false, placeholder: domain.placeholder.to_owned(), ..Input::text("domain", domain.label) };
    let environment = form_state.value("environment").unwrap_or(first.to_owned());
    stack((radios("environment", "Environment", options, &environment), form_state.fill(input.help(domain.help)).view()))
}

/// Returns the form for an API key, and its submit button. They are separate, because a dialog shows the button below the form.
pub(super) fn key_form(integration: &Integration) -> (AnyView, AnyView) {
    let id = format!("connect-{}-form", integration.slug);
    let button = submit_form(id.clone(), format!("Connect {}", integration.name), Look::Primary);
    let form = any_view! {
        <form id=id method="post" action="/actions/connect">
            {hidden(vec![("integration", integration.id.to_string()), form_id()])}
            {key_fields(&integration.fields, &FormState::default())}
        </form>
    };
    (form, button)
}

pub(super) fn key_fields(fields: &[KeyField], form_state: &FormState) -> AnyView {
    let inputs = fields.iter().map(|field| {
        let kind = if field.name == "api_key" { "password" } else { "text" };
        let help = view! { {field.help.clone()} " " {external("Where to find it", field.help_url.clone())} };
        let pattern = Some((r"\s*[!-~]+\s*", "Letters, digits and symbols, without spaces"));
        let input = Input { kind, pattern, ..Input::text(format!("fields[{}]", field.name), field.label.clone()) };
        form_state.fill(input).help(help).view()
    });
    stack((inputs.collect_view(), muted("The key is checked immediately. It is stored encrypted and never shown again.")))
}

fn unavailable(integration: &Integration) -> AnyView {
    let back = row(link_button("Back to Integrations", "/integrations", Look::Secondary));
    card("connect", "Unavailable", (), stack((unavailable_reason(integration), back)))
}

pub(super) fn unavailable_reason(integration: &Integration) -> String {
    integration.unavailable_reason.clone().unwrap_or("This integration can’t be connected on this server.".to_owned())
}
