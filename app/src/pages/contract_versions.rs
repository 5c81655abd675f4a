//! The versions of a contract's document.

use crate::{
    parts::{
        card::card,
        empty::empty,
        icon::Icon,
        list::{item, items},
        moment::moment,
        prose::{link, muted},
        status,
    },
    words::size::size,
};
use leptos::prelude::*;
use lexicontract::domain::{
    contract::{Contract, Version, VersionSource},
    time::Timestamp,
};

/// Newest first, each to be downloaded.
pub(super) fn versions(contract: &Contract, now: Timestamp) -> AnyView {
    let rows: Vec<AnyView> = contract.versions.iter().rev().map(|version| row(contract, version, now)).collect();
    let content = match rows.is_empty() {
        true => empty(
            Icon::Document,
            "No document yet",
            "The Opportunity has no file. Attach one in Salesforce and move the Opportunity to the trigger’s stage again.",
            ().into_any(),
        ),
        false => items(rows),
    };
    card("versions", "Versions", ().into_any(), content)
}

fn row(contract: &Contract, version: &Version, now: Timestamp) -> AnyView {
    let address = format!("/api/v1/contracts/{}/versions/{}/file", contract.id, version.number);
    let source = match version.source {
        VersionSource::Salesforce => "from Salesforce",
        VersionSource::Upload => "uploaded",
    };
    let title = view! { <span>{format!("Version {}: ", version.number)} {link(version.file_name.clone(), address)}</span> };
    let below = view! {
        <span>{size(version.size_bytes)}</span>
        <span>{source}</span>
        {moment(version.created_at, now)}
        {version.analysis.error.clone().map(muted)}
    };
    item(title.into_any(), status::analysis(version.analysis.status), below.into_any())
}
