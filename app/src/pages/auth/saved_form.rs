use crate::pages::prelude::*;
use crate::saved_form::{PAGE, SavedForm, discard, kept, label_and_value, title};

/// The page with a form that was submitted after the session had ended. The user can send or discard the form.
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
            {page_heading("Not sent yet", "Your session ended before this form was sent.", ())}
            {content}
        }))
    })
}

fn view(form: &SavedForm) -> AnyView {
    let shown = form.fields.iter().filter_map(|(name, value)| label_and_value(name, value));
    let fields = form.fields.iter().map(|(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> });
    let content = view! {
        <form method="post" action=form.action.clone() data-busy="Sending …">
            {fields.collect_view()}
            {stack((
                fact_rows(shown.collect()),
                muted("You are signed in again. Nothing has been changed yet."),
                row((
                    submit("Send now", Look::Primary),
                    link_button("Discard", format!("{PAGE}?discard=yes"), Look::Secondary),
                )),
            ))}
        </form>
    };
    card("unfinished", title(&form.action).unwrap_or_default(), (), content)
}

fn nothing() -> AnyView {
    let next = link_button("Go to Integrations", "/integrations", Look::Secondary);
    empty(Icon::CHECK, "No saved form", "There is no unsent form. Unsent forms are deleted after 15 minutes.", next)
}
