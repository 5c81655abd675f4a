//! How long a contract lasts, and how it ends without a reason.

use super::Rule;
use crate::domain::analysis::ClauseKind;

/// The rules of this family.
pub const RULES: &[Rule] = &[
    Rule {
        kind: ClauseKind::ExpirationDate,
        gate: r"\bterm\b|expir|continue|remain|terminat|in effect|in force|anniversary|duration|until",
        heading: (1.0, r"\bterm\b|duration|expiration"),
        signals: &[
            (2.0, r"(initial |original |base )?term of (this|the) (\w+ ){0,3}(agreement|contract)? ?(shall|will|is|commence)"),
            (
                2.0,
                r"(shall|will) (commence|begin|start|become effective|be effective|take effect|come into).{0,160}(continue|end|expire|remain|terminate|until)",
            ),
            (2.0, r"(continue|remain|be|shall be|is) (\w+ ){0,3}in (full )?(force|effect).{0,40}(until|for|through|unless)"),
            (
                2.0,
                r"(continue|remain|last|extend|run) (\w+ ){0,3}(for|until|through).{0,60}(years?|months?|days|anniversary|date|20\d\d|19\d\d|terminat|expir|completion)",
            ),
            (1.5, r"initial term"),
            (1.5, r"(period|term) of .{0,30}\b(years?|months?)\b"),
            (1.0, r"unless (sooner|earlier|otherwise|this|it is|extended|terminated|renewed|previously)"),
            (1.0, r"effective date"),
            (
                1.5,
                r"(expire|end|terminate)s? (\w+ ){0,4}(on|upon|at) (the )?.{0,60}(anniversary|20\d\d|19\d\d|december|june|march|january)",
            ),
            (1.0, r"\bthe ..?term\W|\(the .{0,20}\bterm\b"),
            (
                -2.5,
                r"confidential|warrant|non-?compet|indemn|insurance|surviv|royalt|invoice|after (the )?(termination|expiration)|following (the )?(termination|expiration)|records|option period",
            ),
            (-2.0, r"material breach|insolven|bankrupt|default|cure"),
            (-1.5, r"upon (any )?(termination|expiration)|during the (initial )?term|within .{0,20}days (of|after|from)"),
        ],
        threshold: 3.4,
        cap: 3,
    },
    Rule {
        kind: ClauseKind::Renewal,
        gate: r"renew|extend|extension|successive|evergreen",
        heading: (1.0, r"\bterm\b|renewal|extension|duration"),
        signals: &[
            (
                3.0,
                r"automatic(ally)? (be )?(renew|extend|continu)|(renew|extend)(ed|s)? automatically|automatic (renewal|extension)",
            ),
            (
                2.5,
                r"(renew|extend)(ed|s)? .{0,60}(for|by) .{0,40}(additional|successive|further|subsequent|consecutive|one|two|three|year|month|period)",
            ),
            (1.5, r"successive|year to year|month to month|evergreen"),
            (2.0, r"option (to|of) (renew|extend)|right to (renew|extend)|may (be )?(renew|extend)"),
            (1.0, r"renewal terms?|additional terms?|extension terms?|renewal period"),
            (1.0, r"\b(years?|months?)\b"),
            (0.5, r"unless (either|terminated|earlier|a party|one)"),
            (1.0, r"(this|the) (\w+ )?(agreement|contract)|initial term"),
            (
                -2.5,
                r"deadline|extend(ed)? to (the|any|all)|insurance|warrant|patent|time (for|of) (performance|payment)|royalt|invoice|license(s)? .{0,20}extend|cure period|letter of credit|lease\b|copyright|trademark registration|domain name",
            ),
        ],
        threshold: 4.5,
        cap: 3,
    },
    Rule {
        kind: ClauseKind::RenewalNotice,
        gate: r"renew|extend|extension",
        heading: (1.0, r"\bterm\b|renewal|duration"),
        signals: &[
            (2.0, r"unless .{0,160}(notice|notif)"),
            (2.0, r"(not|non)[ -]?(to )?(be )?(renew|extend)|intent(ion)? (not )?to (terminate|renew)|non-?renewal|elects? not"),
            (2.0, r"\b(days?|months?|year)\W{1,3}(\w+ ){0,3}(prior|before|advance|notice|in advance)"),
            (
                2.0,
                r"automatic(ally)? (be )?(renew|extend|continu)|(renew|extend)(ed|s)? automatically|automatic (renewal|extension)",
            ),
            (
                1.0,
                r"(prior to|before) the (end|expir|anniversary|commencement|start|beginning|then)|expiration of the (then|initial|current|term)",
            ),
            (1.0, r"notice"),
            (-2.0, r"material breach|option to (renew|extend)|cure"),
        ],
        threshold: 6.0,
        cap: 2,
    },
    Rule {
        kind: ClauseKind::TerminationForConvenience,
        gate: r"terminat|cancel",
        heading: (0.5, r"terminat|cancel|convenience"),
        signals: &[
            (
                3.0,
                r"for (its )?convenience|without cause|with or without cause|for any (or no )?reason|for no reason|without (any )?reason|any reason whatsoever|no cause|without assigning",
            ),
            (1.5, r"at any ?time"),
            (
                2.5,
                r"terminat\w* (\w+ ){0,8}(by (giving|providing|delivering|serving|written|not less)|upon|on|with|at any time|subject to).{0,50}(days|months|month|weeks|year|written|prior|advance).{0,40}notice",
            ),
            (1.5, r"either party|(this|the) agreement"),
            (
                1.5,
                r"(may|right to|entitled to|elect to|option to) (\w+ ){0,6}(terminate|cancel)|(may|can) be (terminated|cancel)|(terminate|cancel)\w* by either",
            ),
            (
                1.5,
                r"(days|months|day|month|year|weeks)\W{0,3} ?(prior |advance |advanced )?(written )?(notice|prior)|(prior|advance|written) notice",
            ),
            (0.5, r"(in its|sole|absolute) (\w+ )?discretion"),
            (
                -3.0,
                r"breach|default|insolven|bankrupt|fails? to|failure|force majeure|change (of|in) control|event that|in the event|if (the|any|either|a|such)\b|following|occurrence",
            ),
            (
                -2.0,
                r"upon (the )?(termination|expiration)|after (the )?termination|notice of termination|following termination|terminated for cause|shall automatically|non-?renew",
            ),
            (-2.0, r"no event|shall not|may not|cannot|surviv|trial|purchase order|renewal|end of the (initial|then|current)"),
        ],
        threshold: 4.5,
        cap: 4,
    },
];
