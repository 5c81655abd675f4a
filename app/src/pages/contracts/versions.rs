use super::data::ContractData;
use super::filing::{filing, filing_action, filing_failure};
use crate::pages::prelude::*;
use lexicontract::db::contracts::versions::UPLOAD;
use lexicontract::domain::contract::{Scan, ScanStatus};

pub(super) fn versions(data: &ContractData) -> AnyView {
    let versions = &data.contract.versions;
    let rows: Vec<AnyView> = versions.iter().rev().map(|version| version_row(data, version)).collect();
    let content = if rows.is_empty() {
        let text = "The connected user can’t see a usable file of the deal. Attach or share one, then move the deal to a stage that starts a \
                    review again.";
        empty(Icon::DOCUMENT, "No document yet", text, ())
    } else {
        items(rows)
    };
    let page = |name: &str| format!("/contracts/{}/{name}", data.contract.id);
    let compare = (versions.len() > 1).then(|| link_button("Compare versions", page("compare"), Look::Secondary));
    let is_connected = data.contract.source().is_some_and(|source| source.connection_id.is_some());
    let choose = (data.may_change && is_connected).then(|| link_button("Choose another file", page("files"), Look::Secondary));
    let file = filing_action(data);
    let actions = (compare.is_some() || choose.is_some() || file.is_some()).then(|| row((compare, choose, file)));
    card("versions", "Versions", (), view! { {content} {filing_failure(data)} <div data-screen-only="">{actions}</div> })
}

fn scan(scan: &Scan) -> AnyView {
    match scan.status {
        ScanStatus::Infected => error_text(format!("{}. The file can’t be opened or downloaded.", scan.label())),
        ScanStatus::Pending => {
            let pending = format!("{}. The file can’t be opened or downloaded until the scan finds no malware.", scan.label());
            any_view! { <span>{pending}</span> }
        }
        ScanStatus::Clean | ScanStatus::NotScanned => any_view! { <span>{scan.label()}</span> },
    }
}

fn version_row(data: &ContractData, version: &Version) -> AnyView {
    let contract = &data.contract.id;
    let number = version.number;
    let file = format!("/api/v1/contracts/{contract}/versions/{number}/file");
    let source = match version.source.as_str() {
        UPLOAD => "uploaded".to_owned(),
        provider => format!("from {}", connectors::terms(provider).provider),
    };
    let read = if Some(number) == data.version {
        tag("Shown here")
    } else {
        link("Read", format!("/contracts/{contract}?version={number}"))
    };
    // The analysis card already shows the error of the displayed version.
    let error = version.analysis.error.clone().filter(|_| Some(number) != data.version).map(muted);
    let compare = (number > 1).then(|| {
        link(format!("Compare with {}", number - 1), format!("/contracts/{contract}/compare?from={}&to={number}", number - 1))
    });
    let name = if version.scan.status.is_withheld() {
        version.file_name.clone().into_any()
    } else {
        link(version.file_name.clone(), file)
    };
    let title = view! { <span>{format!("Version {number}: ")} {name}</span> };
    let below = view! {
        {bytes(version.size_bytes)}
        <span>{source}</span>
        {scan(&version.scan)}
        {filing(data, version)}
        {error}
        {read}
        {compare}
    };
    let changing = view! { {analysis_pill(version.analysis.status)} {moment(version.created_at, data.now)} };
    changing_item(title, changing, below)
}
