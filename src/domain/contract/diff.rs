//! What changed in the text from one version of a document to another.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a piece of text stands in the two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// In both.
    Same,
    /// Only in the older one.
    Removed,
    /// Only in the newer one.
    Added,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Piece {
    /// How it stands in the two versions.
    pub change: Change,
    /// The text.
    pub text: String,
}

/// Some lines that belong together: either all of them are the same, or some of their words changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Passage {
    /// The pieces in their order.
    pub pieces: Vec<Piece>,
}

impl Passage {
    /// Whether anything in it changed.
    pub fn is_changed(&self) -> bool {
        self.pieces.iter().any(|piece| piece.change != Change::Same)
    }
}

/// What changed from one version to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Comparison {
    /// The number of the older version.
    pub from: i64,
    /// The number of the newer version.
    pub to: i64,
    /// The two texts as one.
    pub passages: Vec<Passage>,
    /// Whether the texts are too long, so that their ends are left out.
    pub is_cut: bool,
}

impl Comparison {
    /// How many words stand only in the newer version, and how many only in the older one.
    pub fn words(&self) -> (usize, usize) {
        let count = |change: Change| {
            let pieces = self.passages.iter().flat_map(|passage| &passage.pieces).filter(|piece| piece.change == change);
            pieces.map(|piece| piece.text.split_whitespace().count()).sum()
        };
        (count(Change::Added), count(Change::Removed))
    }
}
