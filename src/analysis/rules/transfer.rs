//! Who may take a party's place, and what happens when its owner changes.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::Assignment,
        gate: r"assign|transfer|delegat|sublicen|successor|subcontract",
        heading: (0.9, r"assign|transfer|delegat|successors"),
        signals: &[
            (
                1.6,
                r"(may not|shall not|not be|cannot|can not|nor|neither party (may|shall)|neither this agreement) .{0,80}(assign|transfer|delegat)",
            ),
            (0.5, r"(assign|transfer|delegat).{0,160}without .{0,60}(consent|approval|permission|authorization)"),
            (1.0, r"(prior|express) (\w+ )?(written )?(consent|approval)"),
            (1.2, r"(assign|transfer).{0,60}(void|null|no effect|invalid)|void.{0,40}assign"),
            (1.0, r"may (\w+ ){0,3}assign"),
            (0.4, r"(this|the) agreement|rights (or|and) obligations|its rights|rights hereunder|in whole or in part"),
            (
                -0.4,
                r"hereby assigns|assigns to|title|moral rights|work product|inventions?|agrees to assign|assigned to (it|him|the project|perform)|personnel|employees assigned|confidential information",
            ),
            (1.5, r"\bassign\b"),
            (1.3, r"any (attempt|purported|such)?\w* ?(assignment|transfer)|attempt"),
            (1.9, r"(prior )?written consent"),
            (0.3, r"hereunder|under this agreement|obligations"),
            (2.1, r"null and void|void"),
            (-0.7, r"\b(patents?|inventions?|copyright|know-how|employees)\b"),
            (-0.5, r"hereby assign|assigns? to"),
        ],
        threshold: 3.3,
        cap: 9,
    },
    Rule {
        kind: ClauseKind::ChangeOfControl,
        gate: r"control|merge|consolidat|substantially all|acqui|owner|operation of law|sale of|transfer|sold|sell",
        heading: (2.6, r"change (of|in) control|merger|sale of (the )?(business|company)"),
        signals: &[
            (3.2, r"change (of|in) (the )?(\w+ )?(control|ownership)"),
            (1.5, r"merge[rs]?\b|consolidat(ion|e)|by operation of law|reorganiz"),
            (0.6, r"terminat|consent|deemed|notice|notify"),
            (-0.8, r"bankrupt|insolven|receiver"),
            (1.5, r"ownership interest|interest in (you|the franchise|us|franchisee)|transfer.{0,60}interest"),
            (1.0, r"is acquired|acquired by|acquires"),
            (2.0, r"terminate"),
            (-0.8, r"(direct|indirect)ly.{0,40}control"),
            (0.3, r"third party|competitor"),
            (1.7, r"deemed (to be )?an? (assignment|transfer)|shall constitute"),
        ],
        threshold: 3.7,
        cap: 8,
    },
];
