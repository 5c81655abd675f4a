//! Which law governs.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[Rule {
    kind: ClauseKind::GoverningLaw,
    gate: r"\blaws?\b",
    heading: (1.0, r"governing|applicable law|choice of law|^[0-9. ]*law\b|jurisdiction"),
    signals: &[
        (3.0, r"governed.{0,100}\blaws?\b"),
        (3.0, r"(construed|interpreted|enforced).{0,70}(accordance with|under|pursuant to|by|according to).{0,40}\blaws?\b"),
        (
            1.0,
            r"\blaws? of (the )?(state|commonwealth|province|people|republic|england|united|new york|delaware|california|hong|japan)",
        ),
        (1.0, r"conflicts? of laws?|choice of laws?"),
        (2.0, r"laws of.{0,60}shall (govern|apply)|shall be subject to the laws? of"),
        (1.0, r"(this|the) agreement|this contract|hereof"),
        (-3.0, r"organized (and|under)|incorporated under|duly (organized|formed)|existing under the laws"),
        (-2.0, r"shall comply with|compliance with (all )?applicable law|indemnif|violation of"),
    ],
    threshold: 4.0,
    cap: 3,
}];
