//! What the last live check of a connection found.

use crate::parts::{
    layout::{
        card::card,
        disclosure::disclosure,
        list::{step, steps},
        stack,
    },
    status::{moment::moment, notice::remark, tone::Tone},
};
use leptos::prelude::*;
use lexicontract::domain::{
    connection::{Check, health::TestRecord},
    time::Timestamp,
};

/// The findings; those that are in order are folded unless the test was made just now.
pub(crate) fn test_result(test: Option<&TestRecord>, is_new: bool, now: Timestamp) -> AnyView {
    let Some(test) = test else { return ().into_any() };
    let result = &test.result;
    let verdict = match result.ok {
        true => (Tone::Ok, format!("Everything is in order. The provider answered in {} ms.", result.latency_ms)),
        false => (Tone::Warn, "Something needs to be fixed. Each finding says who can do it and where.".to_owned()),
    };
    let verdict = remark(verdict.0, None, verdict.1, ().into_any());
    let (right, wrong): (Vec<&Check>, Vec<&Check>) = result.checks.iter().partition(|check| check.ok);
    let wrong = (!wrong.is_empty()).then(|| steps(wrong.into_iter().map(finding).collect()));
    let right = (!right.is_empty()).then(|| {
        let summary = format!("{} of {} checks passed", right.len(), result.checks.len());
        disclosure("test-passed", summary, is_new, steps(right.into_iter().map(finding).collect()))
    });
    let when = view! { <span class="text-sm text-muted">{format!("{}, ", test.tested_by)} {moment(test.tested_at, now)}</span> };
    card("test-result", "Test result", when.into_any(), stack((verdict, wrong, right)))
}

fn finding(check: &Check) -> AnyView {
    let (tone, state) = if check.ok { (Tone::Ok, "in order") } else { (Tone::Danger, "to be fixed") };
    step(tone, state, check.name.clone(), check.detail.clone().into_any())
}
