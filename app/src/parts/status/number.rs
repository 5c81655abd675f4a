//! Numbers: written plainly here, and by the browser as its reader writes them.

use crate::text::size::scaled;
use leptos::prelude::*;

/// How many there are of something.
pub fn count(number: i64) -> AnyView {
    view! { <data value=number>{number}</data> }.into_any()
}

/// How large a file is.
pub fn bytes(number: i64) -> AnyView {
    let (value, unit, words) = scaled(number);
    view! {
        <data value=value data-unit=unit class="whitespace-nowrap">
            {words}
        </data>
    }
    .into_any()
}
