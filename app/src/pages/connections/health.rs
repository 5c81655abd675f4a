//! The cards about the health of a connection: pause, reconciliation and test result.

use super::data::ConnectionData;
use crate::pages::prelude::*;
use lexicontract::domain::connection::Check;
use lexicontract::domain::connection::health::{Reconciliation, TestRecord};

pub(super) fn traffic(health: &ConnectionHealth, now: Timestamp) -> [Cell; 2] {
    [
        ("Last event received", moment_or(health.last_event_at, "None yet", now)),
        ("Last status written", moment_or(health.last_write_at, "None yet", now)),
    ]
}

pub(super) fn switches(connection: &Connection) -> AnyView {
    let id = connection.id.to_string();
    let (label, effect, value) = match (connection.is_enabled, connection.has_setup()) {
        (true, true) => (
            "Pause",
            "While paused, calls from the provider are rejected, changes are not polled, and nothing is written back.",
            "false",
        ),
        (true, false) => ("Pause", "While paused, the connection is not used.", "false"),
        (false, _) => ("Resume", "Queued work resumes immediately.", "true"),
    };
    let values = vec![("connection", id.clone()), ("is_enabled", value.to_owned())];
    let look = if connection.is_enabled { Look::Secondary } else { Look::Primary };
    let content = stack((
        muted(effect),
        post_button("/actions/update_connection", values, label, look),
        muted("Disconnecting erases the credentials and revokes LexiContract’s access at the provider. Contracts are kept."),
        dialog_button("Disconnect", Look::Danger, format!("disconnect-{id}"), format!("/integrations/{id}/disconnect")),
    ));
    card("switches", "Pause or disconnect", (), content)
}

/// The current, the last and the next reconciliation. `None` if the provider does not support reconciliation.
pub(super) fn reconciliation(data: &ConnectionData) -> Option<AnyView> {
    let run = data.health.reconciliation.as_ref()?;
    let (now, terms) = (data.now, data.terms());
    // The card always has the same rows, so that the content below does not move.
    let rows = vec![
        ("In progress", run.running_since.map_or_else(|| "No".into_any(), |since| in_progress(run, terms, since, now))),
        ("Last run", run.last_run_at.map_or_else(|| "Not yet".into_any(), |at| last(run, terms, at, now))),
        ("Found", found(run)),
        ("Next run", upcoming("Due", run.next_run_at, now)),
    ];
    let Terms { deals, provider, .. } = terms;
    let about = format!(
        "Every hour, we look for {deals} that neither polling nor a call has reported, and for status fields that no longer show \
         the status we wrote."
    );
    let content = stack((muted(about), facts(rows), run.note.clone().map(muted)));
    Some(card("comparison", format!("Reconciliation with {provider}"), (), content))
}

fn in_progress(run: &Reconciliation, terms: &'static Terms, since: Timestamp, now: Timestamp) -> AnyView {
    any_view! { "Since " {moment(since, now)} ": " {checked(run, terms)} " checked so far" }
}

/// The last completed run. A new run resets the counts, so they are shown only if no run is in progress.
fn last(run: &Reconciliation, terms: &'static Terms, at: Timestamp, now: Timestamp) -> AnyView {
    let checked = run.running_since.is_none().then(|| view! { ": " {checked(run, terms)} " checked" });
    any_view! { {moment(at, now)} {checked} }
}

fn found(run: &Reconciliation) -> AnyView {
    match (run.found, run.repaired) {
        (0, _) if run.last_run_at.is_none() => "Nothing yet".into_any(),
        (0, _) => "No differences".into_any(),
        (found, repaired) => any_view! { {count_of(found, "difference", "differences")} ", " {count(repaired)} " repaired" },
    }
}

fn checked(run: &Reconciliation, terms: &'static Terms) -> AnyView {
    any_view! { {count_of(run.records, terms.deal, terms.deals)} " and " {count_of(run.contracts, "contract", "contracts")} }
}

fn count_of(number: i64, one: &'static str, several: &'static str) -> AnyView {
    any_view! { {count(number)} " " {if number == 1 { one } else { several }} }
}

/// The result of the last test. Passed checks are collapsed unless the test is new.
pub(super) fn test_result(test: Option<&TestRecord>, is_new: bool, now: Timestamp) -> AnyView {
    let Some(test) = test else { return ().into_any() };
    let result = &test.result;
    let (tone, verdict) = if result.ok {
        (Tone::Ok, format!("All checks passed. The provider responded in {} ms.", result.latency_ms))
    } else {
        (Tone::Warn, "Some checks failed. Each failed check says who can fix it and where.".to_owned())
    };
    let verdict = callout(tone, None, verdict, None);
    let (passed, failed): (Vec<&Check>, Vec<&Check>) = result.checks.iter().partition(|check| check.ok);
    let failed = (!failed.is_empty()).then(|| steps(failed.into_iter().map(finding).collect_view()));
    let passed = (!passed.is_empty()).then(|| {
        let summary = format!("{} of {} checks passed", passed.len(), result.checks.len());
        disclosure("test-passed", summary, is_new, steps(passed.into_iter().map(finding).collect_view()))
    });
    let when = view! { <span class="text-sm text-muted">{format!("{}, ", test.tested_by)} {moment(test.tested_at, now)}</span> };
    card("test-result", "Test result", when, stack((verdict, failed, passed)))
}

fn finding(check: &Check) -> AnyView {
    let (tone, state) = if check.ok { (Tone::Ok, "passed") } else { (Tone::Danger, "failed") };
    step(tone, state, check.name.clone(), check.detail.clone())
}
