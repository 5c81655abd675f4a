//! Which law governs.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[Rule {
    kind: ClauseKind::GoverningLaw,
    is_fitted: true,
    gate: r"\blaws?\b",
    headings: &[(2.0, r"governing|applicable law|choice of law|^[0-9. ]*law\b|jurisdiction")],
    signals: &[
        (3.4, r"governed.{0,100}\blaws?\b"),
        (2.3, r"(construed|interpreted|enforced).{0,70}(accordance with|under|pursuant to|by|according to).{0,40}\blaws?\b"),
        (
            1.7,
            r"\blaws? of (the )?(state|commonwealth|province|people|republic|england|united|new york|delaware|california|hong|japan)",
        ),
        (1.9, r"conflicts? of laws?|choice of laws?"),
        (1.1, r"laws of.{0,60}shall (govern|apply)|shall be subject to the laws? of"),
        (-1.4, r"organized (and|under)|incorporated under|duly (organized|formed)|existing under the laws"),
        (1.3, r"(interpretation|construction|validity|performance|enforcement).{0,80}(govern|laws? of|subject to)"),
        (1.2, r"\blaws? of the (state|commonwealth|province|republic|people)"),
    ],
    threshold: 3.9,
    cap: 6,
}];
