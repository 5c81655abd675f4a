//! How much a party may have to pay for damage, and who stands in for whom.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::LiabilityCap,
        is_fitted: true,
        gate: r"liab|damages|recover|claim|remed|responsib|exceed|action|recourse",
        headings: &[(2.6, r"limitation|limit of|liabilit|damages")],
        signals: &[
            (
                2.6,
                r"(consequential|incidental|indirect|punitive|exemplary).{0,60}(damages|loss)|(damages|loss(es)?).{0,60}(consequential|incidental|indirect|punitive|exemplary)",
            ),
            (2.5, r"liab(le|ility).{0,200}(exceed|limited to|in excess of|greater than)|(exceed|limited to).{0,160}liabilit"),
            (
                1.5,
                r"(in no event|under no circumstances|not be liable|no liability|neither party (shall|will) be liable|shall not be responsible|nor shall)",
            ),
            (1.8, r"even if.{0,80}advised|possibility of such|regardless of the (form|cause|theory)|whether in contract"),
            (0.9, r"lost profits|loss of (profit|business|revenue|use|data)"),
            (
                0.9,
                r"no (action|claim|suit).{0,80}(may|shall|can) be (brought|made|asserted|commenced).{0,60}(after|more than|year)",
            ),
            (4.6, r"(sole|exclusive) (and exclusive )?(remedy|liability|obligation)|entire liability"),
            (-1.4, r"insurance|indemnif(y|ies).{0,30}(defend|hold)|limited liability company|per occurrence"),
            (-0.6, r"shall indemnify|liquidated"),
            (1.3, r"regardless of (the )?form|form of action|cause of action"),
            (3.7, r"(years?|months).{0,40}(after|from|following).{0,60}(cause|claim|action|accru|discover|knew)"),
            (1.3, r"(shall|will|does|do) not exceed|exceed (the|an|in the)|total (amount|liability)|aggregate"),
            (1.0, r"amounts? (actually )?(paid|payable|received)|fees paid|purchase price"),
            (0.7, r"arising (out of|from|under)|out of or related"),
            (-0.9, r"beyond (the|its)|acts? of god|force majeure|strike"),
            (-1.8, r"not limited to|hold harmless|indemnify"),
            (1.9, r"\bmax(imum)?\b|be limited|strict liability"),
            (1.6, r"special|lost profits|loss of (profit|business|use|data)"),
            (1.3, r"refund|replac"),
        ],
        threshold: 4.1,
        cap: 10,
    },
    Rule {
        kind: ClauseKind::UncappedLiability,
        is_fitted: true,
        gate: r"liab|damages|limit",
        headings: &[(1.7, r"limitation|limit of|liabilit|damages")],
        signals: &[
            (
                1.5,
                r"(except|other than|excluding|notwithstanding|with the exception).{0,250}(liab|damages|indemnif|gross negligence|willful|confidential|fraud)",
            ),
            (
                2.1,
                r"(nothing|shall not|does not|do not|will not) .{0,80}(limit|exclude|apply|restrict).{0,120}(liab|damages|indemnif|negligence|death|fraud|misconduct)",
            ),
            (
                1.2,
                r"gross negligence|wil+ful|fraud|death or personal|personal injury|indemnification obligations|obligations? (of|to) indemnif|breach of (\w+ )?confidential|infringement",
            ),
            (0.7, r"consequential|incidental|indirect|punitive|(aggregate|total) liability|in no event"),
            (1.4, r"in no event|neither party|either party be liable"),
            (1.8, r"possibility of such|contract, tort|even if"),
            (1.4, r"section \d|article \d"),
            (0.4, r"(except|other) (for|than|as|with respect).{0,160}(indemnif|confidential|misconduct|negligence)"),
            (0.8, r"exceed|amounts? (paid|payable)|total liability"),
            (-0.6, r"lost profits|consequential"),
            (-1.2, r"hold harmless|defend|caused by"),
        ],
        threshold: 5.9,
        cap: 6,
    },
    Rule {
        kind: ClauseKind::Indemnity,
        is_fitted: false,
        gate: r"indemnif|hold harmless|indemnit",
        headings: &[(1.0, r"indemni|hold harmless")],
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
