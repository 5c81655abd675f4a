use crate::pages::prelude::*;
use lexicontract::connectors::CONNECTORS;
use lexicontract::domain::connection::disconnection::{Counts, Disconnection, Revocation};

pub(super) fn receipt(disconnection: &Disconnection, now: Timestamp) -> AnyView {
    let by = view! { {format!("{} ", disconnection.disconnected_by)} {moment(disconnection.disconnected_at, now)} };
    let about = vec![
        ("Account", disconnection.account_label.clone().into_any()),
        ("Environment", disconnection.environment.label().into_any()),
        ("Disconnected by", by.into_any()),
    ];
    let mut lines = vec![access(disconnection)];
    lines.extend(erased(&disconnection.counts));
    lines.extend(kept(&disconnection.counts));
    let title = format!("Receipt: {} disconnected", disconnection.provider);
    card("disconnect-receipt", title, (), stack((facts(about), steps(lines))))
}

fn access(disconnection: &Disconnection) -> AnyView {
    let provider = &disconnection.provider;
    let (tone, state, title, more) = match disconnection.revocation {
        Revocation::Done => (
            Tone::Ok,
            "done",
            format!("Access revoked at {provider}"),
            "The tokens issued to LexiContract are revoked.".to_owned(),
        ),
        Revocation::Pending => (
            Tone::Busy,
            "in progress",
            format!("Access is being revoked at {provider}"),
            format!("We retry automatically until {provider} confirms. The tokens are already erased here and no longer used."),
        ),
        Revocation::Failed => (
            Tone::Danger,
            "needs action",
            format!("Access could not be revoked at {provider}"),
            format!("The administrator of {provider} must revoke it there{}.", revocation_guide(provider)),
        ),
        Revocation::NotNeeded => (
            Tone::Neutral,
            "optional",
            "The key is erased here".to_owned(),
            format!("It stays valid at {provider} until it is deleted there."),
        ),
    };
    step(tone, state, title, more)
}

fn erased(counts: &Counts) -> Vec<AnyView> {
    let erased = [
        Some("the stored credentials".to_owned()),
        counted(counts.secrets, "webhook secret", "webhook secrets"),
        counted(counts.deliveries, "delivery record", "delivery records"),
    ];
    let mut lines = vec![step(Tone::Ok, "erased", "Erased".to_owned(), listed(erased))];
    if let Some(jobs) = counted(counts.jobs, "queued task of this connection", "queued tasks of this connection") {
        lines.push(step(Tone::Warn, "stopped", "Stopped".to_owned(), format!("{jobs}.")));
    }
    lines
}

fn kept(counts: &Counts) -> Vec<AnyView> {
    let contracts =
        counted(counts.contracts, "contract with its documents and history", "contracts with their documents and history");
    let text = contracts.map_or("No contracts came from this account.".to_owned(), |contracts| format!("{contracts}."));
    let mut lines = vec![step(Tone::Ok, "kept", "Kept".to_owned(), text)];
    if let Some(unwritten) = counted(counts.unwritten, "status was not written to", "statuses were not written to") {
        let text = format!("{unwritten} the provider. Connect the same account again, then retry on the contract’s page.");
        lines.push(step(Tone::Warn, "not written", "Not written".to_owned(), text));
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
    fn parts_with_a_count_of_zero_are_left_out() {
        assert_eq!(counted(0, "secret", "secrets"), None);
        let two = [Some("the credentials".to_owned()), counted(1, "secret", "secrets"), counted(0, "call", "calls")];
        assert_eq!(listed(two), "The credentials and 1 secret.");
        let three = [Some("a".to_owned()), Some("b".to_owned()), counted(3, "call", "calls")];
        assert_eq!(listed(three), "A, b and 3 calls.");
    }
}
