use crate::parts::{Icon, Tone, icon};
use leptos::prelude::*;

/// Facts in columns, each value below its label.
pub fn facts(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    const LIST: &str = "grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-x-6 gap-y-4";
    fact_list([LIST, "flex min-w-0 flex-col", "text-xs text-muted", "min-w-0 wrap-anywhere"], facts)
}

/// Facts in rows, each value beside its label.
pub fn fact_rows(facts: Vec<(impl IntoView + 'static, impl IntoView + 'static)>) -> AnyView {
    const FACT: &str = "flex min-w-0 flex-col gap-x-4 py-2 first:pt-0 last:pb-0 sm:flex-row";
    const LABEL: &str = "shrink-0 text-sm leading-6 text-muted sm:w-32";
    fact_list(["flex flex-col divide-y divide-line", FACT, LABEL, "min-w-0 flex-1 wrap-anywhere"], facts)
}

/// Facts in one line, each value below its label.
pub fn inline_facts(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    fact_list(["flex flex-wrap gap-x-6 gap-y-1 text-xs", "flex flex-col", "text-muted", "min-w-0"], facts)
}

/// `classes` contains the classes of the list, of a fact, of its label and of its value.
fn fact_list(classes: [&'static str; 4], facts: Vec<(impl IntoView + 'static, impl IntoView + 'static)>) -> AnyView {
    let [list, fact, label, value] = classes;
    let facts = facts.into_iter().map(|(name, content)| {
        view! {
            <div class=fact>
                <dt class=label>{name}</dt>
                <dd class=value>{content}</dd>
            </div>
        }
    });
    any_view! { <dl class=list>{facts.collect_view()}</dl> }
}

const ROUND: &str = "inline-flex size-6 shrink-0 items-center justify-center rounded-full";

/// A step of a checklist. Only screen readers read `state`.
pub fn step(tone: Tone, state: &'static str, title: String, content: impl IntoView + 'static) -> AnyView {
    any_view! {
        <li class="flex gap-3">
            <span class=format!("mt-0.5 {ROUND} {}", tone.colours())>{tone.icon()}</span>
            <div class="flex min-w-0 flex-1 flex-col gap-1">
                <p class="font-medium">{title} <span class="sr-only">{format!(": {state}")}</span></p>
                <div class="flex flex-col items-start gap-2 text-sm text-muted empty:hidden">{content}</div>
            </div>
        </li>
    }
}

elements! {
    steps: ol "flex flex-col gap-4";
    items: ul "flex flex-col divide-y divide-line [&>li]:py-3 [&>li:first-child]:pt-0 [&>li:last-child]:pb-0";
    timeline: ol "flex flex-col";
    progress_list: ul "flex flex-col gap-4";
}

pub fn item(title: impl IntoView + 'static, beside: impl IntoView + 'static, below: impl IntoView + 'static) -> AnyView {
    any_view! {
        <li class="flex flex-col gap-1">
            <div class="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                <div class="min-w-0 font-medium break-words">{title}</div>
                <div class="flex flex-wrap items-center gap-2 empty:hidden">{beside}</div>
            </div>
            <div class="flex flex-wrap gap-x-3 text-sm text-muted empty:hidden">{below}</div>
        </li>
    }
}

/// An item with content that changes while the page is visible, such as a state or a relative time. The changing content is on a
/// separate line, so that it does not move the rest of the item.
pub fn changing_item(
    title: impl IntoView + 'static,
    changing: impl IntoView + 'static,
    below: impl IntoView + 'static,
) -> AnyView {
    any_view! {
        <li class="flex flex-col items-start gap-1">
            <div class="min-w-0 font-medium wrap-anywhere">{title}</div>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">{changing}</div>
            <div class="flex flex-wrap gap-x-3 text-sm text-muted empty:hidden">{below}</div>
        </li>
    }
}

pub fn event(tone: Tone, summary: String, meta: impl IntoView + 'static, more: impl IntoView + 'static) -> AnyView {
    any_view! {
        <li class="relative flex gap-3 pb-5 last:pb-0 before:absolute before:top-6 before:bottom-0 before:left-3 before:border-l before:border-line last:before:hidden">
            <span class=format!("relative {ROUND} {}", tone.colours())>{tone.icon()}</span>
            <div class="flex min-w-0 flex-1 flex-col">
                <p>{summary}</p>
                <div class="flex flex-wrap gap-x-2 text-xs text-muted">{meta}</div>
                {more}
            </div>
        </li>
    }
}

pub fn folded_facts(id: String, facts: Vec<(String, String)>) -> AnyView {
    const LIST: &str = "mt-1 flex flex-col gap-1 rounded-md bg-sunken p-3 text-xs";
    let classes = [LIST, "flex flex-col sm:flex-row sm:gap-3", "shrink-0 text-muted sm:w-40", "min-w-0 wrap-anywhere"];
    any_view! {
        <details id=id data-screen-only="" class="group">
            <summary class="-ml-1 inline-flex min-h-8 list-none items-center gap-1 rounded-sm px-1 text-xs font-medium text-accent hover:bg-accent-soft">
                <span class="transition-transform group-open:rotate-90">{icon(Icon::CHEVRON)}</span>
                "Details"
            </summary>
            {fact_list(classes, facts)}
        </details>
    }
}

/// A text with a progress bar. `done_of` contains the completed and the total amount. If `done_of` is `None`, the bar is omitted.
pub fn progress(text: String, done_of: Option<(i64, i64)>, more: impl IntoView + 'static) -> AnyView {
    let bar = done_of.map(|(done, total)| {
        let (label, max, value) = (text.clone(), total.to_string(), done.to_string());
        view! { <progress aria-label=label max=max value=value class="progress h-2 w-full"></progress> }
    });
    any_view! {
        <li class="flex flex-col gap-1">
            <p class="font-medium">{text}</p>
            {bar}
            <div class="text-sm text-muted empty:hidden">{more}</div>
        </li>
    }
}
