//! Line icons of 16 by 16 pixels, in the colour of the text beside them. They are decorative and hidden from screen readers.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon(&'static str);

impl Icon {
    pub const CHECK: Self = Self("M3 8.5l3.2 3.2L13 4.8");
    pub const CLOCK: Self = Self("M8 2.2a5.8 5.8 0 100 11.6A5.8 5.8 0 008 2.2zM8 5v3.2l2.2 1.3");
    pub const CROSS: Self = Self("M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6");
    pub const DASH: Self = Self("M4 8h8");
    pub const WARNING: Self = Self("M8 2.4l6.2 11H1.8zM8 6.4v3M8 11.5v.1");
    pub const CHEVRON: Self = Self("M6 3.5L10.5 8 6 12.5");
    pub const PLUG: Self = Self("M5.5 2v3.4M10.5 2v3.4M3.8 5.4h8.4v2.2a4.2 4.2 0 01-8.4 0zM8 11.8V14");
    pub const DOCUMENT: Self = Self("M4 1.8h5l3 3v9.4H4zM9 1.8v3h3M6 8h4M6 10.6h4");
    pub const PEOPLE: Self = Self(
        "M6 8a2.6 2.6 0 100-5.2A2.6 2.6 0 006 8zM1.6 13.4c.4-2.4 2.2-3.8 4.4-3.8s4 1.4 4.4 3.8M10.8 3.2a2.3 2.3 0 010 4.4M12 9.9c1.4.5 2.2 1.7 2.5 3.5",
    );
    pub const PERSON: Self = Self("M8 8a2.8 2.8 0 100-5.6A2.8 2.8 0 008 8zM2.8 14c.5-2.6 2.6-4.2 5.2-4.2s4.7 1.6 5.2 4.2");
    pub const LIST: Self = Self("M6 4h7.5M6 8h7.5M6 12h7.5M2.6 4h.1M2.6 8h.1M2.6 12h.1");
    pub const KEY: Self = Self("M10.4 9.2a3.6 3.6 0 10-3.5-2.8L2.2 11v2.8H5v-1.6h1.6v-1.6l1.5-1.6c.7.2 1.5.4 2.3.2zM11.2 5.2v.1");
    pub const PAUSE: Self = Self("M5.5 3.5v9M10.5 3.5v9");
    pub const SLIDERS: Self = Self("M2.5 5h6M11.5 5h2M10 3.2v3.6M2.5 11h2M7.5 11h6M6 9.2v3.6");
    pub const SEARCH: Self = Self("M7 2.6a4.4 4.4 0 100 8.8 4.4 4.4 0 000-8.8zM10.3 10.3l3.2 3.2");
}

pub fn icon(icon: Icon) -> AnyView {
    any_view! {
        <svg
            class="size-4 shrink-0"
            viewBox="0 0 16 16"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=icon.0></path>
        </svg>
    }
}
