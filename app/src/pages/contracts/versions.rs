//! The versions of a contract's document.

use super::contract::Shown;
use crate::parts::{
    form::button::{Look, link as button},
    icon::Icon,
    layout::{
        card::card,
        empty::empty,
        list::{changing_item, items},
        prose::{fault, link, muted},
        row as side_by_side,
    },
    status::{self, moment::moment, number::bytes, pill::tag},
};
use leptos::prelude::*;
use lexicontract::{
    connectors,
    db::contracts::versions::UPLOAD,
    domain::contract::{Scan, ScanStatus, Version},
};

/// Newest first, each to be read, downloaded, and compared with the one before.
pub(crate) fn versions(shown: &Shown) -> AnyView {
    let versions = &shown.contract.versions;
    let rows: Vec<AnyView> = versions.iter().rev().map(|version| row(shown, version)).collect();
    let content = match rows.is_empty() {
        true => empty(
            Icon::Document,
            "No document yet",
            "The deal has no usable file, or none that the connected user may see. Attach or share one, then move the deal to the stage that \
             starts a review again.",
            ().into_any(),
        ),
        false => items(rows),
    };
    let compare = (versions.len() > 1)
        .then(|| side_by_side(button("Compare versions", format!("/contracts/{}/compare", shown.contract.id), Look::Secondary)));
    card("versions", "Versions", ().into_any(), view! { {content} <div data-screen-only="">{compare}</div> }.into_any())
}

/// The virus scan in words, and what it withholds.
fn scan(scan: &Scan) -> AnyView {
    match scan.status {
        ScanStatus::Infected => fault(format!("{}. The file can’t be opened or downloaded.", scan.words())),
        ScanStatus::Pending => {
            view! { <span>{format!("{}. The file can’t be opened until then.", scan.words())}</span> }.into_any()
        }
        ScanStatus::Clean | ScanStatus::NotScanned => view! { <span>{scan.words()}</span> }.into_any(),
    }
}

fn row(shown: &Shown, version: &Version) -> AnyView {
    let contract = &shown.contract.id;
    let number = version.number;
    let file = format!("/api/v1/contracts/{contract}/versions/{number}/file");
    let source = match version.source.as_str() {
        UPLOAD => "uploaded".to_owned(),
        provider => format!("from {}", connectors::terms(provider).provider),
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
    let name = match version.scan.status.is_withheld() {
        true => version.file_name.clone().into_any(),
        false => link(version.file_name.clone(), file),
    };
    let title = view! { <span>{format!("Version {number}: ")} {name}</span> };
    let below = view! {
        {bytes(version.size_bytes)}
        <span>{source}</span>
        {scan(&version.scan)}
        {error}
        {read}
        {compare}
    };
    let changing = view! { {status::analysis(version.analysis.status)} {moment(version.created_at, shown.now)} };
    changing_item(title.into_any(), changing.into_any(), below.into_any())
}
