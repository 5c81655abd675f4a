//! Facts, steps, risks, and what happened when.

use crate::parts::{
    icon::{Icon, icon},
    status::tone::Tone,
};
use leptos::prelude::*;

/// Facts by name.
pub fn facts(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    facts_by(facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Facts whose names are not known beforehand.
pub fn facts_of(facts: Vec<(String, String)>) -> AnyView {
    fact_rows(facts.into_iter().map(|(name, value)| (name, value.into_any())).collect())
}

fn facts_by(facts: Vec<(String, AnyView)>) -> AnyView {
    let facts = facts
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="flex min-w-0 flex-col">
                    <dt class="text-xs text-muted">{name}</dt>
                    <dd class="min-w-0 wrap-anywhere">{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-x-6 gap-y-4">{facts}</dl> }.into_any()
}

/// Facts in the width of the page: each name beside its value.
pub fn fact_rows(facts: Vec<(String, AnyView)>) -> AnyView {
    let facts = facts
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="flex min-w-0 flex-col gap-x-4 py-2 first:pt-0 last:pb-0 sm:flex-row">
                    <dt class="shrink-0 text-sm leading-6 text-muted sm:w-32">{name}</dt>
                    <dd class="min-w-0 flex-1 wrap-anywhere">{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="flex flex-col divide-y divide-line">{facts}</dl> }.into_any()
}

/// One step of a checklist: how it stands, what it is, and what to do about it.
pub fn step(tone: Tone, state: &'static str, title: String, content: AnyView) -> AnyView {
    view! {
        <li class="flex gap-3">
            <span class=format!("mt-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded-full {}", tone.colours())>
                {icon(tone.icon())}
            </span>
            <div class="flex min-w-0 flex-1 flex-col gap-1">
                <p class="font-medium">{title} <span class="sr-only">{format!(": {state}")}</span></p>
                <div class="flex flex-col items-start gap-2 text-sm text-muted empty:hidden">{content}</div>
            </div>
        </li>
    }
    .into_any()
}

/// Steps in their order.
pub fn steps(steps: Vec<AnyView>) -> AnyView {
    view! { <ol class="flex flex-col gap-4">{steps}</ol> }.into_any()
}

/// Items without an order, a line between them.
pub fn items(items: Vec<AnyView>) -> AnyView {
    view! { <ul class="flex flex-col divide-y divide-line [&>li]:py-3 [&>li:first-child]:pt-0 [&>li:last-child]:pb-0">{items}</ul> }
        .into_any()
}

/// One item: a line of words with what belongs beside it, and more below.
pub fn item(title: AnyView, beside: AnyView, below: AnyView) -> AnyView {
    view! {
        <li class="flex flex-col gap-1">
            <div class="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
                <div class="min-w-0 font-medium break-words">{title}</div>
                <div class="flex flex-wrap items-center gap-2 empty:hidden">{beside}</div>
            </div>
            <div class="flex flex-wrap gap-x-3 text-sm text-muted empty:hidden">{below}</div>
        </li>
    }
    .into_any()
}

/// One item with words that change while it is read, such as a state and how long ago something was: they have a line of their own, so that
/// nothing moves when they become longer or shorter.
pub fn changing_item(title: AnyView, changing: AnyView, below: AnyView) -> AnyView {
    view! {
        <li class="flex flex-col items-start gap-1">
            <div class="min-w-0 font-medium wrap-anywhere">{title}</div>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">{changing}</div>
            <div class="flex flex-wrap gap-x-3 text-sm text-muted empty:hidden">{below}</div>
        </li>
    }
    .into_any()
}

/// One line of a timeline.
pub fn event(tone: Tone, summary: String, meta: AnyView, more: AnyView) -> AnyView {
    view! {
        <li class="relative flex gap-3 pb-5 last:pb-0 before:absolute before:top-6 before:bottom-0 before:left-3 before:border-l before:border-line last:before:hidden">
            <span class=format!("relative inline-flex size-6 shrink-0 items-center justify-center rounded-full {}", tone.colours())>
                {icon(tone.icon())}
            </span>
            <div class="flex min-w-0 flex-1 flex-col">
                <p>{summary}</p>
                <div class="flex flex-wrap gap-x-2 text-xs text-muted">{meta}</div>
                {more}
            </div>
        </li>
    }
    .into_any()
}

/// A timeline, in its order.
pub fn timeline(events: Vec<AnyView>) -> AnyView {
    view! { <ol class="flex flex-col">{events}</ol> }.into_any()
}

/// A passage of somebody else's document.
pub fn quote(text: String) -> AnyView {
    view! { <blockquote class="border-l-2 border-line pl-3 text-sm whitespace-pre-line text-muted">{text}</blockquote> }
        .into_any()
}

/// Details that few ask for: folded, small, by name.
pub fn small_facts(id: String, facts: Vec<(String, String)>) -> AnyView {
    let facts = facts
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div class="flex flex-col sm:flex-row sm:gap-3">
                    <dt class="shrink-0 text-muted sm:w-40">{name}</dt>
                    <dd class="min-w-0 wrap-anywhere">{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <details id=id data-screen-only="" class="group">
            <summary class="-ml-1 inline-flex min-h-8 list-none items-center gap-1 rounded-sm px-1 text-xs font-medium text-accent hover:bg-accent-soft">
                <span class="transition-transform group-open:rotate-90">{icon(Icon::Chevron)}</span>
                "Details"
            </summary>
            <dl class="mt-1 flex flex-col gap-1 rounded-md bg-sunken p-3 text-xs">{facts}</dl>
        </details>
    }
    .into_any()
}
