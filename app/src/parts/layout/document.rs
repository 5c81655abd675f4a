//! The text of a document, and what changed in it.

use leptos::prelude::*;

/// A stretch of text: plain, or one that clauses stand on.
pub struct Stretch {
    /// The text.
    pub text: String,
    /// Whether a clause stands here.
    pub is_clause: bool,
    /// The anchors of the clauses that begin here, with what each regulates.
    pub begins: Vec<(String, &'static str)>,
}

/// The document with its clauses marked. It scrolls within its frame on screens, and is whole on paper.
pub fn document(label: &'static str, stretches: Vec<Stretch>) -> AnyView {
    let stretches = stretches.into_iter().map(stretch).collect_view();
    view! {
        <div
            role="region"
            aria-label=label
            tabindex="0"
            class="max-h-[36rem] overflow-y-auto rounded-md sm:overscroll-contain border border-line bg-surface p-4 text-sm leading-6 whitespace-pre-wrap wrap-anywhere sm:p-6 print:max-h-none print:overflow-visible print:border-0 print:p-0"
        >
            {stretches}
        </div>
    }
    .into_any()
}

fn stretch(stretch: Stretch) -> AnyView {
    if !stretch.is_clause {
        return stretch.text.into_any();
    }
    let kinds = stretch.begins.iter().map(|(_, kind)| *kind).collect::<Vec<_>>().join(" · ");
    let anchors = stretch.begins.into_iter().map(|(id, _)| view! { <span id=id class="scroll-mt-8"></span> }).collect_view();
    view! {
        <mark class="clause" data-kind=(!kinds.is_empty()).then_some(kinds)>
            {anchors}
            {stretch.text}
        </mark>
    }
    .into_any()
}

/// A kind of clause with the places where it stands.
pub fn places(kind: &'static str, anchors: Vec<String>) -> AnyView {
    let more = anchors.iter().skip(1).enumerate().map(|(index, anchor)| {
        let number = index + 2;
        view! {
            <a href=format!("#{anchor}") class=PLACE>
                <span class="sr-only">{format!("{kind}, passage ")}</span>
                {number}
            </a>
        }
    });
    let first = anchors.first().map(|anchor| format!("#{anchor}"));
    view! {
        <li class="inline-flex flex-wrap items-center rounded-md border border-line">
            <a href=first class=PLACE>
                {kind}
            </a>
            {more.collect_view()}
        </li>
    }
    .into_any()
}

const PLACE: &str = "inline-flex min-h-8 min-w-8 items-center justify-center rounded-sm px-2 text-sm font-medium text-accent hover:bg-accent-soft";

/// The kinds of clauses side by side.
pub fn outline(label: &'static str, kinds: Vec<AnyView>) -> AnyView {
    view! {
        <nav aria-label=label data-screen-only="">
            <ul class="flex flex-wrap gap-2">{kinds}</ul>
        </nav>
    }
    .into_any()
}

/// A text with its changes.
pub fn changes(label: &'static str, content: AnyView) -> AnyView {
    view! {
        <div role="region" aria-label=label class="rounded-md border border-line bg-surface p-4 text-sm leading-6 sm:p-6">
            {content}
        </div>
    }
    .into_any()
}

/// Lines as they are.
pub fn lines(text: String) -> AnyView {
    view! { <div class="whitespace-pre-wrap wrap-anywhere text-muted">{text}</div> }.into_any()
}

/// Lines in which something changed.
pub fn changed_lines(pieces: AnyView) -> AnyView {
    view! { <div class="my-1 border-l-2 border-accent pl-3 whitespace-pre-wrap wrap-anywhere">{pieces}</div> }.into_any()
}

/// Words that are new.
pub fn added(text: String) -> AnyView {
    view! { <ins class="change bg-ok-soft text-ok underline decoration-2 underline-offset-2">{text}</ins> }.into_any()
}

/// Words that are gone.
pub fn removed(text: String) -> AnyView {
    view! { <del class="change bg-danger-soft text-danger line-through">{text}</del> }.into_any()
}
