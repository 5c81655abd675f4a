//! Filing of versions in Salesforce.

mod faults;
mod placement;
mod requests;

use lexicontract::db::contracts::versions::{self, UPLOAD, VersionRow};
use lexicontract::domain::contract::filing::Filing;
use lexicontract::domain::contract::{Contract, NegotiationStatus, ScanStatus};
use lexicontract::domain::ids::{ContractId, VersionId};
use lexicontract::domain::record::RecordId;
use salesforce_simulator::state::files;
use salesforce_simulator::state::records::text;
use serde_json::json;
use sha2::{Digest, Sha256};
use test_support::databases::Opened;
use test_support::fixture::{Connected, file};

pub const ONE: &[u8] = b"%PDF-1.7 one";
pub const TWO: &[u8] = b"%PDF-1.7 two, by the lawyer";

/// A fixture whose connection files approved and signed versions.
pub async fn start(opened: Opened) -> Connected {
    let fixture = Connected::start(opened).await;
    fixture.change_settings(json!({ "file_back": { "on": ["approved", "signed"] }, "poll_seconds": 0 })).await;
    fixture
}

/// An Opportunity with a file, and its contract. A user has uploaded version 2.
pub async fn with_upload(opened: Opened) -> (Connected, RecordId, ContractId) {
    let fixture = start(opened).await;
    let opportunity = fixture.opportunity("Rollout", Some(file(1, ONE)));
    let contract = fixture.deliver_contract(&opportunity).await;
    upload(&fixture, &contract.id, TWO, ScanStatus::NotScanned).await;
    (fixture, opportunity, contract.id)
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Stores the next version of a contract as an upload does.
pub async fn upload(fixture: &Connected, contract: &ContractId, bytes: &'static [u8], scan_status: ScanStatus) {
    let (organization, id) = (&fixture.admin.organization_id, VersionId::from_suffix(&hex(&Sha256::digest(bytes))[..32]));
    let folder = fixture.hub.document_folder().unwrap().join(organization.as_str());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(id.as_str()), bytes).unwrap();
    let mut tx = fixture.opened.db.begin().await.unwrap();
    let number = versions::latest(&mut tx, organization, contract).await.unwrap().map_or(1, |latest| latest.number + 1);
    let row = VersionRow {
        id,
        organization_id: organization.clone(),
        contract_id: contract.clone(),
        number,
        file_name: "Agreement reviewed.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        size_bytes: bytes.len() as i64,
        sha256: hex(&Sha256::digest(bytes)),
        md5: Some(files::checksum(bytes)),
        source: UPLOAD.to_owned(),
        remote_id: None,
        created_at: fixture.hub.clock().now(),
        scan_status,
        scan_name: None,
    };
    versions::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn set_status(fixture: &Connected, contract: &ContractId, status: NegotiationStatus) -> Contract {
    fixture.hub.change_status(&fixture.admin, contract, status).await.unwrap()
}

pub async fn filing(fixture: &Connected, contract: &ContractId) -> Option<Filing> {
    fixture.contract(contract).await.versions.pop().unwrap().filed
}

/// The files of an Opportunity in Salesforce: for each document the contents of its revisions, the first one first.
pub fn contents(fixture: &Connected, opportunity: &RecordId) -> Vec<Vec<String>> {
    let state = fixture.salesforce();
    let listed = files::of_record(&state, opportunity.as_str());
    let documents = listed.iter().filter_map(|file| file["document_id"].as_str());
    let content = |id: &str| String::from_utf8(state.records.bytes(id).unwrap().to_vec()).unwrap();
    documents
        .map(|document| files::versions_of(&state, document).into_iter().map(|version| content(text(version, "Id"))).collect())
        .collect()
}

pub fn latest_of_first_document(fixture: &Connected, opportunity: &RecordId) -> serde_json::Value {
    files::of_record(&fixture.salesforce(), opportunity.as_str()).remove(0)
}

pub fn texts(bytes: &[&'static [u8]]) -> Vec<String> {
    bytes.iter().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()).collect()
}

pub fn last_line(lines: Vec<(String, String)>, kind: &str) -> String {
    lines.into_iter().rev().find(|line| line.0 == kind).unwrap_or_else(|| panic!("no {kind}")).1
}
