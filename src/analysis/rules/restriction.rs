//! What a party must not do: deal with others, compete, talk.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::Exclusivity,
        gate: r"exclusiv|solely from|requirements|sole (supplier|source|provider|distributor)|only from|other (supplier|distributor)|third part",
        heading: (1.5, r"exclusiv|appointment"),
        signals: &[
            (
                3.0,
                r"\bexclusive\b.{0,80}(right|licen|distribut|agent|basis|supplier|provider|territory|represent|reseller|manufactur|partner|sponsor|market)",
            ),
            (1.5, r"grants?|appoints?|shall have"),
            (
                2.5,
                r"\b(not|nor|neither|prohibited)\b.{0,160}(any (source|person|entity|party|third party|one)|anyone|else).{0,60}other than",
            ),
            (1.5, r"exclusive (right|licen|distribut|agent|basis|supplier|provider|reseller|sponsor|partner)"),
            (2.0, r"exclusively (from|to|with|for|through|by)|exclusivity"),
            (
                2.5,
                r"(shall|will) not .{0,100}(appoint|authorize|engage|permit|grant|license|sell|purchase|enter into).{0,160}(any other|third part|other (party|person|distribut|supplier|entity))",
            ),
            (
                2.0,
                r"(all|entire) of its (requirements|needs)|(all|total) requirements|sole (supplier|source|provider|distributor)|solely from|only from",
            ),
            (1.0, r"territory|during the term|field"),
            (
                -4.0,
                r"non-?exclusive|exclusive (jurisdiction|venue|property|remed|liabilit|own|control|forum|of (tax|all))|exclusive and|shall be exclusive of|not exclusive|mutually exclusive|sole and exclusive (remed|property|own|judg|jurisd|discret)|exclusively (in the|own|by the (state|federal|courts))",
            ),
            (-2.0, r"confidential|arbitrat|court|warrant|title|ownership|indemnif|no exclusiv|does not grant"),
        ],
        threshold: 4.4,
        cap: 6,
    },
    Rule {
        kind: ClauseKind::NonCompete,
        gate: r"compet|similar (business|product|to)|engage|other business|interest in any",
        heading: (2.0, r"compet|restrictive covenant|exclusiv|covenant"),
        signals: &[
            (
                3.0,
                r"(shall|will|may|agree|agrees|covenant|do|does|neither)\b.{0,30}\b(not|nor|neither|refrain)\b.{0,300}(compet(e|es|ing|itive|itor)|similar)",
            ),
            (1.5, r"directly or indirectly"),
            (
                2.0,
                r"(compete|competes|competing|competitive) (\w+ )?(with|business|product|service|activit)|competing (business|product|service)|in competition with",
            ),
            (
                1.5,
                r"(engage|participate|invest|be employed|own|operate|carry on|involved|interest) .{0,60}(in|by|any).{0,40}(business|enterprise|compan|entity|activit)",
            ),
            (
                1.0,
                r"(for|during) (a|the) (period|term)|\b(years?|months?)\b.{0,30}(after|following)|within .{0,30}miles|territory",
            ),
            (
                -3.0,
                r"competitive (price|bid|position|disadvantage|rate|market)|competent|nothing .{0,60}(prevent|prohibit|restrict)|solicit.{0,40}employ|confidential|competitive with those",
            ),
            (-1.0, r"solicit"),
        ],
        threshold: 4.5,
        cap: 4,
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
        threshold: 4.5,
        cap: 4,
    },
];
