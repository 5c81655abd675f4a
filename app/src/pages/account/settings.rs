use crate::pages::prelude::*;
use lexicontract::domain::account::organization::Organization;
use lexicontract::domain::account::quota::{Quota, QuotaUsage, Usage};
use lexicontract::services::LlmProvider;

pub(crate) fn settings() -> WebPage {
    let (messages, form_state) = (messages(), FormState::take());
    page("Settings", async move {
        let (hub, actor) = (hub(), actor()?);
        let (usage, is_admin) = (hub.usage(&actor).await?, actor.role >= Role::Admin);
        let organization = hub.organization(&actor).await?;
        let provider = hub.llm_provider();
        Ok(sections(view! {
            {page_heading("Settings", "The settings and usage of your organization.", ())}
            {messages}
            {is_admin.then(|| operator_warnings(&hub.operator_warnings()))}
            {is_admin.then(|| card("organization", "Organization", (), name_form(&organization, &form_state)))}
            {language_model_card(&organization, provider.as_ref(), is_admin)}
            {card("usage", "Usage", (), quotas(&usage))}
            {card("more", "More settings", (), links(actor.role))}
            {is_admin.then(|| card("delete", "Delete the organization", (), deletion()))}
        }))
    })
}

fn name_form(organization: &Organization, form_state: &FormState) -> AnyView {
    let name = Input { value: organization.name.clone(), ..Input::text("organization", "Name") };
    any_view! {
        <form method="post" action="/actions/update_organization" data-busy="Saving …">
            {form_row((form_state.fill(name).view(), submit("Save name", Look::Primary)))}
        </form>
    }
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
    const NONE: &str =
        "No language model is configured on this server. Contracts are analysed on the server, and no text is sent elsewhere.";
    const ALLOWED: &str = "Your organization allows a language model. Texts of contracts are sent to it as soon as the operator \
         of this server configures one.";
    stack((text(NONE), is_on.then(|| stack((text(ALLOWED), switch(false, is_admin))))))
}

fn switch(on: bool, is_admin: bool) -> AnyView {
    let (label, look) = if on { ("Switch on", Look::Primary) } else { ("Switch off", Look::Secondary) };
    if is_admin {
        row(post_button("/actions/update_organization", vec![("llm_analysis", on.to_string())], label, look))
    } else {
        muted("An admin of your organization can change this.")
    }
}

fn language_model(is_on: bool, provider: &LlmProvider, is_admin: bool) -> AnyView {
    let sent = format!(
        "When the language model is on, the full text of each analysed document is sent to the model {} at {}, chosen by the \
         operator of this server. File names, provider data and user data are not sent. The timeline of each contract shows when \
         and where its text was sent.",
        provider.model, provider.host
    );
    let off = "When it is off, contracts are analysed on this server, and no text is sent to the model.";
    stack((text(sent), text(off), switch(!is_on, is_admin)))
}

fn quotas(usage: &Usage) -> AnyView {
    let lines = Quota::ALL.iter().map(|quota| line(*quota, usage.of(*quota))).collect_view();
    any_view! {
        {muted("The operator of this server sets the limits, which apply to your whole organization.")}
        {progress_list(lines)}
    }
}

fn line(quota: Quota, usage: QuotaUsage) -> AnyView {
    let number = if quota == Quota::StorageBytes { bytes } else { count };
    let numbers = match usage.limit {
        Some(limit) => any_view! { {number(usage.used)} " of " {number(limit)} {limit_note(usage.used, limit)} },
        None => any_view! { {number(usage.used)} ", no limit" },
    };
    progress(quota.label().to_owned(), usage.limit.map(|limit| (usage.used.min(limit), limit)), numbers)
}

fn limit_note(used: i64, limit: i64) -> Option<&'static str> {
    match used {
        _ if used >= limit => Some(" – limit reached"),
        _ if used >= limit - limit / 5 => Some(" – nearly reached"),
        _ => None,
    }
}

fn deletion() -> AnyView {
    let about = "Erases all contracts, connections and users of your organization. This can’t be undone.";
    stack((muted(about), row(link_button("Delete the organization …", "/settings/delete", Look::Danger))))
}

fn links(role: Role) -> AnyView {
    let to = |label: &'static str, address: &'static str, about: &'static str| item(link(label, address), (), about);
    let mut links = vec![
        to("API tokens", "/settings/tokens", "For programs that use the API."),
        to("Your account", "/account", "Your profile, password and sessions."),
    ];
    if role >= Role::Admin {
        links.push(to("Team", "/team", "Users and their roles."));
        links.push(to("Audit log", "/settings/audit", "Security-relevant events."));
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
    fn quota_shows_usage_limit_and_bar() {
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
