//! What was not sent because the session had ended: shown after the sign-in, to be sent or discarded.

use crate::{
    context::actor,
    pages::{
        page::{WebPage, page},
        request::query,
    },
    parts::{
        form::button::{Look, link, submit},
        icon::Icon,
        layout::{card::card, empty::empty, list::facts_of, page_heading, prose::muted, row, sections, stack},
    },
    saved_form::{PAGE, SavedForm, discard, kept},
    text::saved_form::{self, title},
};
use leptos::prelude::*;

/// The page.
pub(crate) fn saved_form_page() -> WebPage {
    let form = kept();
    if query("discard").is_some() {
        discard();
        leptos_axum::redirect(form.as_ref().map_or("/integrations", |form| form.back.as_str()));
    }
    page("Not sent yet", async move {
        actor()?;
        let content = form.map_or_else(nothing, |form| view(&form));
        Ok(sections(view! {
            {page_heading("Not sent yet", "Your session had ended before this could be done.".into_any(), ().into_any())}
            {content}
        }))
    })
}

fn view(form: &SavedForm) -> AnyView {
    let shown = form.fields.iter().filter_map(|(name, value)| saved_form::shown(name, value));
    let fields = form.fields.iter().map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> });
    let content = view! {
        <form method="post" action=form.action.clone() data-busy="Sending …">
            {fields.collect_view()}
            {stack((
                facts_of(shown.collect()),
                muted("You are signed in again. Nothing has been changed so far."),
                row((
                    submit("Send now", Look::Primary),
                    link("Discard", format!("{PAGE}?discard=yes"), Look::Secondary),
                )),
            ))}
        </form>
    };
    card("unfinished", title(&form.action).unwrap_or_default(), ().into_any(), content.into_any())
}

fn nothing() -> AnyView {
    let next = link("Go to Integrations", "/integrations", Look::Secondary);
    empty(Icon::Check, "Nothing is waiting", "There is nothing that was not sent, or it is older than 15 minutes.", next)
}
