//! Tones and labels of states, notices, and values that update automatically.

mod freshness;
mod notice;
mod operator_warnings;
mod pill;
mod value;

pub use freshness::*;
pub use notice::*;
pub use operator_warnings::*;
pub use pill::*;
pub use value::*;

use leptos::prelude::*;
use lexicontract::domain::connection::ConnectionStatus;
use lexicontract::domain::connection::health::ConnectionHealth;
use lexicontract::domain::contract::analysis::{AnalysisStatus, Severity};
use lexicontract::domain::contract::attention::Attention;
use lexicontract::domain::contract::{NegotiationStatus, SyncStatus};
use lexicontract::domain::delivery::DeliveryStatus;
use lexicontract::domain::time::Timestamp;

pub fn states(health: &ConnectionHealth) -> AnyView {
    any_view! {
        {connection_pill(health.connection.status)}
        {(!health.connection.is_enabled).then(|| pill(Tone::Paused, "Paused"))}
        {health.is_setup_incomplete().then(|| pill(Tone::Busy, "Setup incomplete"))}
    }
}

/// The time of the next automatic retry; `None` if no retry is planned.
pub fn next_retry(health: &ConnectionHealth, now: Timestamp) -> Option<AnyView> {
    Some(upcoming("Next retry", health.next_retry_at()?, now))
}

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

/// The state of the write-back to the provider with the name `provider`.
pub fn sync_pill(status: SyncStatus, provider: &str) -> AnyView {
    match status {
        SyncStatus::NotLinked | SyncStatus::Idle => pill(Tone::Neutral, status.label()),
        SyncStatus::Pending => pill(Tone::Busy, format!("Writing to {provider}")),
        SyncStatus::Synced => pill(Tone::Ok, format!("Written to {provider}")),
        SyncStatus::Failed => pill(Tone::Danger, status.label()),
    }
}

pub fn attention_tone(attention: Attention) -> Tone {
    match attention {
        Attention::NewerVersion | Attention::SyncFailed => Tone::Danger,
        Attention::NeedsFile | Attention::AnalysisFailed | Attention::UnreadPages => Tone::Warn,
    }
}

pub fn attention_pill(attention: Attention) -> AnyView {
    pill(attention_tone(attention), attention.label())
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
