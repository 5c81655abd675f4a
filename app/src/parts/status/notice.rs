use crate::parts::{Icon, Tone, icon};
use leptos::prelude::*;

/// The error of the form that redirected to this page. The notice gets the focus.
pub fn outcome_notice(title: String, text: String) -> AnyView {
    message_box(Some("alert"), true, Tone::Danger, Some(title), text, None)
}

/// A message that screen readers announce. Its role is `alert` for problems and `status` otherwise.
pub fn notice(tone: Tone, title: Option<String>, text: String) -> AnyView {
    let role = if matches!(tone, Tone::Danger | Tone::Warn) { "alert" } else { "status" };
    message_box(Some(role), false, tone, title, text, None)
}

/// A box that screen readers do not announce, with `more` below the text. Parts that update automatically use this box, because
/// screen readers would announce a notice at each update.
pub fn callout(tone: Tone, title: Option<String>, text: String, more: Option<AnyView>) -> AnyView {
    message_box(None, false, tone, title, text, more)
}

fn message_box(
    role: Option<&'static str>,
    is_outcome: bool,
    tone: Tone,
    title: Option<String>,
    text: String,
    more: Option<AnyView>,
) -> AnyView {
    any_view! {
        <div
            role=role
            tabindex=is_outcome.then_some("-1")
            data-outcome=is_outcome.then_some("")
            class=format!("flex items-start gap-3 rounded-lg px-4 py-3 {}", tone.colours())
        >
            <span class="mt-1">{tone.icon()}</span>
            <div class="min-w-0">
                {title.map(|title| view! { <p class="font-semibold">{title}</p> })}
                <p class="text-ink">{text}</p>
                {more.map(|more| view! { <div class="text-ink">{more}</div> })}
            </div>
        </div>
    }
}

/// A success message. `away` is the address of the same page without the message.
pub fn toast(text: &'static str, away: String) -> AnyView {
    any_view! {
        <div
            data-toast=""
            data-screen-only=""
            class="fixed inset-x-4 bottom-4 z-20 flex items-start gap-3 rounded-lg border border-line bg-raised p-3 shadow-dialog sm:left-auto sm:right-6 sm:bottom-6 sm:w-96"
        >
            <span class=format!("inline-flex size-8 shrink-0 items-center justify-center rounded-full {}", Tone::Ok.colours())>
                {icon(Icon::CHECK)}
            </span>
            <div role="status" class="min-w-0 flex-1 self-center text-sm">
                <p>{text}</p>
            </div>
            <a
                href=away
                data-dismiss=""
                class="-m-1 inline-flex size-10 shrink-0 items-center justify-center rounded-md text-muted hover:bg-sunken hover:text-ink"
            >
                {icon(Icon::CROSS)}
                <span class="sr-only">"Dismiss the message"</span>
            </a>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_are_announced_and_callouts_are_not() {
        let markup = |make: fn() -> AnyView| Owner::new().with(|| make().to_html());
        assert!(markup(|| notice(Tone::Warn, None, "x".to_owned())).contains("role=\"alert\""));
        assert!(markup(|| notice(Tone::Ok, None, "x".to_owned())).contains("role=\"status\""));
        assert!(!markup(|| callout(Tone::Danger, None, "x".to_owned(), None)).contains("role"));
    }

    #[test]
    fn announced_notice_has_only_a_title_and_a_text() {
        let html = Owner::new().with(|| outcome_notice("title".to_owned(), "text".to_owned()).to_html());
        let divs = |html: &str| html.matches("<div").count();
        assert_eq!(divs(&html), 2, "{html}");
        let more = Owner::new().with(|| callout(Tone::Warn, None, "text".to_owned(), Some("more".into_any())).to_html());
        assert_eq!(divs(&more), 3, "{more}");
    }
}
