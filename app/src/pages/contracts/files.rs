use crate::pages::prelude::*;
use crate::text::problem::message;
use lexicontract::domain::file::deal_file::DealFile;

/// The page that lists the files of the contract's deal. A user imports one of them as the next version.
pub(crate) fn files_page() -> WebPage {
    let id = parameter("id");
    let messages = messages();
    page("Choose another file", async move {
        let (hub, actor) = (hub(), actor()?);
        actor.require(Role::Member)?;
        let id: ContractId = parse_id(&id)?;
        let contract = hub.contract(&actor, &id).await?;
        let content = match hub.deal_files(&actor, &id).await {
            Ok(files) => form(&contract, &files.items, hub.clock().now()),
            Err(error) => {
                let problem = error.report();
                outcome_notice(problem.title().to_owned(), message(&problem))
            }
        };
        set_title(&format!("Choose another file · {}", contract.title));
        Ok(sections(view! {
            {back(contract.title.clone(), format!("/contracts/{id}"))}
            {page_heading("Choose another file", "The file that you choose becomes the next version of the contract.", ())}
            {messages}
            {card("files", "Files of the deal", (), content)}
        }))
    })
}

fn form(contract: &Contract, files: &[DealFile], now: Timestamp) -> AnyView {
    if files.is_empty() {
        let text = "The connected user can’t see a file of the deal. Attach or share one, then reload this page.";
        return empty(Icon::DOCUMENT, "No files", text, ());
    }
    let can_choose = files.iter().any(|file| file.is_usable && !file.is_current);
    let next = if can_choose {
        row(submit("Import this file", Look::Primary))
    } else {
        muted("The deal has no other file that can be imported.")
    };
    let values = vec![("contract", contract.id.to_string()), form_id()];
    let options = files.iter().map(|file| option(file, now)).collect::<Vec<_>>();
    post_form("/actions/choose_file", values, stack((choices("file", "Which file?", options), next)))
}

fn option(file: &DealFile, now: Timestamp) -> Choice {
    let state = if file.is_current { Some("This is the current version.".to_owned()) } else { file.reason.clone() };
    let state = state.map(|state| view! { <span>{state}</span> });
    let modified = file.modified_at.map(|at| view! { <span>"changed " {moment(at, now)}</span> });
    Choice {
        value: file.id.clone(),
        label: file.name.clone(),
        meaning: any_view! { {bytes(file.size_bytes)} {modified} {state} },
        is_chosen: false,
        is_disabled: file.is_current || !file.is_usable,
    }
}
