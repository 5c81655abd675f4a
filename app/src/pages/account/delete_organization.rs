use crate::pages::prelude::*;

/// The page that asks for the name of the organization before it is deleted.
pub(crate) fn delete_organization() -> WebPage {
    let (messages, form_state) = (messages(), FormState::take());
    page("Delete the organization", async move {
        let actor = actor()?;
        actor.require(Role::Admin)?;
        let name = actor.organization_name.clone();
        let heading = format!("Delete {name}?");
        Ok(sections(view! {
            {back("Settings", "/settings")}
            {page_heading("Delete the organization", heading, ())}
            {messages}
            {card("consequences", "What happens", (), stack((consequences(), form(&name, &form_state))))}
        }))
    })
}

fn consequences() -> AnyView {
    let erased = [
        "All contracts with their files, texts, findings and timelines",
        "All connections. Their access is revoked at the providers; API keys stay valid until they are deleted there",
        "All users, sessions, API tokens and invitations. You are signed out",
        "The audit log",
    ];
    let kept = [
        "Deals, files and written statuses at the providers",
        "A line with the ID of the organization, who deleted it and when, without names",
        "Backups and logs of the server, for as long as its operator keeps them",
    ];
    any_view! {
        <div class="flex flex-col gap-2">
            {subheading("What is erased")}
            {bullets(erased.map(str::to_owned).into())}
            {subheading("What stays")}
            {bullets(kept.map(str::to_owned).into())}
        </div>
    }
}

fn form(name: &str, form_state: &FormState) -> AnyView {
    let label = "Name of the organization";
    let typed = Input::text("typed_name", label).help(format!("Type {name} to confirm. This can’t be undone."));
    let cancel = view! { <form method="get" action="/settings">{submit("Cancel", Look::Secondary)}</form> };
    any_view! {
        <form id="delete-organization" method="post" action="/actions/delete_organization" data-busy="Deleting …">
            {form_state.fill(typed).view()}
        </form>
        {row((submit_form("delete-organization".to_owned(), "Delete the organization".to_owned(), Look::Danger), cancel))}
    }
}
