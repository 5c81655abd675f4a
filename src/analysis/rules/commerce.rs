//! What is checked, insured, owned, promised and paid.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::Audit,
        gate: r"audit|inspect|records|books|examine|access to",
        heading: (1.5, r"audit|record|inspect|books|access|examination"),
        signals: &[
            (
                3.0,
                r"(right|entitled|permit|allow|may|access|authoriz).{0,120}(audit|inspect|examin|review|copy).{0,120}(books|records|facilit|premises|accounts|compliance|plant|location|site)",
            ),
            (3.0, r"(books|records|accounts|facilit|premises).{0,160}(audit|inspect|examin|available|open|access)"),
            (
                1.5,
                r"(normal|regular|ordinary|reasonable) (business|working|office|times?|hours)|reasonable (\w+ )?(notice|times?|intervals)",
            ),
            (
                1.5,
                r"(the|such|any|an|each) (audit|inspection|examination)s? (shall|will|may|is|are|reveal|disclose)|audit rights?|audited party|auditor",
            ),
            (
                1.0,
                r"independent.{0,30}(accountant|auditor)|certified public|not more than once|once (per|each|every|a|in any)|verify",
            ),
            (1.0, r"(keep|maintain|retain)\w* .{0,60}(books|records)"),
            (1.0, r"underpa|overcharge|discrepanc|shortfall"),
            (
                -3.0,
                r"audited financial|financial statements|audit committee|registration statement|confidential information|securities act|warrants",
            ),
        ],
        threshold: 3.4,
        cap: 10,
    },
    Rule {
        kind: ClauseKind::Insurance,
        gate: r"insur",
        heading: (1.5, r"insurance|insured"),
        signals: &[
            (
                2.5,
                r"(maintain|procure|obtain|carry|keep|provide|purchase|secure|effect).{0,80}insurance|insurance.{0,60}(maintain|procure|obtain|carr|kept|in force)",
            ),
            (
                2.5,
                r"(liability|workers'?|compensation|casualty|property|automobile|errors and omissions|umbrella|general|product) (\w+ )?insurance",
            ),
            (
                2.0,
                r"additional(ly)? (named )?insured|named insured|certificates? of insurance|insurance (polic|coverage|carrier|requirement)|policies of insurance|insurer",
            ),
            (1.5, r"\$ ?[\d,.]+|million|per occurrence|aggregate|limits? of"),
            (1.0, r"cancel|waiver of subrogation|self-?insur|evidence of|underwriter|best"),
            (
                -3.0,
                r"insurance (business|product|company act|agent)|life insurance compan|fdic|national insurance|health insurance benefits|insurance proceeds|ensur|employee benefit|securities|taxes",
            ),
        ],
        threshold: 3.4,
        cap: 9,
    },
    Rule {
        kind: ClauseKind::IpOwnership,
        gate: r"own|title|assign|property of|work made for hire|works? for hire|vest",
        heading: (1.5, r"owner|intellectual|propriet|work product|inventions|developments|title|assign"),
        signals: &[
            (
                3.0,
                r"(hereby|agrees? to|shall|will|does hereby|and hereby)( \w+){0,3} (assigns?|transfers?|conveys?)\b.{0,240}(title|right|interest|intellectual|invention|work|copyright|patent|trademark|improvement|goodwill)",
            ),
            (3.0, r"works? (made )?for hire|work product"),
            (2.0, r"(belong|vests?|vested|owned) (\w+ ){0,4}(exclusively |solely )?(to|in|by)"),
            (2.5, r"(jointly|co-?) ?own|joint owner|owned jointly|joint inventions|joint (ip|patent|intellectual)"),
            (
                2.5,
                r"(shall|will) (\w+ ){0,3}(be|become|remain|vest)( \w+){0,4} (the )?(sole |exclusive |joint )*(and exclusive )?(property|own)",
            ),
            (1.5, r"right, title,? and interest|rights,? titles?|all (intellectual|rights|ownership)"),
            (1.0, r"develop|creat|conceiv|invent|improvement|deriv|prepared|deliverable|modification"),
            (
                -3.0,
                r"(retain|reserve)s?.{0,60}(title|right|own|interest)|nothing .{0,60}(grant|transfer|convey|assign)|remain (\w+ )*(the )?(sole |exclusive )*(and exclusive )?property|acknowledges? .{0,60}own|is the (sole |exclusive )*(and exclusive )?owner|confidential information|successors",
            ),
            (-2.0, r"neither party|consent|may assign|not assign|shares|tangible|risk of loss|passes"),
        ],
        threshold: 4.0,
        cap: 8,
    },
    Rule {
        kind: ClauseKind::Warranty,
        gate: r"warrant|defect|guarant",
        heading: (1.5, r"warrant|defect|guarant"),
        signals: &[
            (
                2.5,
                r"warranty period|(warrant|guarant)\w*.{0,200}(for|during|within) (a )?(period|term)?.{0,30}\b(days?|months?|years?)\b",
            ),
            (2.0, r"defects? in|defective|free (from|of) .{0,40}defect|workmanship|non-?conform"),
            (
                2.0,
                r"\b(days?|months?|years?)\b.{0,60}(from|after|following|of) .{0,30}(date|delivery|shipment|acceptance|receipt|installation|purchase|completion|sale)",
            ),
            (1.0, r"repair|replace|refund|re-?perform|correct"),
            (1.0, r"materials|specifications|conform"),
            (-3.0, r"represents? and warrants? that it|disclaim|merchantab|implied|indemnif|insur|shares|financial"),
        ],
        threshold: 4.0,
        cap: 6,
    },
    Rule {
        kind: ClauseKind::Payment,
        gate: r"pay|invoice|fee|royalt|revenue|minimum|price",
        heading: (1.0, r"payment|fees|compensation|price|royalt|revenue|minimum|invoic|charges|consideration"),
        signals: &[
            (
                2.5,
                r"(shall|will|agrees? to|must) (\w+ ){0,3}pay\b.{0,80}(\$|usd|fee|royalt|amount|percent|%|price|invoice|sum|commission|compensation)",
            ),
            (2.5, r"(invoice|payment|amount|fee)s?.{0,120}(within|no later than|not later than|due|net) .{0,30}days"),
            (
                2.5,
                r"(percent|%)\)? of .{0,40}(net|gross|revenue|sales|receipts|profit|proceeds)|revenue shar|royalty of|profit shar",
            ),
            (
                3.0,
                r"minimum (annual |monthly |quarterly |cumulative |guaranteed )?(purchase|order|commitment|royalt|payment|quantit|volume|fee|guarantee|amount|number)|minimum of|(purchase|order|buy) (\w+ ){0,3}(at least|no less|not less|a minimum)",
            ),
            (1.5, r"\$ ?\d|us\$|\bdollars\b"),
            (1.0, r"interest (at|of)|late payment|overdue|per annum|in arrears|in advance"),
            (-2.5, r"indemnif|insurance|audit|liab(le|ility)|terminat|confidential|taxes|expenses"),
        ],
        threshold: 3.9,
        cap: 10,
    },
];
