use super::data::ContractData;
use crate::pages::prelude::*;
use lexicontract::domain::contract::attention::Attention;

/// The reasons why a user must look at the contract, each with what to do.
pub(super) fn attention(data: &ContractData) -> AnyView {
    data.contract.attention.iter().map(|attention| reason(data, *attention)).collect_view().into_any()
}

fn reason(data: &ContractData, attention: Attention) -> AnyView {
    let is_dismissible = attention == Attention::NewerVersion && data.may_change;
    let dismiss = is_dismissible.then(|| {
        let values = vec![("contract", data.contract.id.to_string())];
        row(post_button("/actions/dismiss_newer_version", values, "Dismiss", Look::Secondary))
    });
    let (title, advice) = (attention.label().to_owned(), attention.advice().to_owned());
    callout(attention_tone(attention), Some(title), advice, dismiss)
}
