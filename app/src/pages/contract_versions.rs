//! The versions of a contract's document.

use super::contract::Shown;
use crate::parts::{
    button::{Look, link as button},
    card::card,
    empty::empty,
    icon::Icon,
    layout::row as side_by_side,
    list::{changing_item, items},
    moment::moment,
    number::bytes,
    pill::tag,
    prose::{link, muted},
    status,
};
use leptos::prelude::*;
use lexicontract::domain::contract::{Version, VersionSource};

/// Newest first, each to be read, downloaded, and compared with the one before.
pub(super) fn versions(shown: &Shown) -> AnyView {
    let versions = &shown.contract.versions;
    let rows: Vec<AnyView> = versions.iter().rev().map(|version| row(shown, version)).collect();
    let content = match rows.is_empty() {
        true => empty(
            Icon::Document,
            "No document yet",
            "The Opportunity has no file. Attach one in Salesforce and move the Opportunity to the trigger’s stage again.",
            ().into_any(),
        ),
        false => items(rows),
    };
    let compare = (versions.len() > 1)
        .then(|| side_by_side(button("Compare versions", format!("/contracts/{}/compare", shown.contract.id), Look::Secondary)));
    card("versions", "Versions", ().into_any(), view! { {content} <div data-screen-only="">{compare}</div> }.into_any())
}

fn row(shown: &Shown, version: &Version) -> AnyView {
    let contract = &shown.contract.id;
    let number = version.number;
    let file = format!("/api/v1/contracts/{contract}/versions/{number}/file");
    let source = match version.source {
        VersionSource::Salesforce => "from Salesforce",
        VersionSource::Upload => "uploaded",
    };
    let read = match Some(number) == shown.version {
        true => tag("Shown here"),
        false => link("Read", format!("/contracts/{contract}?version={number}")),
    };
    // Of the one that is shown, the analysis says it.
    let error = version.analysis.error.clone().filter(|_| Some(number) != shown.version).map(muted);
    let compare = (number > 1).then(|| {
        link(format!("Compare with {}", number - 1), format!("/contracts/{contract}/compare?from={}&to={number}", number - 1))
    });
    let title = view! { <span>{format!("Version {number}: ")} {link(version.file_name.clone(), file)}</span> };
    let below = view! {
        {bytes(version.size_bytes)}
        <span>{source}</span>
        {error}
        {read}
        {compare}
    };
    let changing = view! { {status::analysis(version.analysis.status)} {moment(version.created_at, shown.now)} };
    changing_item(title.into_any(), changing.into_any(), below.into_any())
}
