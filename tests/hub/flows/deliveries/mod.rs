//! Deliveries: from a webhook call to a contract, and write-back of the contract's status.

mod chosen_files;
mod concurrency;
mod contract_links;
mod deal_status;
mod file_choice;
mod file_types;
mod filing;
mod first_write;
mod ingestion;
mod newer_versions;
mod outbound_messages;
mod redelivery;
mod retries;
mod steps;
mod webhook_secrets;
mod webhook_signatures;
mod write_back;
