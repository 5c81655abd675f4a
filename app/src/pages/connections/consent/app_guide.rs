use crate::pages::prelude::*;
use lexicontract::connectors::guide::AppGuide;

pub(crate) fn app_guide(guide: &'static AppGuide, terms: &'static Terms) -> AnyView {
    let settings = guide.settings.iter().map(|(label, value)| (*label, value.into_any())).collect();
    let content = stack((
        muted(guide.intro),
        copyable("callback-url", guide.callback_label, hub().config().redirect_uri(terms.slug)),
        facts(settings),
        muted(guide.note),
    ));
    let content = disclosure("app-guide-settings", format!("What to enter in {}", terms.provider), true, content);
    card("app-guide", guide.title, (), content)
}
