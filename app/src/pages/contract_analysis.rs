//! What the analysis of the newest version says.

use crate::parts::{
    card::card,
    disclosure::disclosure,
    empty::empty,
    icon::Icon,
    layout::stack,
    list::{item, items, quote},
    notice::notice,
    pill::tag,
    prose::{muted, text},
    status,
    tone::Tone,
};
use leptos::prelude::*;
use lexicontract::domain::{
    analysis::{Analysis, AnalysisStatus, Clause, ClauseKind, Risk},
    contract::Contract,
};

/// Summary, risks and clauses of the newest version.
pub(super) fn analysis(contract: &Contract) -> AnyView {
    let newest = contract.versions.last();
    let beside = newest.map(|version| status::analysis(version.analysis.status));
    let content = match newest {
        None => empty(Icon::Search, "Nothing to analyse", "The analysis begins with the first document.", ().into_any()),
        Some(version) => match version.analysis.status {
            AnalysisStatus::Queued | AnalysisStatus::Running => {
                muted("The document is being read. Summary, risks and clauses appear here by themselves.")
            }
            AnalysisStatus::Failed => notice(
                Tone::Warn,
                Some("The document could not be analysed".to_owned()),
                version.analysis.error.clone().unwrap_or("It is stored, and can be downloaded.".to_owned()),
            ),
            AnalysisStatus::Completed => completed(&version.analysis),
        },
    };
    card("analysis", "Analysis", beside.into_any(), content)
}

fn completed(analysis: &Analysis) -> AnyView {
    let risks: Vec<AnyView> = analysis.risks.iter().map(risk).collect();
    let risks = match risks.is_empty() {
        true => muted("No risks were found. That does not replace reading the document."),
        false => items(risks),
    };
    stack((
        analysis.summary.clone().map(text),
        heading("Risks"),
        risks,
        heading("Clauses"),
        clauses(&analysis.clauses),
        analysis
            .engine
            .clone()
            .map(|engine| muted(format!("Found by {engine}. It supports a lawyer’s review and does not replace it."))),
    ))
}

fn heading(words: &'static str) -> AnyView {
    crate::parts::layout::subheading(words)
}

fn risk(risk: &Risk) -> AnyView {
    let beside = view! { {risk.clause_kind.map(|kind| tag(kind.label()))} {status::severity(risk.severity)} };
    item(risk.title.clone().into_any(), beside.into_any(), risk.explanation.clone().into_any())
}

/// One line for each kind that was found, in the order a reader expects; its passages unfold.
fn clauses(clauses: &[Clause]) -> AnyView {
    let groups = ClauseKind::ALL.into_iter().filter_map(|kind| {
        let passages: Vec<&Clause> = clauses.iter().filter(|clause| clause.kind == kind).collect();
        (!passages.is_empty()).then(|| group(kind, &passages))
    });
    let groups: Vec<AnyView> = groups.collect();
    if groups.is_empty() { muted("No clauses were recognised.") } else { crate::parts::layout::tight(groups) }
}

fn group(kind: ClauseKind, passages: &[&Clause]) -> AnyView {
    let quotes = passages.iter().map(|clause| quote(clause.text.clone())).collect_view();
    let count = (passages.len() > 1).then(|| tag(format!("{} passages", passages.len())));
    disclosure(format!("clause-{}", kind.as_str()), view! { <span>{kind.label()}</span> {count} }, false, quotes.into_any())
}
