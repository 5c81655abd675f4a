//! The settings of the organization: what it uses of its quotas, and the ways to the other settings.

use crate::{
    context::{actor, hub},
    pages::{
        errors::rejected_form::FormState,
        messages::messages,
        page::{WebPage, page},
    },
    parts::{
        form::{
            button::{Look, post, submit},
            field::Input,
        },
        layout::{
            card::card,
            form_row,
            list::{item, items},
            page_heading,
            prose::{link, muted, text},
            row, sections, stack,
        },
        status::{
            number::{bytes, count},
            operator_warnings::operator_warnings,
            pill::pill,
            progress::{progress, progresses},
            tone::Tone,
        },
    },
};
use leptos::prelude::*;
use lexicontract::{
    domain::account::{
        organization::Organization,
        quota::{Quota, QuotaUsage, Usage},
        users::Role,
    },
    services::LlmProvider,
};

/// The page.
pub(crate) fn settings() -> WebPage {
    let (messages, refused) = (messages(), FormState::here());
    page("Settings", async move {
        let (hub, actor) = (hub(), actor()?);
        let (usage, is_admin) = (hub.usage(&actor).await?, actor.role >= Role::Admin);
        let organization = hub.organization(&actor).await?;
        let provider = hub.llm_provider();
        Ok(sections(view! {
            {page_heading("Settings", "What your organization uses, and where to change what.".into_any(), ().into_any())}
            {messages}
            {is_admin.then(|| operator_warnings(&hub.operator_warnings()))}
            {is_admin.then(|| card("organization", "Organization", ().into_any(), name_form(&organization, &refused)))}
            {language_model_card(&organization, provider.as_ref(), is_admin)}
            {card("usage", "Usage", ().into_any(), quotas(&usage))}
            {card("more", "More settings", ().into_any(), links(actor.role))}
        }))
    })
}

fn name_form(organization: &Organization, refused: &FormState) -> AnyView {
    let name = Input { value: organization.name.clone(), ..Input::text("organization", "Name") };
    view! {
        <form method="post" action="/actions/update_organization" data-busy="Saving …">
            {form_row((refused.fill(name).view(), submit("Save name", Look::Primary)))}
        </form>
    }
    .into_any()
}

fn language_model_card(organization: &Organization, provider: Option<&LlmProvider>, is_admin: bool) -> AnyView {
    let state = match (provider, organization.llm_analysis) {
        (None, _) => pill(Tone::Neutral, "Not available"),
        (Some(_), true) => pill(Tone::Ok, "On"),
        (Some(_), false) => pill(Tone::Neutral, "Off"),
    };
    let content = match provider {
        Some(provider) => language_model(organization.llm_analysis, provider, is_admin),
        None => no_language_model(organization.llm_analysis, is_admin),
    };
    card("language-model", "Language model", state, content)
}

fn no_language_model(is_on: bool, is_admin: bool) -> AnyView {
    let none = text(
        "No language model is configured on this server. Contracts are analysed on the server, and no text is sent elsewhere.",
    );
    let in_advance = is_on.then(|| {
        let words = text("Your organization has allowed one: texts are sent to it as soon as the operator configures one.");
        stack((words, switch(false, is_admin)))
    });
    stack((none, in_advance))
}

/// The button that switches the model on or off.
fn switch(on: bool, is_admin: bool) -> AnyView {
    let (words, look) = if on { ("Switch on", Look::Primary) } else { ("Switch off", Look::Secondary) };
    match is_admin {
        true => row(post("/actions/update_organization", vec![("llm_analysis", on.to_string())], words, look)),
        false => muted("An admin of your organization can change this."),
    }
}

fn language_model(is_on: bool, provider: &LlmProvider, is_admin: bool) -> AnyView {
    let sent = format!(
        "When it is on, the whole text of each document that is analysed is sent to the model {} at {}, which the operator of this server \
         has chosen. Nothing else is sent: no file name, and no data from providers or about your users. The timeline of each contract says \
         when its text was sent, and where.",
        provider.model, provider.host
    );
    let off = "When it is off, contracts are analysed on this server, and no text is sent to the model.";
    stack((text(sent), text(off), switch(!is_on, is_admin)))
}

fn quotas(usage: &Usage) -> AnyView {
    let lines = Quota::ALL.into_iter().map(|quota| line(quota, usage.of(quota))).collect();
    view! {
        {muted("The operator of this server sets the limits. Each of them holds for your whole organization.")}
        {progresses(lines)}
    }
    .into_any()
}

fn line(quota: Quota, usage: QuotaUsage) -> AnyView {
    let number = if quota == Quota::StorageBytes { bytes } else { count };
    let words = match usage.limit {
        Some(limit) => view! { {number(usage.used)} " of " {number(limit)} {state(usage.used, limit)} }.into_any(),
        None => view! { {number(usage.used)} ", no limit" }.into_any(),
    };
    progress(quota.label().to_owned(), usage.limit.map(|limit| (usage.used.min(limit), limit)), words)
}

/// Says in words what the bar shows when it is nearly full.
fn state(used: i64, limit: i64) -> Option<&'static str> {
    match used {
        _ if used >= limit => Some(" – limit reached"),
        _ if used >= limit - limit / 5 => Some(" – nearly reached"),
        _ => None,
    }
}

fn links(role: Role) -> AnyView {
    let to = |words: &'static str, address: &'static str, about: &'static str| {
        item(link(words, address), ().into_any(), about.into_any())
    };
    let mut links = vec![
        to("API tokens", "/settings/tokens", "For programs that reach the API."),
        to("Your account", "/account", "Your password, and where you are signed in."),
    ];
    if role >= Role::Admin {
        links.push(to("Team", "/team", "Users and their roles."));
        links.push(to("Audit log", "/settings/audit", "Who did what that matters to security."));
    }
    items(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(quota: Quota, used: i64, limit: Option<i64>) -> String {
        Owner::new().with(|| line(quota, QuotaUsage { used, limit }).to_html())
    }

    #[test]
    fn a_quota_shows_used_limit_and_a_bar_that_words_repeat() {
        let ordinary = text(Quota::Contracts, 3, Some(10));
        assert!(
            ordinary.contains("Contracts") && ordinary.contains("max=\"10\"") && ordinary.contains("value=\"3\""),
            "{ordinary}"
        );
        assert!(!ordinary.contains("reached"), "{ordinary}");
        assert!(text(Quota::Contracts, 8, Some(10)).contains("nearly reached"));
        assert!(text(Quota::Users, 12, Some(10)).contains("limit reached"));
        assert!(text(Quota::StorageBytes, 1_500, Some(2_000_000)).contains("1.5 KB"));
        let unlimited = text(Quota::Users, 4, None);
        assert!(unlimited.contains("no limit") && !unlimited.contains("<progress"), "{unlimited}");
    }
}
