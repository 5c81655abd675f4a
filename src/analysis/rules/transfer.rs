//! Who may take a party's place, and what happens when its owner changes.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::Assignment,
        gate: r"assign|transfer|delegat|sublicens|successors",
        heading: (1.5, r"assign|transfer|delegat|successors"),
        signals: &[
            (
                3.5,
                r"(may not|shall not|not be|cannot|can not|nor|neither party (may|shall)|neither this agreement) .{0,80}(assign|transfer|delegat)",
            ),
            (2.0, r"(assign|transfer|delegat).{0,160}without .{0,60}(consent|approval|permission|authorization)"),
            (2.0, r"without .{0,80}(consent|approval).{0,120}(assign|transfer|delegat)"),
            (1.5, r"(prior|express) (\w+ )?(written )?(consent|approval)"),
            (2.0, r"(assign|transfer).{0,60}(void|null|no effect|invalid)|void.{0,40}assign"),
            (1.5, r"may (\w+ ){0,3}assign"),
            (1.0, r"(this|the) agreement|rights (or|and) obligations|its rights|rights hereunder|in whole or in part"),
            (
                -3.0,
                r"hereby assigns|assigns to|title|moral rights|work product|inventions?|agrees to assign|assigned to (it|him|the project|perform)|personnel|employees assigned|confidential information",
            ),
            (-1.5, r"non-?transferable|grants?\b.{0,60}licen"),
            (-1.0, r"shares|stock|securities|data|bind(ing)?.{0,60}successors"),
        ],
        threshold: 4.5,
        cap: 6,
    },
    Rule {
        kind: ClauseKind::ChangeOfControl,
        gate: r"control|merger|merge|consolidat|substantially all|acquire|acquisition|ownership|operation of law|sale of|controlling",
        heading: (2.0, r"change (of|in) control|merger|sale of (the )?(business|company)"),
        signals: &[
            (3.0, r"change (of|in) (the )?(\w+ )?(control|ownership)"),
            (2.0, r"merge[rs]?\b|consolidat(ion|e)|by operation of law|reorganiz"),
            (1.5, r"(all or )?substantially all|majority (of|interest)|controlling interest|fifty percent|50%"),
            (1.5, r"assign|transfer"),
            (1.5, r"terminat|consent|deemed|notice|notify"),
            (0.5, r"(acquire|acquisition|competitor)"),
            (-2.0, r"(may|except that|party'?s?) .{0,60}(assign|transfer).{0,80}without.{0,40}consent|without such consent"),
            (
                -3.0,
                r"\bmeans\b|controls, is controlled|under common control|entire agreement|supersede|financial statements|gaap|consolidated",
            ),
            (-1.5, r"bankrupt|insolven|receiver"),
        ],
        threshold: 5.5,
        cap: 5,
    },
];
