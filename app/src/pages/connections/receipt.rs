//! The receipt of a disconnect: whether the access was ended, what was wiped, what was kept.

use crate::parts::{
    layout::{
        card::card,
        list::{facts, step, steps},
        stack,
    },
    status::{moment::moment, tone::Tone},
};
use leptos::prelude::*;
use lexicontract::{
    connectors::CONNECTORS,
    domain::{
        connection::disconnection::{Counts, Disconnection, Revocation},
        time::Timestamp,
    },
};

/// The receipt as a card.
pub(crate) fn receipt(disconnection: &Disconnection, now: Timestamp) -> AnyView {
    let by = view! { {format!("{} ", disconnection.disconnected_by)} {moment(disconnection.disconnected_at, now)} };
    let about = vec![
        ("Account", disconnection.account_label.clone().into_any()),
        ("Environment", disconnection.environment.label().into_any()),
        ("Disconnected by", by.into_any()),
    ];
    let mut lines = vec![access(disconnection)];
    lines.extend(wiped(&disconnection.counts));
    lines.extend(kept(&disconnection.counts));
    let title = format!("Receipt: {} disconnected", disconnection.provider);
    card("disconnect-receipt", title, ().into_any(), stack((facts(about), steps(lines))))
}

fn access(disconnection: &Disconnection) -> AnyView {
    let provider = &disconnection.provider;
    let (tone, state, title, more) = match disconnection.revocation {
        Revocation::Done => (
            Tone::Ok,
            "done",
            format!("Access ended at {provider}"),
            "The tokens that were issued to LexiContract are revoked there.".to_owned(),
        ),
        Revocation::Pending => (
            Tone::Busy,
            "under way",
            format!("Access is being ended at {provider}"),
            "We ask until it is confirmed. The tokens are erased from the connection already, and nothing uses them.".to_owned(),
        ),
        Revocation::Failed => (
            Tone::Danger,
            "to be done by a person",
            format!("Access could not be ended at {provider}"),
            format!("The administrator of {provider} must revoke it there{}.", revocation_guide(provider)),
        ),
        Revocation::NotNeeded => (
            Tone::Neutral,
            "for a person",
            "The key is erased here".to_owned(),
            format!("It stays valid at {provider} until someone deletes it there."),
        ),
    };
    step(tone, state, title, more.into_any())
}

fn wiped(counts: &Counts) -> Vec<AnyView> {
    let wiped = [
        Some("the stored credentials".to_owned()),
        counted(counts.secrets, "webhook secret", "webhook secrets"),
        counted(counts.deliveries, "entry of the list of deliveries", "entries of the list of deliveries"),
    ];
    let mut lines = vec![step(Tone::Ok, "wiped", "Wiped".to_owned(), listed(wiped).into_any())];
    if let Some(jobs) =
        counted(counts.jobs, "task that was waiting for this connection", "tasks that were waiting for this connection")
    {
        lines.push(step(Tone::Warn, "stopped", "Stopped".to_owned(), format!("{jobs}.").into_any()));
    }
    lines
}

fn kept(counts: &Counts) -> Vec<AnyView> {
    let contracts = counted(
        counts.contracts,
        "contract with its documents and its history",
        "contracts with their documents and their history",
    );
    let words = contracts.map_or("There were no contracts from this account.".to_owned(), |contracts| format!("{contracts}."));
    let mut lines = vec![step(Tone::Ok, "kept", "Kept".to_owned(), words.into_any())];
    if let Some(unwritten) = counted(counts.unwritten, "status had not reached", "statuses had not reached") {
        let words = format!("{unwritten} the provider. Connect the same account again, then retry on the contract’s page.");
        lines.push(step(Tone::Warn, "not written", "Not written".to_owned(), words.into_any()));
    }
    lines
}

fn counted(count: i64, one: &str, many: &str) -> Option<String> {
    match count {
        ..=0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    }
}

/// The parts that there are, as one sentence.
fn listed<const N: usize>(parts: [Option<String>; N]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let text = match parts.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Where that is, in the provider's own words.
fn revocation_guide(provider: &str) -> String {
    let connector = CONNECTORS.iter().find(|connector| connector.name == provider);
    match connector.map(|connector| connector.revocation_guide).unwrap_or_default() {
        "" => String::new(),
        guide => format!(": {guide}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_was_none_of_is_not_listed() {
        assert_eq!(counted(0, "secret", "secrets"), None);
        let two = [Some("the credentials".to_owned()), counted(1, "secret", "secrets"), counted(0, "call", "calls")];
        assert_eq!(listed(two), "The credentials and 1 secret.");
        let three = [Some("a".to_owned()), Some("b".to_owned()), counted(3, "call", "calls")];
        assert_eq!(listed(three), "A, b and 3 calls.");
    }
}
