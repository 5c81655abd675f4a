//! Points in time: how long ago in words, exactly for those who ask.

use crate::text::moment::{exact, is_recent, relative};
use leptos::prelude::*;
use lexicontract::domain::time::Timestamp;

/// A time relative to `now`. `comforts.js` keeps its words current by `data-relative`; a date is written as its reader writes dates.
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
