//! What a party must not do: deal with others, compete, talk.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::Exclusivity,
        is_fitted: true,
        gate: r"exclusiv|solely|requirements|\bsole\b|only|other than|any other|third part|prohibit|compet|other (supplier|distributor)",
        headings: &[
            (1.3, r"exclusiv|appointment"),
            (
                -1.8,
                r"confiden|govern|jurisdiction|disput|remed|intellectual|owner|propriet|liabilit|warrant|represent|definition|insurance|recital|trademark",
            ),
        ],
        signals: &[
            (
                1.5,
                r"\bexclusive\b.{0,80}(right|licen|distribut|agent|basis|supplier|provider|territory|represent|reseller|manufactur|partner|sponsor|market)",
            ),
            (
                2.2,
                r"\b(not|nor|neither|prohibited)\b.{0,160}(any (source|person|entity|party|third party|one)|anyone|else).{0,60}other than",
            ),
            (2.9, r"exclusively (from|to|with|for|through|by)|exclusivity"),
            (
                2.0,
                r"(shall|will) not .{0,100}(appoint|authorize|engage|permit|grant|license|sell|purchase|enter into).{0,160}(any other|third part|other (party|person|distribut|supplier|entity))",
            ),
            (
                0.4,
                r"(all|entire) of its (requirements|needs)|(all|total) requirements|sole (supplier|source|provider|distributor)|solely from|only from",
            ),
            (0.3, r"territory|during the term|field"),
            (
                -1.5,
                r"non-?exclusive|exclusive (jurisdiction|venue|property|remed|liabilit|own|control|forum|of (tax|all))|exclusive and|shall be exclusive of|not exclusive|mutually exclusive|sole and exclusive (remed|property|own|judg|jurisd|discret)|exclusively (in the|own|by the (state|federal|courts))",
            ),
            (2.7, r"\b(an|the|its|sole and) exclusive\b"),
            (-0.8, r"\bnon-? ?exclusive"),
            (1.3, r"grants?.{0,60}exclusive|exclusive.{0,60}(license|right) to"),
            (1.2, r"appoint"),
            (
                1.0,
                r"(shall|will|agrees?( to)?|may) (\w+ ){0,4}(purchase|buy|obtain|order|use|deal|work|source).{0,80}(exclusively|only|all of its|solely)",
            ),
            (1.1, r"during the term|in the territory|in the field"),
            (-1.2, r"confiden|disclos|secre"),
            (
                -1.4,
                r"sole and exclusive|exclusive (benefit|purpose|use|warrant|owner|obligation|discretion|responsib)|exclusive of|exclusive right to (apply|remove|protect|control|prosecute|defend|determine|enforce)",
            ),
            (-0.3, r"intellectual property|patents?|copyrights?|inventions?|goodwill"),
            (-1.4, r"\bwhereas\b|represents|\bmeans\b|shall mean"),
            (
                0.9,
                r"exclusive .{0,40}(distributor|agent|supplier|provider|sponsor|reseller|representative|licensee|dealer|partner)",
            ),
            (0.0, r"compet(e|es|ing|itive|itors?)\b"),
            (0.8, r"\bonly (\w+ )?(distributor|supplier|provider|sponsor|agent|source|party)"),
        ],
        threshold: 4.2,
        cap: 9,
    },
    Rule {
        kind: ClauseKind::NonCompete,
        is_fitted: true,
        gate: r"compet|similar|engage|business|interest in|sell|market|operate|offer|perform services",
        headings: &[
            (2.0, r"compet|restrictive covenant|exclusiv|covenant"),
            (-0.7, r"confiden|licen|represent|warrant|indemn|definition|intellectual|owner|terminat|force majeure|trademark"),
        ],
        signals: &[
            (
                0.9,
                r"(shall|will|may|agree|agrees|covenant|do|does|neither)\b.{0,30}\b(not|nor|neither|refrain)\b.{0,300}(compet(e|es|ing|itive|itor)|similar)",
            ),
            (1.1, r"directly or indirectly"),
            (
                1.5,
                r"(compete|competes|competing|competitive) (\w+ )?(with|business|product|service|activit)|competing (business|product|service)|in competition with",
            ),
            (
                1.5,
                r"(engage|participate|invest|be employed|own|operate|carry on|involved|interest) .{0,60}(in|by|any).{0,40}(business|enterprise|compan|entity|activit)",
            ),
            (-0.2, r"solicit"),
            (2.5, r"competitors?\b"),
            (1.5, r"compet(e|es|ing|itive)\b"),
            (1.2, r"(shall|will|agrees?|covenants?|may) not"),
            (1.4, r"engage in|have any (interest|involvement)|interest in any"),
            (0.9, r"during the term|(for|during) a period|after (the )?(termination|expiration)"),
            (0.6, r"substantially similar|same or similar|similar (to|business|product)"),
            (
                0.3,
                r"\b(not|nor|neither|refrain|prohibited)\b.{0,200}(sell|market|distribut|promot|manufactur|offer|develop|represent|provide|sponsor|endors|display|run)\w*.{0,200}(compet|similar)",
            ),
            (0.4, r"(advertis|promot|sponsor|endors|link|banner|placement)\w*.{0,120}competit"),
            (-0.8, r"confiden|disclos|secre|proprietary information"),
            (
                -0.1,
                r"unfair competition|reverse engineer|represents and warrants|nothing in this|shall not prevent|non-?exclusive",
            ),
            (0.3, r"products? (of|or services of) (any|a) (competitor|third)|third part"),
            (0.7, r"in the (territory|field|market)|within .{0,40}(territory|miles|united states)"),
        ],
        threshold: 4.8,
        cap: 7,
    },
    Rule {
        kind: ClauseKind::Confidentiality,
        is_fitted: false,
        gate: r"confiden|disclos|secre|proprietary information",
        headings: &[(1.5, r"confiden|non-?disclosure|secre")],
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
