use crate::pages::prelude::*;
use lexicontract::domain::contract::erasure::{ErasedContract, ErasureCounts};

/// The confirmation as a page, for browsers without scripts.
pub(crate) fn erase() -> WebPage {
    let id = parameter("id");
    let messages = messages();
    page("Erase a contract", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Admin)?;
        let id: ContractId = parse_id(&id)?;
        let (contract, counts) = (hub.contract(&actor, &id).await?, hub.erasure_counts(&actor, &id).await?);
        let address = format!("/contracts/{id}");
        let cancel = view! { <form method="get" action=address.clone()>{submit("Cancel", Look::Secondary)}</form> };
        set_title(TITLE);
        Ok(sections(view! {
            {back(contract.title.clone(), address)}
            {page_heading(TITLE, contract.title.clone(), ())}
            {messages}
            {card("consequences", "What happens", (), stack((consequences(&contract, counts), row((button(&contract), cancel)))))}
        }))
    })
}

const TITLE: &str = "Erase the contract?";

/// The confirmation as a dialog.
pub(super) fn erase_dialog(contract: &Contract, counts: ErasureCounts) -> AnyView {
    let content = view! { {muted(contract.title.clone())} {consequences(contract, counts)} };
    dialog(&dialog_id(&contract.id), TITLE.to_owned(), content, button(contract))
}

/// Opens the dialog, or the page if scripts are disabled.
pub(super) fn erase_button(id: &ContractId) -> AnyView {
    dialog_button("Erase …", Look::Danger, dialog_id(id), format!("/contracts/{id}/erase"))
}

fn dialog_id(id: &ContractId) -> String {
    format!("erase-{id}")
}

fn button(contract: &Contract) -> AnyView {
    post_button("/actions/erase_contract", vec![("contract", contract.id.to_string()), form_id()], "Erase", Look::Danger)
}

fn consequences(contract: &Contract, counts: ErasureCounts) -> AnyView {
    let mut kept = vec!["One entry of the audit log: the contract’s ID, who erased it and when. It has no title".to_owned()];
    if let Some(source) = contract.source() {
        let Terms { provider, deal, .. } = connectors::terms(&source.provider);
        kept.push(format!("The {deal}, its files and the last written status in {provider}"));
        kept.push(format!(
            "A record of the {deal}, so that it is not imported again automatically. An admin can import it, and a webhook call does"
        ));
    }
    kept.push("Copies in backups of the server, for as long as its operator keeps them".to_owned());
    any_view! {
        <div class="flex flex-col gap-2">
            {subheading("What is erased")}
            {bullets(erased(counts))}
            {subheading("What stays")}
            {bullets(kept)}
            {muted("This can’t be undone.")}
        </div>
    }
}

fn erased(counts: ErasureCounts) -> Vec<String> {
    let counted = |count: i64, one: &str, many: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        _ => Some(format!("{count} {many}")),
    };
    let versions =
        counted(counts.versions, "version with its file, text and findings", "versions with their files, texts and findings");
    let others = [
        versions,
        counted(counts.entries, "entry of the timeline and of the audit log", "entries of the timeline and of the audit log"),
        counted(counts.deliveries, "delivery of the deal", "deliveries of the deal"),
        Some("Queued tasks, search entries and saved responses".to_owned()),
    ];
    others.into_iter().flatten().collect()
}

/// What was erased. It is shown once, after the erasure.
pub(super) fn erasure_receipt(erased_contract: &ErasedContract) -> AnyView {
    let lines = vec![
        step(Tone::Ok, "erased", "Erased".to_owned(), bullets(erased(erased_contract.counts))),
        step(Tone::Ok, "kept", "Kept".to_owned(), "One entry of the audit log, without the title."),
    ];
    let about = vec![("Contract", code(erased_contract.id.to_string()))];
    card("erasure-receipt", "Receipt: contract erased", (), stack((facts(about), steps(lines))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_with_a_count_of_zero_are_left_out() {
        let counts = ErasureCounts { versions: 1, entries: 12, deliveries: 0 };
        let lines = erased(counts);
        assert_eq!(lines[0], "1 version with its file, text and findings");
        assert_eq!(lines[1], "12 entries of the timeline and of the audit log");
        assert_eq!(lines.len(), 3, "{lines:?}");
    }
}
