//! What a page says about something that just happened, announced to those who listen.

use super::tone::Tone;
use crate::parts::icon::icon;
use leptos::prelude::*;

/// What went wrong with the form that led here. It gets the focus, so that it is read first and the keyboard goes on from it.
pub fn outcome_notice(title: String, text: String) -> AnyView {
    view! {
        <div
            role="alert"
            tabindex="-1"
            data-outcome=""
            class=format!("flex items-start gap-3 rounded-lg px-4 py-3 {}", Tone::Danger.colours())
        >
            <span class="mt-1">{icon(Tone::Danger.icon())}</span>
            <div class="min-w-0">
                <p class="font-semibold">{title}</p>
                <p class="text-ink">{text}</p>
            </div>
        </div>
    }
    .into_any()
}

/// A message: an `alert` when something went wrong, a `status` otherwise.
pub fn notice(tone: Tone, title: Option<String>, text: String) -> AnyView {
    let role = if matches!(tone, Tone::Danger | Tone::Warn) { "alert" } else { "status" };
    box_of(Some(role), tone, title, text, ().into_any())
}

/// How something stands, with another line below. It is no news: in a live part it would be announced whenever the part changes.
pub fn remark(tone: Tone, title: Option<String>, text: String, more: AnyView) -> AnyView {
    box_of(None, tone, title, text, more)
}

fn box_of(role: Option<&'static str>, tone: Tone, title: Option<String>, text: String, more: AnyView) -> AnyView {
    view! {
        <div role=role class=format!("flex items-start gap-3 rounded-lg px-4 py-3 {}", tone.colours())>
            <span class="mt-1">{icon(tone.icon())}</span>
            <div class="min-w-0">
                {title.map(|title| view! { <p class="font-semibold">{title}</p> })}
                <p class="text-ink">{text}</p>
                <div class="text-ink empty:hidden">{more}</div>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_is_announced_and_how_things_stand_is_not() {
        let markup = |make: fn() -> AnyView| Owner::new().with(|| make().to_html());
        assert!(markup(|| notice(Tone::Warn, None, "x".to_owned())).contains("role=\"alert\""));
        assert!(markup(|| notice(Tone::Ok, None, "x".to_owned())).contains("role=\"status\""));
        assert!(!markup(|| remark(Tone::Danger, None, "x".to_owned(), ().into_any())).contains("role"));
    }
}
