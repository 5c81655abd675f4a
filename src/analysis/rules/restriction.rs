//! What a party must not do: deal with others, compete, talk.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::Exclusivity,
        gate: r"exclusiv|solely|requirements|\bsole\b|only|other than|any other|third part|prohibit|compet|other (supplier|distributor)",
        heading: (2.1, r"exclusiv|appointment"),
        signals: &[
            (
                1.8,
                r"\bexclusive\b.{0,80}(right|licen|distribut|agent|basis|supplier|provider|territory|represent|reseller|manufactur|partner|sponsor|market)",
            ),
            (
                2.6,
                r"\b(not|nor|neither|prohibited)\b.{0,160}(any (source|person|entity|party|third party|one)|anyone|else).{0,60}other than",
            ),
            (2.6, r"exclusively (from|to|with|for|through|by)|exclusivity"),
            (
                2.5,
                r"(shall|will) not .{0,100}(appoint|authorize|engage|permit|grant|license|sell|purchase|enter into).{0,160}(any other|third part|other (party|person|distribut|supplier|entity))",
            ),
            (
                1.2,
                r"(all|entire) of its (requirements|needs)|(all|total) requirements|sole (supplier|source|provider|distributor)|solely from|only from",
            ),
            (0.5, r"territory|during the term|field"),
            (
                -1.2,
                r"non-?exclusive|exclusive (jurisdiction|venue|property|remed|liabilit|own|control|forum|of (tax|all))|exclusive and|shall be exclusive of|not exclusive|mutually exclusive|sole and exclusive (remed|property|own|judg|jurisd|discret)|exclusively (in the|own|by the (state|federal|courts))",
            ),
            (2.0, r"\b(an|the|its|sole and) exclusive\b"),
            (-0.5, r"\bnon-? ?exclusive"),
            (1.2, r"grants?.{0,60}exclusive|exclusive.{0,60}(license|right) to"),
            (1.1, r"appoint"),
            (
                0.8,
                r"(shall|will|agrees?( to)?|may) (\w+ ){0,4}(purchase|buy|obtain|order|use|deal|work|source).{0,80}(exclusively|only|all of its|solely)",
            ),
            (0.6, r"during the term|in the territory|in the field"),
        ],
        threshold: 2.8,
        cap: 9,
    },
    Rule {
        kind: ClauseKind::NonCompete,
        gate: r"compet|similar|engage|business|interest in|sell|market|operate|offer|perform services",
        heading: (1.9, r"compet|restrictive covenant|exclusiv|covenant"),
        signals: &[
            (
                1.3,
                r"(shall|will|may|agree|agrees|covenant|do|does|neither)\b.{0,30}\b(not|nor|neither|refrain)\b.{0,300}(compet(e|es|ing|itive|itor)|similar)",
            ),
            (1.3, r"directly or indirectly"),
            (
                1.6,
                r"(compete|competes|competing|competitive) (\w+ )?(with|business|product|service|activit)|competing (business|product|service)|in competition with",
            ),
            (
                0.9,
                r"(engage|participate|invest|be employed|own|operate|carry on|involved|interest) .{0,60}(in|by|any).{0,40}(business|enterprise|compan|entity|activit)",
            ),
            (-0.5, r"solicit"),
            (2.5, r"competitors?\b"),
            (1.5, r"compet(e|es|ing|itive)\b"),
            (0.5, r"(shall|will|agrees?|covenants?|may) not"),
            (1.2, r"engage in|have any (interest|involvement)|interest in any"),
            (1.0, r"during the term|(for|during) a period|after (the )?(termination|expiration)"),
            (0.8, r"substantially similar|same or similar|similar (to|business|product)"),
        ],
        threshold: 4.7,
        cap: 7,
    },
    Rule {
        kind: ClauseKind::Confidentiality,
        gate: r"confiden|disclos|secre|proprietary information",
        heading: (1.5, r"confiden|non-?disclosure|secre"),
        signals: &[
            (
                3.0,
                r"(shall|will|agrees?( to)?|must|undertakes?) (\w+,? ){0,8}(not|keep|hold|maintain|treat|protect|safeguard|preserve).{0,120}(confiden|disclos|secre|proprietary)",
            ),
            (1.0, r"confidential information|proprietary information|trade secret|third part"),
            (1.0, r"except|without .{0,40}consent|strict(est)? confidence|need to know|same degree of care"),
            (-2.0, r"exhibit|redacted|omitted|confidential treatment|securities and exchange|\bmeans\b"),
        ],
        threshold: 3.5,
        cap: 4,
    },
];
