//! Warnings about settings that weaken the protection of the server.

use super::{notice::remark, tone::Tone};
use crate::parts::layout::{card::card, prose::muted};
use leptos::prelude::*;
use lexicontract::domain::operator_warning::OperatorWarning;

/// A card with the warnings; nothing when there are none.
pub fn operator_warnings(warnings: &[OperatorWarning]) -> Option<AnyView> {
    let shown = |warning: &OperatorWarning| {
        let text = format!("{} {}", warning.why(), warning.what_to_do());
        remark(Tone::Warn, Some(warning.what().replace('`', "")), text.replace('`', ""), ().into_any())
    };
    let content = view! {
        {muted("The operator of this server can change these settings.")}
        {warnings.iter().map(shown).collect_view()}
    };
    (!warnings.is_empty()).then(|| card("operator-warnings", "Server configuration", ().into_any(), content.into_any()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_warning_says_what_why_and_what_to_do_and_without_any_there_is_no_card() {
        let markup = |warnings: &[OperatorWarning]| Owner::new().with(|| operator_warnings(warnings).map(|card| card.to_html()));
        assert!(markup(&[]).is_none());
        let html = markup(&[OperatorWarning::RateLimitsOff, OperatorWarning::HttpAllowed]).unwrap();
        for text in ["Rate limits are off.", "any number of passwords", "Remove RATE_LIMIT_FACTOR=0.", "without TLS"] {
            assert!(html.contains(text), "{text}: {html}");
        }
    }
}
