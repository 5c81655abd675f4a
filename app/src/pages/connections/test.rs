//! The result of the last test of a connection.

use crate::pages::prelude::*;
use lexicontract::domain::connection::{Check, health::TestRecord};

/// The checks of the test. Passed checks are collapsed, except directly after the test.
pub(super) fn test_result(test: Option<&TestRecord>, is_new: bool, now: Timestamp) -> AnyView {
    let Some(test) = test else { return ().into_any() };
    let result = &test.result;
    let (tone, verdict) = if result.ok {
        (Tone::Ok, format!("All checks passed. The provider responded in {} ms.", result.latency_ms))
    } else {
        (Tone::Warn, "Some checks failed. Each says who can fix it and where.".to_owned())
    };
    let verdict = callout(tone, None, verdict, ());
    let (passed, failed): (Vec<&Check>, Vec<&Check>) = result.checks.iter().partition(|check| check.ok);
    let failed = (!failed.is_empty()).then(|| steps(failed.into_iter().map(finding).collect()));
    let passed = (!passed.is_empty()).then(|| {
        let summary = format!("{} of {} checks passed", passed.len(), result.checks.len());
        disclosure("test-passed", summary, is_new, steps(passed.into_iter().map(finding).collect()))
    });
    let when = view! { <span class="text-sm text-muted">{format!("{}, ", test.tested_by)} {moment(test.tested_at, now)}</span> };
    card("test-result", "Test result", when, stack((verdict, failed, passed)))
}

fn finding(check: &Check) -> AnyView {
    let (tone, state) = if check.ok { (Tone::Ok, "passed") } else { (Tone::Danger, "failed") };
    step(tone, state, check.name.clone(), check.detail.clone())
}
