//! How the app is registered at a provider, with the values of this installation to copy.

use crate::{
    context::hub,
    parts::{
        form::copy::copyable,
        layout::{card::card, disclosure::disclosure, list::facts, prose::muted, stack},
    },
};
use leptos::prelude::*;
use lexicontract::{connectors::guide::AppGuide, domain::connection::terms::Terms};

/// What to enter at the provider.
pub(crate) fn app_guide(guide: &'static AppGuide, terms: &'static Terms) -> AnyView {
    let settings = guide.settings.iter().map(|(label, value)| (*label, value.into_any())).collect();
    let content = stack((
        muted(guide.intro),
        copyable("callback-url", guide.callback_label, hub().config().redirect_uri(terms.slug)),
        facts(settings),
        muted(guide.note),
    ));
    let content = disclosure("app-guide-settings", format!("What to enter in {}", terms.provider), true, content);
    card("app-guide", guide.title, ().into_any(), content)
}
