//! The settings of the organization: what it uses of its quotas, and the ways to the other settings.

use super::{
    messages::messages,
    page::{WebPage, page},
};
use crate::{
    context::{actor, hub},
    parts::{
        card::card,
        layout::{page_heading, sections},
        list::{item, items},
        number::{bytes, count},
        operator_warnings::operator_warnings,
        progress::{progress, progresses},
        prose::{link, muted},
    },
};
use leptos::prelude::*;
use lexicontract::domain::{
    people::Role,
    quota::{Quota, QuotaUsage, Usage},
};

/// The page.
pub(super) fn settings() -> WebPage {
    let messages = messages();
    page("Settings", async move {
        let (hub, actor) = (hub(), actor()?);
        let (usage, is_admin) = (hub.usage(&actor).await?, actor.role >= Role::Admin);
        Ok(sections(view! {
            {page_heading("Settings", "What your organization uses, and where to change what.".into_any(), ().into_any())}
            {messages}
            {is_admin.then(|| operator_warnings(&hub.operator_warnings()))}
            {card("usage", "Usage", ().into_any(), quotas(&usage))}
            {card("more", "More settings", ().into_any(), links(actor.role))}
        }))
    })
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
