use leptos::prelude::*;

pub struct Segment {
    pub text: String,
    pub is_clause: bool,
    /// The anchor and the kind of each clause that starts with this segment.
    pub starts: Vec<(String, &'static str)>,
}

/// The document with its clauses marked. On a screen, the document scrolls inside a frame. In print, the whole document is
/// visible.
pub fn document_text(label: &'static str, segments: Vec<Segment>) -> AnyView {
    let segments = segments.into_iter().map(segment).collect_view();
    any_view! {
        <div
            role="region"
            aria-label=label
            tabindex="0"
            class="max-h-[36rem] overflow-y-auto rounded-md sm:overscroll-contain border border-line bg-surface p-4 text-sm leading-6 whitespace-pre-wrap wrap-anywhere sm:p-6 print:max-h-none print:overflow-visible print:border-0 print:p-0"
        >
            {segments}
        </div>
    }
}

fn segment(segment: Segment) -> AnyView {
    if !segment.is_clause {
        return segment.text.into_any();
    }
    let kinds = segment.starts.iter().map(|(_, kind)| *kind).collect::<Vec<_>>().join(" · ");
    let anchors = segment.starts.into_iter().map(|(id, _)| view! { <span id=id class="scroll-mt-8"></span> }).collect_view();
    any_view! {
        <mark class="clause" data-kind=(!kinds.is_empty()).then_some(kinds)>
            {anchors}
            {segment.text}
        </mark>
    }
}

/// The name of a kind of clause, with links to the passages of this kind.
pub fn clause_links(kind: &'static str, anchors: Vec<String>) -> AnyView {
    let more = (2..).zip(anchors.iter().skip(1)).map(|(number, anchor)| {
        view! {
            <a href=format!("#{anchor}") class=CLAUSE_LINK>
                <span class="sr-only">{format!("{kind}, passage ")}</span>
                {number}
            </a>
        }
    });
    let first = anchors.first().map(|anchor| format!("#{anchor}"));
    any_view! {
        <li class="inline-flex flex-wrap items-center rounded-md border border-line">
            <a href=first class=CLAUSE_LINK>
                {kind}
            </a>
            {more.collect_view()}
        </li>
    }
}

const CLAUSE_LINK: &str = "inline-flex min-h-8 min-w-8 items-center justify-center rounded-sm px-2 text-sm font-medium text-accent hover:bg-accent-soft";

pub fn clause_outline(label: &'static str, kinds: Vec<AnyView>) -> AnyView {
    any_view! {
        <nav aria-label=label data-screen-only="">
            <ul class="flex flex-wrap gap-2">{kinds}</ul>
        </nav>
    }
}

pub fn changes(label: &'static str, content: impl IntoView + 'static) -> AnyView {
    any_view! {
        <div role="region" aria-label=label class="rounded-md border border-line bg-surface p-4 text-sm leading-6 sm:p-6">
            {content}
        </div>
    }
}

elements! {
    unchanged_lines: div "whitespace-pre-wrap wrap-anywhere text-muted";
    changed_lines: div "my-1 border-l-2 border-accent pl-3 whitespace-pre-wrap wrap-anywhere";
    added: ins "change bg-ok-soft text-ok underline decoration-2 underline-offset-2";
    removed: del "change bg-danger-soft text-danger line-through";
}
