//! Valid rows for the tests of the database functions.

use lexicontract::db::Tx;
use lexicontract::db::account::organizations;
use lexicontract::db::account::users::{self, UserRow};
use lexicontract::db::connections::integrations::{self, IntegrationRow};
use lexicontract::db::connections::{self, ConnectionRow, Metadata};
use lexicontract::db::contracts::contract_links::{self, LinkRow};
use lexicontract::db::contracts::search_keys::SearchKeys;
use lexicontract::db::contracts::versions::{self, VersionRow};
use lexicontract::db::contracts::{self, ContractRow, analyses};
use lexicontract::db::deliveries::{NewDelivery, ingestion};
use lexicontract::domain::account::users::Role;
use lexicontract::domain::connection::catalogue::{AuthType, Category};
use lexicontract::domain::connection::{ConnectionStatus, Environment};
use lexicontract::domain::contract::link::LinkRole;
use lexicontract::domain::contract::{NegotiationStatus, ScanStatus, SyncStatus};
use lexicontract::domain::delivery::Origin;
use lexicontract::domain::ids::{DeliveryId, IntegrationId, OrganizationId};
use lexicontract::domain::page::PageRequest;
use lexicontract::domain::record::{RecordId, RecordKind, RecordRef};
use lexicontract::domain::time::Timestamp;
use lexicontract::random::new_id;
use sqlx::types::Json;
use std::time::Duration;

pub const NOW: Timestamp = Timestamp::from_millis(1_795_363_200_123);
pub const OPPORTUNITY: &str = "006ak00000OQ4RxAAL";
/// Id of the provider account that every connection uses.
pub const ACCOUNT: &str = "00Dxx0000001gPLEAY";

/// The time `seconds` after [`NOW`].
pub fn after(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

pub fn page(limit: i64) -> PageRequest {
    PageRequest::new(Some(limit), None).unwrap()
}

pub fn opportunity() -> RecordRef {
    deal(OPPORTUNITY)
}

pub fn deal(id: &str) -> RecordRef {
    RecordRef::deal(RecordId::new(id))
}

pub fn salesforce() -> IntegrationId {
    IntegrationId::from_suffix("salesforce")
}

/// An organization with one user, connection, contract, link, version and delivery.
pub struct Place {
    pub organization: OrganizationId,
    pub user: UserRow,
    pub connection: ConnectionRow,
    pub contract: ContractRow,
    /// The link to the contract's source record.
    pub link: LinkRow,
    pub version: VersionRow,
    pub delivery: DeliveryId,
}

impl Place {
    pub async fn insert(tx: &mut Tx, name: &str) -> Self {
        integrations::upsert(tx, &integration("salesforce"), 0).await.unwrap();
        let organization: OrganizationId = new_id();
        organizations::insert(tx, &organization, name, NOW).await.unwrap();
        let user = user(&organization, &format!("{name}@example.com"), Role::Admin);
        users::insert(tx, &user).await.unwrap();
        let connection = connection(&organization, Environment::Production);
        connections::insert(tx, &connection).await.unwrap();
        let contract = contract(&organization);
        insert_contract(tx, &contract).await;
        let link = LinkRow { connection_id: Some(connection.id.clone()), ..link(&contract, OPPORTUNITY) };
        assert!(contract_links::insert(tx, &link).await.unwrap());
        let version = version(&contract, 1);
        versions::insert(tx, &version).await.unwrap();
        analyses::insert(tx, &organization, &contract.id, &version.id, NOW).await.unwrap();
        let new = NewDelivery::new(&organization, &connection.id, opportunity(), Origin::Webhook);
        let delivery = ingestion::insert_unless_waiting(tx, &[new], NOW).await.unwrap().remove(0);
        Self { organization, user, connection, contract, link, version, delivery }
    }
}

pub fn integration(slug: &str) -> IntegrationRow {
    IntegrationRow {
        id: IntegrationId::from_suffix(slug),
        slug: slug.to_owned(),
        name: format!("The {slug}"),
        description: "Something to connect.".to_owned(),
        category: Category::Crm,
        auth_type: AuthType::OAuth2,
        has_deals: true,
    }
}

pub fn user(organization: &OrganizationId, email: &str, role: Role) -> UserRow {
    UserRow {
        id: new_id(),
        organization_id: organization.clone(),
        email: email.to_owned(),
        name: "Ada Lovelace".to_owned(),
        role,
        password_hash: Some("$argon2id$".to_owned()),
        is_disabled: false,
        created_at: NOW,
        last_signed_in_at: None,
    }
}

pub fn connection(organization: &OrganizationId, environment: Environment) -> ConnectionRow {
    ConnectionRow {
        id: new_id(),
        organization_id: organization.clone(),
        integration_id: salesforce(),
        is_enabled: true,
        credentials: vec![0, 159, 146, 150],
        credentials_version: 1,
        metadata: Json(Metadata::default()),
        status: ConnectionStatus::Connected,
        account_label: "Acme ✓".to_owned(),
        environment,
        host: String::new(),
        external_account_id: ACCOUNT.to_owned(),
        connected_by: "Ada Lovelace".to_owned(),
        last_error: None,
        issue_cause: None,
        issue_responsible: None,
        failing_since: None,
        paused_until: None,
        last_activity_at: None,
        trigger_seen_at: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

pub fn contract(organization: &OrganizationId) -> ContractRow {
    ContractRow {
        id: new_id(),
        organization_id: organization.clone(),
        title: "Northwind rollout".to_owned(),
        negotiation_status: NegotiationStatus::Draft,
        has_newer_version: false,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Inserts a contract. The contract's search keys come only from its title.
pub async fn insert_contract(tx: &mut Tx, row: &ContractRow) {
    contracts::insert(tx, row, &SearchKeys::new(&row.title, None, None)).await.unwrap();
}

/// A link from a contract to its source record.
pub fn link(contract: &ContractRow, record_id: &str) -> LinkRow {
    LinkRow {
        id: new_id(),
        organization_id: contract.organization_id.clone(),
        contract_id: contract.id.clone(),
        connection_id: None,
        integration_id: salesforce(),
        account_id: ACCOUNT.to_owned(),
        record_type: RecordKind::Deal,
        record_id: RecordId::new(record_id),
        role: LinkRole::Source,
        name: "Rollout".to_owned(),
        party_name: None,
        url: None,
        stage: None,
        sync_status: SyncStatus::Idle,
        last_synced_value: None,
        last_synced_at: None,
        sync_attempts: 0,
        sync_error: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// Inserts a contract and the link to its source record.
pub async fn insert_linked(tx: &mut Tx, organization: &OrganizationId, record_id: &str) -> (ContractRow, LinkRow) {
    let contract = contract(organization);
    insert_contract(tx, &contract).await;
    let link = link(&contract, record_id);
    assert!(contract_links::insert(tx, &link).await.unwrap());
    (contract, link)
}

pub fn version(contract: &ContractRow, number: i64) -> VersionRow {
    VersionRow {
        id: new_id(),
        organization_id: contract.organization_id.clone(),
        contract_id: contract.id.clone(),
        number,
        file_name: "Vertrag (endgültig).pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        size_bytes: 5_000_000_000,
        sha256: "ab".repeat(32),
        md5: Some("cd".repeat(16)),
        source: "salesforce".to_owned(),
        remote_id: Some("068ak000001".to_owned()),
        created_at: NOW,
        scan_status: ScanStatus::NotScanned,
        scan_name: None,
    }
}
