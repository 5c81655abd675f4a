//! How much a party may have to pay for damage, and who stands in for whom.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::LiabilityCap,
        gate: r"liab|damages|recover|claim",
        heading: (1.5, r"limitation|limit of|liabilit|damages"),
        signals: &[
            (
                3.0,
                r"(consequential|incidental|indirect|punitive|exemplary).{0,60}(damages|loss)|(damages|loss(es)?).{0,60}(consequential|incidental|indirect|punitive|exemplary)",
            ),
            (3.0, r"liab(le|ility).{0,200}(exceed|limited to|in excess of|greater than)|(exceed|limited to).{0,160}liabilit"),
            (
                2.0,
                r"(in no event|under no circumstances|not be liable|no liability|neither party (shall|will) be liable|shall not be responsible|nor shall)",
            ),
            (1.0, r"even if.{0,80}advised|possibility of such|regardless of the (form|cause|theory)|whether in contract"),
            (1.0, r"lost profits|loss of (profit|business|revenue|use|data)"),
            (
                2.0,
                r"no (action|claim|suit).{0,80}(may|shall|can) be (brought|made|asserted|commenced).{0,60}(after|more than|year)",
            ),
            (1.5, r"(sole|exclusive) (and exclusive )?(remedy|liability|obligation)|entire liability"),
            (-2.0, r"insurance|indemnif(y|ies).{0,30}(defend|hold)|limited liability company|per occurrence"),
            (-1.0, r"shall indemnify|liquidated"),
        ],
        threshold: 3.5,
        cap: 7,
    },
    Rule {
        kind: ClauseKind::UncappedLiability,
        gate: r"liab|damages|limit",
        heading: (1.0, r"limitation|limit of|liabilit|damages"),
        signals: &[
            (
                3.0,
                r"(except|other than|excluding|notwithstanding|with the exception).{0,250}(liab|damages|indemnif|gross negligence|willful|confidential|fraud)",
            ),
            (
                3.0,
                r"(nothing|shall not|does not|do not|will not) .{0,80}(limit|exclude|apply|restrict).{0,120}(liab|damages|indemnif|negligence|death|fraud|misconduct)",
            ),
            (
                2.0,
                r"gross negligence|wil+ful|fraud|death or personal|personal injury|indemnification obligations|obligations? (of|to) indemnif|breach of (\w+ )?confidential|infringement",
            ),
            (1.5, r"consequential|incidental|indirect|punitive|(aggregate|total) liability|in no event"),
            (
                2.0,
                r"unlimited|without limit|limitations? (of|on) liability|(limitation|exclusion)s?.{0,40}(shall|will|do|does) not apply",
            ),
            (-2.0, r"insurance|limited liability company|warrant(y|ies) (of|express)|defend"),
        ],
        threshold: 6.0,
        cap: 3,
    },
    Rule {
        kind: ClauseKind::Indemnity,
        gate: r"indemnif|hold harmless|indemnit",
        heading: (1.0, r"indemni|hold harmless"),
        signals: &[
            (
                3.0,
                r"(shall|will|agrees? to|hereby|must) (\w+,? ){0,8}indemnify|indemnif(y|ies).{0,80}(hold|harmless|defend)|(defend|save).{0,60}(indemnif|harmless)",
            ),
            (1.0, r"from and against|any and all|losses|claims|third part"),
            (
                -2.0,
                r"notice of|promptly notify|indemnified party (shall|will|may)|indemnifying party (shall|will|may)|surviv|except|insurance",
            ),
        ],
        threshold: 4.0,
        cap: 4,
    },
];
