//! The states of the domain as pills.

pub mod freshness;
pub mod issues;
pub mod moment;
pub mod notice;
pub mod number;
pub mod operator_warnings;
pub mod pill;
pub mod progress;
pub mod toast;
pub mod tone;

use super::status::{pill::pill, tone::Tone};
use leptos::prelude::AnyView;
use lexicontract::domain::{
    connection::ConnectionStatus,
    contract::{
        NegotiationStatus, SyncStatus,
        analysis::{AnalysisStatus, Severity},
    },
    delivery::DeliveryStatus,
};

/// Whether a connection works.
pub fn connection(status: ConnectionStatus) -> AnyView {
    let tone = match status {
        ConnectionStatus::Connected => Tone::Ok,
        ConnectionStatus::Degraded | ConnectionStatus::NeedsConfirmation => Tone::Warn,
        ConnectionStatus::NeedsReconnect => Tone::Danger,
    };
    pill(tone, status.label())
}

/// How far a negotiation is.
pub fn negotiation(status: NegotiationStatus) -> AnyView {
    let tone = match status {
        NegotiationStatus::Draft => Tone::Neutral,
        NegotiationStatus::InReview | NegotiationStatus::InNegotiation => Tone::Busy,
        NegotiationStatus::Approved | NegotiationStatus::Signed => Tone::Ok,
        NegotiationStatus::Rejected => Tone::Danger,
    };
    pill(tone, status.label())
}

/// Whether the status has reached the provider of that name.
pub fn sync(status: SyncStatus, provider: &str) -> AnyView {
    let tone = match status {
        SyncStatus::NotLinked | SyncStatus::Idle => Tone::Neutral,
        SyncStatus::Pending => Tone::Busy,
        SyncStatus::Synced => Tone::Ok,
        SyncStatus::Failed => Tone::Danger,
    };
    let label = match status {
        SyncStatus::Pending => format!("Writing to {provider}"),
        SyncStatus::Synced => format!("Written to {provider}"),
        SyncStatus::NotLinked | SyncStatus::Idle | SyncStatus::Failed => status.label().to_owned(),
    };
    pill(tone, label)
}

/// Where a delivery stands.
pub fn delivery(status: DeliveryStatus) -> AnyView {
    let tone = match status {
        DeliveryStatus::Accepted | DeliveryStatus::Processing => Tone::Busy,
        DeliveryStatus::Parked => Tone::Warn,
        DeliveryStatus::Done => Tone::Ok,
        DeliveryStatus::Failed => Tone::Danger,
    };
    pill(tone, status.label())
}

/// Where an analysis stands.
pub fn analysis(status: AnalysisStatus) -> AnyView {
    match status {
        AnalysisStatus::Queued => pill(Tone::Busy, "Analysis waiting"),
        AnalysisStatus::Running => pill(Tone::Busy, "Analysing"),
        AnalysisStatus::Completed => pill(Tone::Ok, "Analysed"),
        AnalysisStatus::Failed => pill(Tone::Danger, "Analysis failed"),
    }
}

/// How much a risk matters.
pub fn severity(severity: Severity) -> AnyView {
    match severity {
        Severity::High => pill(Tone::Danger, "High"),
        Severity::Medium => pill(Tone::Warn, "Medium"),
        Severity::Low => pill(Tone::Neutral, "Low"),
    }
}
