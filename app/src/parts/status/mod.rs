//! Pills for the states of connections, contracts and deliveries, and notices.

mod freshness;
mod issues;
mod notice;
mod operator_warnings;
mod pill;
mod progress;
mod value;

pub use freshness::*;
pub use issues::*;
pub use notice::*;
pub use operator_warnings::*;
pub use pill::*;
pub use progress::*;
pub use value::*;

use leptos::prelude::AnyView;
use lexicontract::domain::{
    connection::ConnectionStatus,
    contract::{
        NegotiationStatus, SyncStatus,
        analysis::{AnalysisStatus, Severity},
    },
    delivery::DeliveryStatus,
};

pub fn connection_pill(status: ConnectionStatus) -> AnyView {
    let tone = match status {
        ConnectionStatus::Connected => Tone::Ok,
        ConnectionStatus::Degraded | ConnectionStatus::NeedsConfirmation => Tone::Warn,
        ConnectionStatus::NeedsReconnect => Tone::Danger,
    };
    pill(tone, status.label())
}

pub fn negotiation_pill(status: NegotiationStatus) -> AnyView {
    let tone = match status {
        NegotiationStatus::Draft => Tone::Neutral,
        NegotiationStatus::InReview | NegotiationStatus::InNegotiation => Tone::Busy,
        NegotiationStatus::Approved | NegotiationStatus::Signed => Tone::Ok,
        NegotiationStatus::Rejected => Tone::Danger,
    };
    pill(tone, status.label())
}

/// The pill for the write-back state. `provider` is the name of the provider.
pub fn sync_pill(status: SyncStatus, provider: &str) -> AnyView {
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

pub fn delivery_pill(status: DeliveryStatus) -> AnyView {
    let tone = match status {
        DeliveryStatus::Accepted | DeliveryStatus::Processing => Tone::Busy,
        DeliveryStatus::Parked => Tone::Warn,
        DeliveryStatus::Done => Tone::Ok,
        DeliveryStatus::Failed => Tone::Danger,
    };
    pill(tone, status.label())
}

pub fn analysis_pill(status: AnalysisStatus) -> AnyView {
    match status {
        AnalysisStatus::Queued => pill(Tone::Busy, "Analysis queued"),
        AnalysisStatus::Running => pill(Tone::Busy, "Analysing"),
        AnalysisStatus::Completed => pill(Tone::Ok, "Analysed"),
        AnalysisStatus::Failed => pill(Tone::Danger, "Analysis failed"),
    }
}

pub fn severity_pill(severity: Severity) -> AnyView {
    match severity {
        Severity::High => pill(Tone::Danger, "High"),
        Severity::Medium => pill(Tone::Warn, "Medium"),
        Severity::Low => pill(Tone::Neutral, "Low"),
    }
}
