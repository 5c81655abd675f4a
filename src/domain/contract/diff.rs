//! Text diff between two versions of a contract.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use analysis::diff::{Change, Passage, Piece};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Comparison)]
pub struct Diff {
    pub from: i64,
    pub to: i64,
    /// Both texts, merged into one sequence of passages.
    pub passages: Vec<Passage>,
    /// True if the texts are too long and the diff covers only their beginnings.
    pub is_cut: bool,
}

impl Diff {
    /// Returns the numbers of added and removed words.
    pub fn word_counts(&self) -> (usize, usize) {
        let count = |change: Change| {
            let pieces = self.passages.iter().flat_map(|passage| &passage.pieces).filter(|piece| piece.change == change);
            pieces.map(|piece| piece.text.split_whitespace().count()).sum()
        };
        (count(Change::Added), count(Change::Removed))
    }
}
