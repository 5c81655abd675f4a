use crate::text::duration::duration;
use crate::text::moment::{exact, is_recent, relative};
use crate::text::size::scaled;
use leptos::prelude::*;
use lexicontract::domain::time::Timestamp;
use std::time::Duration;

/// A time relative to `now`. In the browser, `enhance.js` updates times that are marked `data-relative` and localizes dates.
pub fn moment(at: Timestamp, now: Timestamp) -> AnyView {
    any_view! {
        <time
            datetime=at.to_string()
            title=exact(at)
            data-relative=is_recent(now, at).then_some("")
            class="whitespace-nowrap"
        >
            {relative(now, at)}
        </time>
    }
}

/// A date and a time with seconds. In the browser, `enhance.js` localizes it.
pub fn exact_moment(at: Timestamp) -> AnyView {
    any_view! {
        <time datetime=at.to_string() data-exact="" class="whitespace-nowrap">
            {exact(at)}
        </time>
    }
}

/// A duration in milliseconds.
pub fn elapsed(milliseconds: i64) -> AnyView {
    any_view! { <span data-duration="" class="whitespace-nowrap">{duration(milliseconds)}</span> }
}

pub fn count(number: i64) -> AnyView {
    any_view! { <data value=number>{number}</data> }
}

pub fn bytes(number: i64) -> AnyView {
    let (value, unit, text) = scaled(number);
    any_view! {
        <data value=value data-unit=unit class="whitespace-nowrap">
            {text}
        </data>
    }
}

/// If less than this time remains, [`upcoming`] shows "within a minute". [`moment`] would show "just now" for a time that is only
/// seconds away.
const SOON: Duration = Duration::from_secs(60);

pub fn upcoming(what: &'static str, at: Timestamp, now: Timestamp) -> AnyView {
    if at.since(now) < SOON {
        format!("{what} within a minute").into_any()
    } else {
        any_view! { {what} " " {moment(at, now)} }
    }
}

pub fn moment_or(at: Option<Timestamp>, none: &'static str, now: Timestamp) -> AnyView {
    at.map_or_else(|| none.into_any(), |at| moment(at, now))
}
