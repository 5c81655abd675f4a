use crate::pages::prelude::*;
use crate::text::problem::message;
use lexicontract::domain::contract::diff::{Change, Diff, Passage};

/// The maximum number of lines of an unchanged passage that is shown in full. Of a longer passage, only [`EDGE_LINES`] lines at
/// each end are shown.
const MAX_UNCHANGED_LINES: usize = 8;
const EDGE_LINES: usize = 3;

pub(crate) fn compare() -> WebPage {
    let id = parameter("id");
    let number = |name: &str| query(name).and_then(|text| text.parse::<i64>().ok());
    let (from, to) = (number("from"), number("to"));
    let messages = messages();
    page("Compare versions", async move {
        let (hub, actor) = (hub(), actor()?);
        let id: ContractId = parse_id(&id)?;
        let contract = hub.contract(&actor, &id).await?;
        let newest = contract.versions.last().map(|version| version.number).ok_or(Problem::NotFound)?;
        let to = to.unwrap_or(newest);
        let from = from.unwrap_or_else(|| (to - 1).max(1));
        let content = match hub.compare_versions(&actor, &id, from, to).await {
            Ok(comparison) => compared(&contract, &comparison),
            Err(hub::Error::Problem(problem @ (Problem::NoText | Problem::FileWithheld(_)))) => {
                notice(Tone::Warn, Some(problem.title().to_owned()), message(&problem))
            }
            Err(error) => return Err(error),
        };
        set_title(&format!("Compare versions · {}", contract.title));
        Ok(sections(view! {
            {back(contract.title.clone(), format!("/contracts/{id}"))}
            {page_heading("Compare versions", "The differences between the texts of two versions.", ())}
            {messages}
            {card("choose", "Which versions?", (), choose(&contract, from, to))}
            {card("changes", "Changes", (), content)}
        }))
    })
}

fn choose(contract: &Contract, from: i64, to: i64) -> AnyView {
    let options = || {
        let option = |number: i64, name: &str| (number.to_string(), format!("Version {number}: {name}"));
        contract.versions.iter().map(|version| option(version.number, &version.file_name)).collect::<Vec<_>>()
    };
    any_view! {
        <form method="get" action=format!("/contracts/{}/compare", contract.id)>
            {form_row((
                select("from", "from", "From", options(), &from.to_string(), None),
                select("to", "to", "To", options(), &to.to_string(), None),
                submit("Compare", Look::Primary),
            ))}
        </form>
    }
}

fn compared(contract: &Contract, comparison: &Diff) -> AnyView {
    let (added_words, removed_words) = comparison.word_counts();
    let rest = comparison.is_cut.then(|| rest(contract, comparison));
    if added_words + removed_words == 0 {
        if let Some(rest) = rest {
            return stack((text("Nothing changed in the part that was compared."), rest));
        }
        return empty(Icon::CHECK, "Nothing changed", "Both versions have the same text. Only the files differ.", ());
    }
    let words = |words: usize| {
        let number = count(i64::try_from(words).unwrap_or(i64::MAX));
        view! { {number} {if words == 1 { " word " } else { " words " }} }
    };
    let summary = view! { <p>{words(added_words)} {added("added")} ", " {words(removed_words)} {removed("removed")}</p> };
    let passages = comparison.passages.iter().enumerate().map(|(index, passage)| passage_view(index, passage)).collect_view();
    stack((summary, changes("Text with its changes", passages), rest))
}

fn rest(contract: &Contract, comparison: &Diff) -> AnyView {
    let download = |number: i64| {
        let file = format!("/api/v1/contracts/{}/versions/{number}/file", contract.id);
        link_button(format!("Download version {number}"), file, Look::Secondary)
    };
    let text = "The documents are too long to be compared completely. Download both to compare the rest.";
    stack((
        notice(Tone::Warn, Some("Only the beginning is compared".to_owned()), text.to_owned()),
        row((download(comparison.from), download(comparison.to))),
    ))
}

fn passage_view(index: usize, passage: &Passage) -> AnyView {
    if !passage.is_changed() {
        return unchanged(index, &passage.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>());
    }
    let pieces = passage.pieces.iter().map(|piece| match piece.change {
        Change::Same => piece.text.clone().into_any(),
        Change::Added => added(piece.text.clone()),
        Change::Removed => removed(piece.text.clone()),
    });
    changed_lines(pieces.collect_view())
}

fn unchanged(index: usize, text: &str) -> AnyView {
    let all: Vec<&str> = text.split_inclusive('\n').collect();
    if all.len() <= MAX_UNCHANGED_LINES {
        return unchanged_lines(text.to_owned());
    }
    let (before, rest) = all.split_at(EDGE_LINES);
    let (middle, after) = rest.split_at(rest.len() - EDGE_LINES);
    let summary = format!("{} unchanged lines", middle.len());
    any_view! {
        {unchanged_lines(before.concat())}
        {disclosure(format!("same-{index}"), summary, false, unchanged_lines(middle.concat()))}
        {unchanged_lines(after.concat())}
    }
}
