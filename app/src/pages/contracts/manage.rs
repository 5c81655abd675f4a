use super::data::ContractData;
use super::erase::erase_button;
use super::overview::{is_too_large, max_size, too_large};
use crate::pages::prelude::*;
use crate::text::problem::field;
use lexicontract::domain::file::file_type::{ACCEPTED_EXTENSIONS, ACCEPTED_TYPES};

/// The forms that repair a contract: another version, title or deal. They are not replaced by the auto-refresh.
pub(super) fn manage(data: &ContractData, form_state: &FormState) -> AnyView {
    let is_about = |name: &'static str| form_state.is_about(|problem| field(problem) == Some(name));
    let deal = if data.contract.source().is_some() { "Change the deal" } else { "Link to a deal" };
    let content = stack((
        disclosure("new-version", "Upload a new version", is_about("file"), version_form(data, form_state)),
        disclosure("title", "Change the title", is_about("title"), title_form(data, form_state)),
        disclosure("deal", deal, is_about("record"), deal_forms(data, form_state)),
        data.is_admin.then(|| row(erase_button(&data.contract.id))),
    ));
    any_view! { <div data-screen-only="">{card("manage", "Manage", (), content)}</div> }
}

fn version_form(data: &ContractData, form_state: &FormState) -> AnyView {
    let error = form_state.error("file").map(|error| if form_state.is_about(is_too_large) { too_large() } else { error });
    let file = FileInput {
        name: "file",
        label: "File",
        accept: ACCEPTED_EXTENSIONS,
        help: format!("{ACCEPTED_TYPES} files up to {}. The negotiation status stays.", max_size()),
        max_bytes: hub().config().max_file_bytes,
        too_large: too_large(),
        error,
    };
    let action = format!("/actions/upload_version/{}", data.contract.id);
    any_view! {
        <form method="post" action=action enctype="multipart/form-data" data-busy="Uploading …">
            {hidden(vec![form_id()])}
            {stack((file.view(), row(submit("Upload version", Look::Primary))))}
        </form>
    }
}

/// The form also submits the title that it showed, so that the server detects a concurrent change.
fn title_form(data: &ContractData, form_state: &FormState) -> AnyView {
    let seen = data.contract.title.clone();
    let title = Input { value: seen.clone(), ..Input::text("title", "Title") };
    let values = vec![("contract", data.contract.id.to_string()), ("seen", seen)];
    let content = stack((form_state.fill(title).view(), row(submit("Change title", Look::Primary))));
    post_form("/actions/change_title", values, content)
}

fn deal_forms(data: &ContractData, form_state: &FormState) -> AnyView {
    let contract = || ("contract", data.contract.id.to_string());
    let unlink = data.contract.source().map(|source| {
        let about = format!(
            "The contract is linked to {}. Without the link, its status is no longer written and files of the deal are no longer \
             imported. The deal keeps the last status that was written.",
            source.name
        );
        stack((muted(about), row(post_button("/actions/unlink_contract", vec![contract()], "Remove the link", Look::Secondary))))
    });
    if data.connections.is_empty() {
        return stack((unlink, muted("No connected provider has deals. An admin can connect one on the integrations page.")));
    }
    let chosen =
        form_state.value("connection").or_else(|| data.contract.source()?.connection_id.as_ref().map(ToString::to_string));
    let connections = data.connections.iter().map(|connection| {
        let account = connection.account_label.clone().unwrap_or_default();
        (connection.id.to_string(), format!("{}: {account}", connection.integration.name))
    });
    let connection = select("link-connection", "connection", "Connection", connections, &chosen.unwrap_or_default(), None);
    let record =
        Input::text("record", "Deal").help("The ID of the deal, or the address of its page. It replaces the current link.");
    let content = stack((connection, form_state.fill(record).view(), row(submit("Link to this deal", Look::Primary))));
    stack((post_form("/actions/link_contract", vec![contract(), form_id()], content), unlink))
}
