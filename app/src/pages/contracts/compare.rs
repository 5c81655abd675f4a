//! What changed in the text from one version to another.

use crate::{
    context::{actor, hub},
    pages::{
        messages::messages,
        page::{WebPage, page, set_title},
        request::{parameter, query},
    },
    parts::{
        form::{
            button::{Look, link, submit},
            field::select_of,
        },
        icon::Icon,
        layout::{
            back_to,
            card::card,
            disclosure::disclosure,
            document::{added, changed_lines, changes, lines, removed},
            empty::empty,
            form_row, page_heading,
            prose::text,
            row, sections, stack,
        },
        status::{notice::notice, number::count, tone::Tone},
    },
    text::problem::sentence,
};
use leptos::prelude::*;
use lexicontract::{
    domain::{
        contract::{
            Contract,
            diff::{Change, Comparison, Passage},
        },
        ids::ContractId,
        problem::Problem,
    },
    hub,
};

/// Unchanged lines beyond this many are folded but for those at the edges.
const UNFOLDED_LINES: usize = 8;
/// How many lines stay at each edge.
const EDGE_LINES: usize = 3;

/// The page.
pub(crate) fn compare() -> WebPage {
    let id = parameter("id");
    let number = |name: &str| query(name).and_then(|text| text.parse::<i64>().ok());
    let (from, to) = (number("from"), number("to"));
    let messages = messages();
    page("Compare versions", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ContractId = id.parse().map_err(|_| Problem::NotFound)?;
        let contract = hub.contract(&actor, &id).await?;
        let newest = contract.versions.last().map(|version| version.number).ok_or(Problem::NotFound)?;
        let to = to.unwrap_or(newest);
        let from = from.unwrap_or_else(|| (to - 1).max(1));
        let content = match hub.compare_versions(&actor, &id, from, to).await {
            Ok(comparison) => compared(&contract, &comparison),
            Err(hub::Error::Problem(problem @ (Problem::NoText | Problem::FileWithheld(_)))) => {
                notice(Tone::Warn, Some(problem.title().to_owned()), sentence(&problem))
            }
            Err(error) => return Err(error),
        };
        set_title(&format!("Compare versions · {}", contract.title));
        Ok(sections(view! {
            {back_to(contract.title.clone(), format!("/contracts/{id}"))}
            {page_heading("Compare versions", "The text of two versions, with what was added and removed.".into_any(), ().into_any())}
            {messages}
            {card("choose", "Which versions?", ().into_any(), choose(&contract, from, to))}
            {card("changes", "Changes", ().into_any(), content)}
        }))
    })
}

fn choose(contract: &Contract, from: i64, to: i64) -> AnyView {
    let options = || {
        let option = |number: i64, name: &str| (number.to_string(), format!("Version {number}: {name}"));
        contract.versions.iter().map(|version| option(version.number, &version.file_name)).collect::<Vec<_>>()
    };
    view! {
        <form method="get" action=format!("/contracts/{}/compare", contract.id)>
            {form_row((
                select_of("from", "from", "From", options(), &from.to_string()),
                select_of("to", "to", "To", options(), &to.to_string()),
                submit("Compare", Look::Primary),
            ))}
        </form>
    }
    .into_any()
}

fn compared(contract: &Contract, comparison: &Comparison) -> AnyView {
    let (more, fewer) = comparison.words();
    let rest = comparison.is_cut.then(|| rest(contract, comparison));
    if more + fewer == 0 {
        if let Some(rest) = rest {
            return stack((text("Nothing changed in the part that was compared."), rest));
        }
        return empty(
            Icon::Check,
            "Nothing changed",
            "The text of both versions is the same. Only the files differ.",
            ().into_any(),
        );
    }
    let number = |words: usize| count(i64::try_from(words).unwrap_or(i64::MAX));
    let summary = view! {
        <p>
            {number(more)} {if more == 1 { " word " } else { " words " }} {added("added".to_owned())} ", " {number(fewer)}
            {if fewer == 1 { " word " } else { " words " }} {removed("removed".to_owned())}
        </p>
    };
    let passages = comparison.passages.iter().enumerate().map(|(index, passage)| shown(index, passage)).collect_view();
    stack((summary, changes("Text with its changes", passages.into_any()), rest))
}

/// What to do about the part of long documents that is not compared.
fn rest(contract: &Contract, comparison: &Comparison) -> AnyView {
    let download = |number: i64| {
        let file = format!("/api/v1/contracts/{}/versions/{number}/file", contract.id);
        link(format!("Download version {number}"), file, Look::Secondary)
    };
    let words = "The documents are too long to be compared to their end. Download both to compare the rest.";
    stack((
        notice(Tone::Warn, Some("Only the beginning is compared".to_owned()), words.to_owned()),
        row((download(comparison.from), download(comparison.to))),
    ))
}

fn shown(index: usize, passage: &Passage) -> AnyView {
    if !passage.is_changed() {
        return unchanged(index, &passage.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>());
    }
    let pieces = passage.pieces.iter().map(|piece| match piece.change {
        Change::Same => piece.text.clone().into_any(),
        Change::Added => added(piece.text.clone()),
        Change::Removed => removed(piece.text.clone()),
    });
    changed_lines(pieces.collect_view().into_any())
}

/// Long stretches without a change are folded: the lines beside a change stay.
fn unchanged(index: usize, text: &str) -> AnyView {
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    if all.len() <= UNFOLDED_LINES {
        return lines(text.to_owned());
    }
    let (before, rest) = all.split_at(EDGE_LINES);
    let (middle, after) = rest.split_at(rest.len() - EDGE_LINES);
    let words = format!("{} unchanged lines", middle.len());
    view! {
        {lines(before.concat())}
        {disclosure(format!("same-{index}"), words, false, lines(middle.concat()))}
        {lines(after.concat())}
    }
    .into_any()
}
