//! Text diff between two versions of a contract.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use analysis::diff::{Change, Passage, Piece};

/// Text diff between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Comparison)]
pub struct Diff {
    /// Number of the older version.
    pub from: i64,
    /// Number of the newer version.
    pub to: i64,
    /// Both texts, merged into one sequence of passages.
    pub passages: Vec<Passage>,
    /// Whether the texts were too long, so that the diff covers only their beginnings.
    pub is_cut: bool,
}

impl Diff {
    /// Number of added words, then number of removed words.
    pub fn word_counts(&self) -> (usize, usize) {
        let count = |change: Change| {
            let pieces = self.passages.iter().flat_map(|passage| &passage.pieces).filter(|piece| piece.change == change);
            pieces.map(|piece| piece.text.split_whitespace().count()).sum()
        };
        (count(Change::Added), count(Change::Removed))
    }
}
