use crate::parts::{Tone, callout, card, muted};
use leptos::prelude::*;
use lexicontract::domain::operator_warning::OperatorWarning;

pub fn operator_warnings(warnings: &[OperatorWarning]) -> Option<AnyView> {
    let shown = |warning: &OperatorWarning| {
        callout(Tone::Warn, Some(warning.what().replace('`', "")), warning.advice().replace('`', ""), None)
    };
    let content = view! {
        {muted("The operator of this server can change these settings.")}
        {warnings.iter().map(shown).collect_view()}
    };
    (!warnings.is_empty()).then(|| card("operator-warnings", "Server configuration", (), content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn card_lists_each_warning_and_is_absent_without_any() {
        let markup = |warnings: &[OperatorWarning]| Owner::new().with(|| operator_warnings(warnings).map(|card| card.to_html()));
        assert!(markup(&[]).is_none());
        let html = markup(&[OperatorWarning::RateLimitsOff, OperatorWarning::HttpAllowed]).unwrap();
        for text in ["Rate limits are off.", "any number of passwords", "Remove RATE_LIMIT_FACTOR=0.", "without TLS"] {
            assert!(html.contains(text), "{text}: {html}");
        }
    }
}
