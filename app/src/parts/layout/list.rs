//! Facts (pairs of a label and a value), checklists, lists and timelines.

use crate::parts::{Icon, Tone, icon};
use leptos::prelude::*;

/// Facts in columns, each value below its label.
pub fn facts(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    let classes = FactClasses {
        list: "grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-x-6 gap-y-4",
        fact: "flex min-w-0 flex-col",
        label: "text-xs text-muted",
        value: "min-w-0 wrap-anywhere",
    };
    fact_list(classes, facts)
}

/// Facts in rows, each value beside its label.
pub fn fact_rows<V: IntoView + 'static>(facts: Vec<(String, V)>) -> AnyView {
    let classes = FactClasses {
        list: "flex flex-col divide-y divide-line",
        fact: "flex min-w-0 flex-col gap-x-4 py-2 first:pt-0 last:pb-0 sm:flex-row",
        label: "shrink-0 text-sm leading-6 text-muted sm:w-32",
        value: "min-w-0 flex-1 wrap-anywhere",
    };
    fact_list(classes, facts)
}

/// Facts in one line, each value below its label.
pub fn inline_facts(facts: Vec<(&'static str, AnyView)>) -> AnyView {
    let classes = FactClasses {
        list: "flex flex-wrap gap-x-6 gap-y-1 text-xs",
        fact: "flex flex-col",
        label: "text-muted",
        value: "min-w-0",
    };
    fact_list(classes, facts)
}

struct FactClasses {
    list: &'static str,
    fact: &'static str,
    label: &'static str,
    value: &'static str,
}

fn fact_list(classes: FactClasses, facts: impl IntoIterator<Item = (impl Into<String>, impl IntoView + 'static)>) -> AnyView {
    let facts = facts.into_iter().map(|(label, value)| {
        let label: String = label.into();
        view! {
            <div class=classes.fact>
                <dt class=classes.label>{label}</dt>
                <dd class=classes.value>{value}</dd>
            </div>
        }
    });
    view! { <dl class=classes.list>{facts.collect_view()}</dl> }.into_any()
}

/// A step of a checklist. Only screen readers read `state`.
pub fn step(tone: Tone, state: &'static str, title: String, content: impl IntoView + 'static) -> AnyView {
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

pub fn steps(steps: Vec<AnyView>) -> AnyView {
    view! { <ol class="flex flex-col gap-4">{steps}</ol> }.into_any()
}

pub fn items(items: Vec<AnyView>) -> AnyView {
    view! { <ul class="flex flex-col divide-y divide-line [&>li]:py-3 [&>li:first-child]:pt-0 [&>li:last-child]:pb-0">{items}</ul> }
        .into_any()
}

pub fn item(title: impl IntoView + 'static, beside: impl IntoView + 'static, below: impl IntoView + 'static) -> AnyView {
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

/// An item with content that changes while the page is visible, such as a state or a relative time. The changing content has a
/// separate line, so that it does not move the rest.
pub fn changing_item(
    title: impl IntoView + 'static,
    changing: impl IntoView + 'static,
    below: impl IntoView + 'static,
) -> AnyView {
    view! {
        <li class="flex flex-col items-start gap-1">
            <div class="min-w-0 font-medium wrap-anywhere">{title}</div>
            <div class="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">{changing}</div>
            <div class="flex flex-wrap gap-x-3 text-sm text-muted empty:hidden">{below}</div>
        </li>
    }
    .into_any()
}

pub fn event(tone: Tone, summary: String, meta: impl IntoView + 'static, more: impl IntoView + 'static) -> AnyView {
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

pub fn timeline(events: Vec<AnyView>) -> AnyView {
    view! { <ol class="flex flex-col">{events}</ol> }.into_any()
}

pub fn folded_facts(id: String, facts: Vec<(String, String)>) -> AnyView {
    let classes = FactClasses {
        list: "mt-1 flex flex-col gap-1 rounded-md bg-sunken p-3 text-xs",
        fact: "flex flex-col sm:flex-row sm:gap-3",
        label: "shrink-0 text-muted sm:w-40",
        value: "min-w-0 wrap-anywhere",
    };
    view! {
        <details id=id data-screen-only="" class="group">
            <summary class="-ml-1 inline-flex min-h-8 list-none items-center gap-1 rounded-sm px-1 text-xs font-medium text-accent hover:bg-accent-soft">
                <span class="transition-transform group-open:rotate-90">{icon(Icon::Chevron)}</span>
                "Details"
            </summary>
            {fact_list(classes, facts)}
        </details>
    }
    .into_any()
}
