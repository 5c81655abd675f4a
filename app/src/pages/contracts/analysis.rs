use super::data::ContractData;
use super::facts::key_facts;
use super::text::segments;
use crate::pages::prelude::*;
use crate::text::engine::found_by;
use lexicontract::domain::contract::ScanStatus;
use lexicontract::domain::contract::analysis::{Analysis, AnalysisStatus, Risk};
use std::cmp::Reverse;

/// The maximum number of passages to which a risk links.
const MAX_LINKED_PASSAGES: usize = 5;

pub(super) fn anchor(index: usize) -> String {
    format!("clause-{index}")
}

pub(super) fn summary(data: &ContractData) -> AnyView {
    let version = data.version();
    let beside = version.map(|version| analysis_pill(version.analysis.status));
    let content = match version {
        None => empty(Icon::SEARCH, "Nothing to analyse", "The analysis starts with the first document.", ()),
        Some(version) => stack((old_version(data, version), state(data, version))),
    };
    card("analysis", "Analysis", beside, content)
}

fn old_version(data: &ContractData, version: &Version) -> Option<AnyView> {
    data.is_old().then(|| {
        let newest = link("Show the newest", format!("/contracts/{}", data.contract.id));
        any_view! { <p>{format!("You are viewing version {}. ", version.number)} {newest}</p> }
    })
}

fn state(data: &ContractData, version: &Version) -> AnyView {
    let analysis = &version.analysis;
    match analysis.status {
        AnalysisStatus::Queued if version.scan.status == ScanStatus::Pending => {
            let text = "The document is analysed after its virus scan. The results appear here automatically.";
            reserved(stack((muted(text), analysis.error.clone().map(muted))))
        }
        AnalysisStatus::Queued => {
            reserved(muted("The analysis is queued. Summary, risks and clauses appear here automatically."))
        }
        AnalysisStatus::Running => {
            reserved(muted("The document is being analysed. Summary, risks and clauses appear here automatically."))
        }
        AnalysisStatus::Failed => failed(data, version),
        AnalysisStatus::Completed => stack((
            analysis.summary.clone().map(text),
            key_facts(analysis, data.text.as_deref().unwrap_or_default()),
            analysis.engine.as_deref().map(|engine| {
                muted(format!("{} The analysis supports a lawyer’s review and does not replace it.", found_by(engine)))
            }),
        )),
    }
}

fn failed(data: &ContractData, version: &Version) -> AnyView {
    let values = vec![("contract", data.contract.id.to_string()), ("version", version.number.to_string())];
    let may_retry = data.may_change && version.scan.status != ScanStatus::Infected;
    let again = may_retry.then(|| row(post_button("/actions/retry_analysis", values, "Analyse again", Look::Secondary)));
    let reason = version.analysis.error.clone().unwrap_or("The document is stored and can be downloaded.".to_owned());
    stack((callout(Tone::Warn, Some("The document could not be analysed".to_owned()), reason, None), again))
}

/// The risks, most severe first, with links to their clauses.
pub(super) fn risks(data: &ContractData) -> Option<AnyView> {
    let analysis = completed(data)?;
    let mut risks: Vec<&Risk> = analysis.risks.iter().collect();
    risks.sort_by_key(|risk| Reverse(risk.severity));
    let content = if risks.is_empty() {
        muted("No risks were found. This does not replace reading the document.")
    } else {
        items(risks.into_iter().map(|found| risk(found, analysis, data.text.is_some())).collect_view())
    };
    Some(card("risks", "Risks", tag(analysis.risks.len().to_string()), content))
}

fn risk(risk: &Risk, analysis: &Analysis, has_text: bool) -> AnyView {
    let passages: Vec<usize> = match risk.clause_kind {
        Some(kind) if has_text => numbers_of(&analysis.clauses, kind).take(MAX_LINKED_PASSAGES).collect(),
        _ => Vec::new(),
    };
    let title = match passages.first() {
        Some(first) => link(risk.title.clone(), format!("#{}", anchor(*first))),
        None => risk.title.clone().into_any(),
    };
    let clause = risk.clause_kind.map(ClauseKind::label).unwrap_or_default();
    let others = passages.iter().enumerate().skip(1).map(|(index, passage)| {
        view! { " · " {link(format!("{clause}, passage {}", index + 1), format!("#{}", anchor(*passage)))} }
    });
    let kind = risk.clause_kind.map(|kind| tag(kind.label()));
    let below = view! { <span>{risk.explanation.clone()} {others.collect_view()}</span> };
    item(title, view! { {kind} {severity_pill(risk.severity)} }, below)
}

pub(super) fn document(data: &ContractData) -> Option<AnyView> {
    let analysis = completed(data)?;
    let content = match &data.text {
        None => muted("The text of this version is not stored. Download the file to read it."),
        Some(text) => {
            let (segments, is_cut) = segments(text, &analysis.clauses);
            let rest = is_cut.then(|| muted("The document is longer. Download the file to read the rest."));
            stack((clauses(&analysis.clauses), document_text("Text of the document", segments), rest))
        }
    };
    let number = data.version.map(|number| tag(format!("Version {number}")));
    Some(card("document", "Document", number, content))
}

fn clauses(clauses: &[Clause]) -> AnyView {
    let links = |kind: ClauseKind| {
        let anchors: Vec<String> = numbers_of(clauses, kind).map(anchor).collect();
        (!anchors.is_empty()).then(|| clause_links(kind.label(), anchors))
    };
    let kinds: Vec<AnyView> = ClauseKind::ALL.iter().copied().filter_map(links).collect();
    if kinds.is_empty() { muted("No clauses were recognised.") } else { clause_outline("Clauses in this document", kinds) }
}

fn numbers_of(clauses: &[Clause], kind: ClauseKind) -> impl Iterator<Item = usize> + '_ {
    clauses.iter().enumerate().filter(move |(_, clause)| clause.kind == kind).map(|(index, _)| index)
}

fn completed(data: &ContractData) -> Option<&Analysis> {
    data.version().map(|version| &version.analysis).filter(|analysis| analysis.status == AnalysisStatus::Completed)
}
