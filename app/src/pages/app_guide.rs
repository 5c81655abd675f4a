//! How the app is registered at a provider, with the values of this installation to copy.

use crate::{
    context::hub,
    parts::{card::card, copy::copyable, disclosure::disclosure, layout::stack, list::facts, prose::muted},
};
use leptos::prelude::*;
use lexicontract::{connectors::guide::AppGuide, domain::terms::Terms};

/// What to enter at the provider.
pub(super) fn app_guide(guide: &'static AppGuide, terms: &'static Terms) -> AnyView {
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
