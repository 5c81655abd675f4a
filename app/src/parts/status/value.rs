//! Times and numbers, which `enhance.js` localizes.

use crate::text::{
    moment::{exact, is_recent, relative},
    size::scaled,
};
use leptos::prelude::*;
use lexicontract::domain::time::Timestamp;

/// A time relative to `now`. In the browser, `enhance.js` updates the times marked `data-relative` and localizes dates.
pub fn moment(at: Timestamp, now: Timestamp) -> AnyView {
    view! {
        <time
            datetime=at.to_string()
            title=exact(at)
            data-relative=is_recent(now, at).then_some("")
            class="whitespace-nowrap"
        >
            {relative(now, at)}
        </time>
    }
    .into_any()
}

pub fn count(number: i64) -> AnyView {
    view! { <data value=number>{number}</data> }.into_any()
}

pub fn bytes(number: i64) -> AnyView {
    let (value, unit, text) = scaled(number);
    view! {
        <data value=value data-unit=unit class="whitespace-nowrap">
            {text}
        </data>
    }
    .into_any()
}
