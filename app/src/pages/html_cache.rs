//! Markup that is the same for everybody, rendered once and sent again and again.

use leptos::prelude::*;
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

/// The most pieces that are kept: two roles and two ways to show each integration need fewer.
const MOST: usize = 256;

/// The markup of a view that depends on nothing but `key`.
pub(super) fn still(key: String, make: impl FnOnce() -> AnyView) -> Arc<str> {
    static PIECES: OnceLock<RwLock<HashMap<String, Arc<str>>>> = OnceLock::new();
    let pieces = PIECES.get_or_init(RwLock::default);
    if let Some(piece) = pieces.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return piece.clone();
    }
    let piece: Arc<str> = make().to_html().into();
    let mut pieces = pieces.write().unwrap_or_else(PoisonError::into_inner);
    if pieces.len() < MOST {
        pieces.insert(key, piece.clone());
    }
    piece
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_rendered_once_for_each_key() {
        let owner = Owner::new();
        owner.with(|| {
            let piece = |key: &str, words: &'static str| still(format!("test {key}"), || view! { <p>{words}</p> }.into_any());
            assert_eq!(&*piece("a", "one"), "<p>one</p>");
            assert_eq!(&*piece("a", "two"), "<p>one</p>");
            assert_eq!(&*piece("b", "two"), "<p>two</p>");
        });
    }
}
