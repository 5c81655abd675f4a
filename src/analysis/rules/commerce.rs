//! What is checked, insured, owned, promised and paid.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::Audit,
        gate: r"audit|inspect|record|books|examin|access|underpa|verif",
        heading: (1.0, r"audit|record|inspect|books|access|examination"),
        signals: &[
            (
                1.5,
                r"(right|entitled|permit|allow|may|access|authoriz).{0,120}(audit|inspect|examin|review|copy).{0,120}(books|records|facilit|premises|accounts|compliance|plant|location|site)",
            ),
            (0.7, r"(books|records|accounts|facilit|premises).{0,160}(audit|inspect|examin|available|open|access)"),
            (
                2.1,
                r"(normal|regular|ordinary|reasonable) (business|working|office|times?|hours)|reasonable (\w+ )?(notice|times?|intervals)",
            ),
            (
                0.4,
                r"(the|such|any|an|each) (audit|inspection|examination)s? (shall|will|may|is|are|reveal|disclose)|audit rights?|audited party|auditor",
            ),
            (
                0.7,
                r"independent.{0,30}(accountant|auditor)|certified public|not more than once|once (per|each|every|a|in any)|verify",
            ),
            (-0.4, r"(keep|maintain|retain)\w* .{0,60}(books|records)"),
            (
                -0.5,
                r"audited financial|financial statements|audit committee|registration statement|confidential information|securities act|warrants",
            ),
            (1.7, r"\baudit"),
            (1.0, r"\binspect"),
            (0.9, r"have the right|shall have the right|right (at any|to|, at|, upon)"),
            (0.6, r"(cost|expense)s? (of|and|shall|will).{0,40}(borne|paid|audit|inspect)|borne by"),
            (1.1, r"at (any|all) (reasonable )?times?|upon .{0,30}notice"),
            (0.4, r"more than|exceeds?|at least .{0,10}percent"),
            (0.6, r"(books|accounts) (and|of) (records|account)|books and records|records"),
            (-0.7, r"means|disclos|sign|regulatory|network|software"),
        ],
        threshold: 2.4,
        cap: 13,
    },
    Rule {
        kind: ClauseKind::Insurance,
        gate: r"insur|polic(y|ies)|coverage|certificate",
        heading: (1.3, r"insurance|insured"),
        signals: &[
            (
                1.2,
                r"(maintain|procure|obtain|carry|keep|provide|purchase|secure|effect).{0,80}insurance|insurance.{0,60}(maintain|procure|obtain|carr|kept|in force)",
            ),
            (
                1.3,
                r"(liability|workers'?|compensation|casualty|property|automobile|errors and omissions|umbrella|general|product) (\w+ )?insurance",
            ),
            (
                0.8,
                r"additional(ly)? (named )?insured|named insured|certificates? of insurance|insurance (polic|coverage|carrier|requirement)|policies of insurance|insurer",
            ),
            (0.6, r"\$ ?[\d,.]+|million|per occurrence|aggregate|limits? of"),
            (0.6, r"cancel|waiver of subrogation|self-?insur|evidence of|underwriter|best"),
            (
                -1.3,
                r"insurance (business|product|company act|agent)|life insurance compan|fdic|national insurance|health insurance benefits|insurance proceeds|ensur|employee benefit|securities|taxes",
            ),
            (1.3, r"\binsured\b"),
            (0.7, r"(shall|will|must|agrees to) (\w+,? ){0,4}(maintain|carry|obtain|procure|provide|keep|have|purchase)"),
            (0.5, r"such insurance|such polic|insurance coverage|each policy|the policies|all policies"),
            (0.7, r"\b(thirty|30|ten|10)\b.{0,20}days.{0,60}notice|prior written notice"),
            (1.3, r"not less than|at least|minimum|in (such )?amounts"),
            (1.3, r"bodily injury|property damage|product liability|commercial general"),
            (-1.1, r"liabl|indemnif|relating to|obligations?"),
        ],
        threshold: 2.4,
        cap: 12,
    },
    Rule {
        kind: ClauseKind::IpOwnership,
        gate: r"own|title|assign|property|for hire|vest|belong|invention|intellectual",
        heading: (0.2, r"owner|intellectual|propriet|work product|inventions|developments|title|assign"),
        signals: &[
            (
                2.4,
                r"(hereby|agrees? to|shall|will|does hereby|and hereby)( \w+){0,3} (assigns?|transfers?|conveys?)\b.{0,240}(title|right|interest|intellectual|invention|work|copyright|patent|trademark|improvement|goodwill)",
            ),
            (2.7, r"works? (made )?for hire|work product"),
            (0.3, r"(belong|vests?|vested|owned) (\w+ ){0,4}(exclusively |solely )?(to|in|by)"),
            (1.9, r"(jointly|co-?) ?own|joint owner|owned jointly|joint inventions|joint (ip|patent|intellectual)"),
            (
                1.4,
                r"(shall|will) (\w+ ){0,3}(be|become|remain|vest)( \w+){0,4} (the )?(sole |exclusive |joint )*(and exclusive )?(property|own)",
            ),
            (0.8, r"right, title,? and interest|rights,? titles?|all (intellectual|rights|ownership)"),
            (0.6, r"develop|creat|conceiv|invent|improvement|deriv|prepared|deliverable|modification"),
            (1.9, r"hereby (irrevocably )?(assign|transfer|convey|grant)"),
            (1.5, r"(execute|deliver|sign).{0,100}(document|instrument|assignment|paper)"),
            (1.5, r"jointly|joint"),
            (1.4, r"(agrees? to|shall|will) (promptly |hereby |and hereby |and does hereby )?assign"),
            (1.3, r"such rights|rights therein|title,? and interest in"),
            (0.5, r"patents?|copyrights?|trademarks?|domain name|inventions?"),
            (0.5, r"shall (be )?(solely |exclusively |jointly )?own|owned (solely|exclusively|jointly|by)"),
            (-0.4, r"means|between the parties as|consent|prior to the effective"),
            (2.4, r"for hire"),
        ],
        threshold: 3.8,
        cap: 11,
    },
    Rule {
        kind: ClauseKind::Warranty,
        gate: r"warrant|defect|guarant|free from|conform|repair|replac|fault",
        heading: (0.8, r"warrant|defect|guarant"),
        signals: &[
            (
                1.7,
                r"warranty period|(warrant|guarant)\w*.{0,200}(for|during|within) (a )?(period|term)?.{0,30}\b(days?|months?|years?)\b",
            ),
            (0.7, r"defects? in|defective|free (from|of) .{0,40}defect|workmanship|non-?conform"),
            (
                1.8,
                r"\b(days?|months?|years?)\b.{0,60}(from|after|following|of) .{0,30}(date|delivery|shipment|acceptance|receipt|installation|purchase|completion|sale)",
            ),
            (1.6, r"warranty period"),
            (0.3, r"(shipment|delivery|acceptance|installation|invoice|receipt|purchase)"),
            (0.8, r"one \(?1?\)? ?year|\b(12|90|30|60|ninety|thirty|twelve|eighteen|24|18)\b.{0,12}(days|months)"),
            (1.4, r"limited warranty|product warranty|end.user"),
            (1.0, r"defects? in|defective|latent|fail(s|ed)? to (so )?(conform|perform)"),
            (0.9, r"products?\b|software|hardware|equipment|work"),
            (-0.2, r"breach|default|indemnif|terminat|law\b"),
        ],
        threshold: 4.4,
        cap: 9,
    },
    Rule {
        kind: ClauseKind::Payment,
        gate: r"pay|invoice|fee|royalt|revenue|minimum|price|purchase|percent|%|\$|amount|at least|less than|share",
        heading: (0.7, r"payment|fees|compensation|price|royalt|revenue|minimum|invoic|charges|consideration"),
        signals: &[
            (
                0.8,
                r"(shall|will|agrees? to|must) (\w+ ){0,3}pay\b.{0,80}(\$|usd|fee|royalt|amount|percent|%|price|invoice|sum|commission|compensation)",
            ),
            (-0.3, r"(invoice|payment|amount|fee)s?.{0,120}(within|no later than|not later than|due|net) .{0,30}days"),
            (
                1.5,
                r"(percent|%)\)? of .{0,40}(net|gross|revenue|sales|receipts|profit|proceeds)|revenue shar|royalty of|profit shar",
            ),
            (
                0.9,
                r"minimum (annual |monthly |quarterly |cumulative |guaranteed )?(purchase|order|commitment|royalt|payment|quantit|volume|fee|guarantee|amount|number)|minimum of|(purchase|order|buy) (\w+ ){0,3}(at least|no less|not less|a minimum)",
            ),
            (-0.4, r"interest (at|of)|late payment|overdue|per annum|in arrears|in advance"),
            (-0.5, r"indemnif|insurance|audit|liab(le|ility)|terminat|confidential|taxes|expenses"),
            (2.4, r"minimum"),
            (1.1, r"(percent|%|\)) ?\)? of|percentage of"),
            (1.0, r"gross|net (sales|revenue|income|proceeds|profit|receipts)|royalt"),
            (0.8, r"not less than|at least|no less than|fewer than"),
            (0.4, r"share|commission|split"),
            (0.5, r"(calendar|contract|fiscal|each|per) (year|quarter|month)|annual|quarterly"),
            (0.5, r"shall pay|will pay|agrees to pay|entitled to"),
            (0.9, r"equal to|amount equal"),
            (-0.2, r"invoice|due date|taxes|expenses|late|reimburs"),
            (0.3, r"\$ ?\d|us\$|dollars|cents"),
            (0.2, r"commit|guarante|quota|target"),
            (1.2, r"sold|sales|revenues?"),
        ],
        threshold: 3.0,
        cap: 13,
    },
];
