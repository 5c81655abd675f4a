//! What the analysis says about a version: at a glance, its risks, and its text with the clauses where they stand.

use super::{contract::Shown, facts::key_facts, text::stretches};
use crate::{
    parts::{
        form::button::{Look, post},
        icon::Icon,
        layout::{
            card::card,
            document::{self, outline, places},
            empty::empty,
            list::{item, items},
            prose::{link, muted, text},
            reserved, row, stack,
        },
        status::{self, notice::remark, pill::tag, tone::Tone},
    },
    text::engine::found_by,
};
use leptos::prelude::*;
use lexicontract::domain::contract::{
    ScanStatus, Version,
    analysis::{Analysis, AnalysisStatus, Clause, ClauseKind, Risk},
};
use std::cmp::Reverse;

/// More places of one kind are not linked from a risk: the document shows them all.
const LINKED_PLACES: usize = 5;

/// The anchor of a clause in the document.
pub(crate) fn anchor(index: usize) -> String {
    format!("clause-{index}")
}

/// Summary and key facts, or how far the analysis is.
pub(crate) fn glance(shown: &Shown) -> AnyView {
    let version = shown.version();
    let beside = version.map(|version| status::analysis(version.analysis.status));
    let content = match version {
        None => empty(Icon::Search, "Nothing to analyse", "The analysis begins with the first document.", ().into_any()),
        Some(version) => stack((old_version(shown, version), state(shown, version))),
    };
    card("analysis", "Analysis", beside.into_any(), content)
}

fn old_version(shown: &Shown, version: &Version) -> Option<AnyView> {
    shown.is_old().then(|| {
        let newest = link("Read the newest", format!("/contracts/{}", shown.contract.id));
        view! { <p>{format!("You are reading version {}. ", version.number)} {newest}</p> }.into_any()
    })
}

fn state(shown: &Shown, version: &Version) -> AnyView {
    let analysis = &version.analysis;
    match analysis.status {
        AnalysisStatus::Queued if version.scan.status == ScanStatus::Pending => {
            let reason = version.analysis.error.clone().map(muted);
            reserved(stack((
                muted("The document is analysed after its virus scan. This page shows the result when it is there."),
                reason,
            )))
        }
        AnalysisStatus::Queued => {
            reserved(muted("The document waits for its turn to be read. Summary, risks and clauses appear here by themselves."))
        }
        AnalysisStatus::Running => {
            reserved(muted("The document is being read. Summary, risks and clauses appear here by themselves."))
        }
        AnalysisStatus::Failed => failed(shown, version),
        AnalysisStatus::Completed => stack((
            analysis.summary.clone().map(text),
            key_facts(analysis, shown.text.as_deref().unwrap_or_default()),
            analysis
                .engine
                .clone()
                .map(|engine| muted(format!("{} That supports a lawyer’s review and does not replace it.", found_by(&engine)))),
        )),
    }
}

fn failed(shown: &Shown, version: &Version) -> AnyView {
    let values = vec![("contract", shown.contract.id.to_string()), ("version", version.number.to_string())];
    let may_retry = shown.may_change && version.scan.status != ScanStatus::Infected;
    let again = may_retry.then(|| row(post("/actions/retry_analysis", values, "Analyse again", Look::Secondary)));
    let reason = version.analysis.error.clone().unwrap_or("It is stored, and can be downloaded.".to_owned());
    stack((remark(Tone::Warn, Some("The document could not be analysed".to_owned()), reason, ().into_any()), again))
}

/// The risks, the most severe first; each leads to its clause.
pub(crate) fn risks(shown: &Shown) -> Option<AnyView> {
    let analysis = completed(shown)?;
    let mut risks: Vec<&Risk> = analysis.risks.iter().collect();
    risks.sort_by_key(|risk| Reverse(risk.severity));
    let content = match risks.is_empty() {
        true => muted("No risks were found. That does not replace reading the document."),
        false => items(risks.into_iter().map(|found| risk(found, analysis, shown.text.is_some())).collect()),
    };
    Some(card("risks", "Risks", tag(analysis.risks.len().to_string()), content))
}

fn risk(risk: &Risk, analysis: &Analysis, has_text: bool) -> AnyView {
    let places: Vec<usize> = match risk.clause_kind {
        Some(kind) if has_text => numbers_of(&analysis.clauses, kind).take(LINKED_PLACES).collect(),
        _ => Vec::new(),
    };
    let title = match places.first() {
        Some(first) => link(risk.title.clone(), format!("#{}", anchor(*first))),
        None => risk.title.clone().into_any(),
    };
    let clause = risk.clause_kind.map(ClauseKind::label).unwrap_or_default();
    let others = places.iter().enumerate().skip(1).map(|(index, place)| {
        view! { " · " {link(format!("{clause}, passage {}", index + 1), format!("#{}", anchor(*place)))} }
    });
    let kind = risk.clause_kind.map(|kind| tag(kind.label()));
    let below = view! { <span>{risk.explanation.clone()} {others.collect_view()}</span> };
    item(title, view! { {kind} {status::severity(risk.severity)} }.into_any(), below.into_any())
}

/// The text with its clauses, and an outline that leads to them.
pub(crate) fn document(shown: &Shown) -> Option<AnyView> {
    let analysis = completed(shown)?;
    let content = match &shown.text {
        None => muted("The text of this version is not kept. Download the file to read it."),
        Some(text) => {
            let (stretches, is_cut) = stretches(text, &analysis.clauses);
            let rest = is_cut.then(|| muted("The document is longer. Download the file to read the rest."));
            stack((clauses(&analysis.clauses), document::document("Text of the document", stretches), rest))
        }
    };
    let number = shown.version.map(|number| tag(format!("Version {number}")));
    Some(card("document", "Document", number.into_any(), content))
}

fn clauses(clauses: &[Clause]) -> AnyView {
    let kinds = ClauseKind::ALL.into_iter().filter_map(|kind| {
        let anchors: Vec<String> = numbers_of(clauses, kind).map(anchor).collect();
        (!anchors.is_empty()).then(|| places(kind.label(), anchors))
    });
    let kinds: Vec<AnyView> = kinds.collect();
    match kinds.is_empty() {
        true => muted("No clauses were recognised."),
        false => outline("Clauses in this document", kinds),
    }
}

fn numbers_of(clauses: &[Clause], kind: ClauseKind) -> impl Iterator<Item = usize> + '_ {
    clauses.iter().enumerate().filter(move |(_, clause)| clause.kind == kind).map(|(index, _)| index)
}

fn completed(shown: &Shown) -> Option<&Analysis> {
    shown.version().map(|version| &version.analysis).filter(|analysis| analysis.status == AnalysisStatus::Completed)
}
