//! Filing of versions at the provider.

use super::data::ContractData;
use crate::pages::prelude::*;
use lexicontract::domain::connection::settings::FileBackStatus;
use lexicontract::domain::contract::filing::FilingStatus;

/// The state of a version's filing. `None` if the version is not filed.
pub(super) fn filing(data: &ContractData, version: &Version) -> Option<AnyView> {
    let (filed, provider) = (version.filed.as_ref()?, provider(data)?);
    Some(match (filed.status, filed.filed_at) {
        (FilingStatus::Filed, Some(at)) => any_view! { <span>{format!("Filed in {provider} ")} {moment(at, data.now)}</span> },
        (FilingStatus::Filed, None) => any_view! { <span>{format!("Filed in {provider}")}</span> },
        (FilingStatus::Pending, _) => {
            let error = filed.error.as_deref().map(|error| format!(". Attempt {} failed: {error}", filed.attempts));
            any_view! { <span>{format!("Filing in {provider} …{}", error.unwrap_or_default())}</span> }
        }
        (FilingStatus::Failed, _) => error_text(format!("Not filed in {provider}")),
    })
}

/// The reason why the latest version is not filed, and the button to try again.
pub(super) fn filing_failure(data: &ContractData) -> Option<AnyView> {
    let latest = data.contract.versions.last()?;
    let error = latest.filed.as_ref().filter(|filed| filed.status == FilingStatus::Failed)?.error.clone()?;
    let title = format!("Version {} could not be filed", latest.number);
    Some(callout(Tone::Danger, Some(title), error, data.may_change.then(|| row(button(data, latest, "Try again")))))
}

/// The button that files the latest version, for example because the contract had its status before filing was switched on.
pub(super) fn filing_action(data: &ContractData) -> Option<AnyView> {
    let (source, latest) = (data.contract.source()?, data.contract.versions.last()?);
    let connector = connectors::find(&source.provider)?;
    let is_offered = data.may_change
        && source.connection_id.is_some()
        && connector.file_back.is_some()
        && latest.filed.is_none()
        && latest.source != source.provider
        && !latest.scan.status.is_withheld()
        && FileBackStatus::of(data.contract.negotiation_status).is_some();
    is_offered.then(|| button(data, latest, &format!("File in {}", connector.name)))
}

fn button(data: &ContractData, version: &Version, label: &str) -> AnyView {
    let values = vec![("contract", data.contract.id.to_string()), ("version", version.number.to_string())];
    post_button("/actions/file_version", values, label.to_owned(), Look::Secondary)
}

fn provider(data: &ContractData) -> Option<&'static str> {
    Some(connectors::terms(&data.contract.source()?.provider).provider)
}
