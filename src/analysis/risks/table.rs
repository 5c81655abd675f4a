//! The risks, as data: when each one applies, and why it matters, in words for people who are no lawyers.

use crate::domain::contract::analysis::{
    ClauseKind::{self, *},
    Severity::{self, *},
};

/// When a risk applies. Patterns see clauses in lower case with single blanks.
pub enum When {
    /// A clause of this kind was found.
    Present(ClauseKind),
    /// None was found, and no passage reaches this score, which is below the threshold of the clause.
    Absent(ClauseKind, f64),
    /// A clause of this kind says this.
    Says(ClauseKind, &'static str),
    /// A clause of this kind matches, and the match contains no negation.
    Affirms(ClauseKind, &'static str),
    /// Clauses of this kind were found, and none says this.
    NoneSays(ClauseKind, &'static str),
    /// A clause of this kind says the first and not the second.
    SaysWithout(ClauseKind, &'static str, &'static str),
    /// A clause of this kind names at least so many days, and says this.
    Days(ClauseKind, u32, &'static str),
    /// A clause of the first kind says this, and the second kind is absent as defined by `Absent`.
    SaysAndAbsent(ClauseKind, &'static str, ClauseKind, f64),
}

/// A risk, and when it applies.
pub struct RiskRule {
    /// How much it matters.
    pub severity: Severity,
    /// A few words.
    pub title: &'static str,
    /// Why it matters and what to look at. `{days}` is the number that was found.
    pub explanation: &'static str,
    /// When it applies.
    pub when: When,
}

const fn risk(severity: Severity, title: &'static str, when: When, explanation: &'static str) -> RiskRule {
    RiskRule { severity, title, explanation, when }
}

const AUTOMATIC: &str = r"\b(automatic|successive|evergreen|year to year|month to month)";
const EITHER: &str = r"\b(either|neither|each party|both parties|any party|mutual|a party|one party|the parties|by \w+ or \w+)";
const AMOUNT: &str = r"[^t] limited to|\b(exceed|capped|restricted to|in excess of|greater than|maximum|aggregate liability|total liability|cap\b)";

/// Every risk, the most severe first.
pub const RISKS: &[RiskRule] = &[
    risk(
        High,
        "No limit on liability",
        When::Absent(LiabilityCap, 2.4),
        "No clause was found that limits how much a party may have to pay for damage. Without one, a single failure can cost more \
         than the whole contract is worth. Ask for a cap, usually a multiple of the yearly fees, and for the exclusion of indirect damage.",
    ),
    risk(
        High,
        "Non-compete obligation",
        When::Present(NonCompete),
        "A party promises not to compete. This can block existing or planned business long after the contract ends. Check who is bound, \
         for how long, where, and for which products.",
    ),
    risk(
        High,
        "Intellectual property changes hands",
        When::Affirms(
            IpOwnership,
            r"(\b(nothing|neither party|no party)\b.{0,60})?\b((hereby|agrees? to|shall|will|does) (\w+ ){0,4}(assign|transfer|convey)|made for hire|(exclusive|sole) (\w+ ){0,3}(property|owner)|belong)",
        ),
        "Results, inventions or other rights go to one side. Whoever gives them away may need a licence to go on using its own work. \
         Check what is included, and that what a party had before stays its own.",
    ),
    risk(
        Medium,
        "No amount limits liability",
        When::NoneSays(LiabilityCap, AMOUNT),
        "Some kinds of damage or claims are excluded, but no highest amount was found. Direct damage may still be claimed without limit. \
         Look for an amount, or ask for one.",
    ),
    risk(
        Medium,
        "Liability without limit in some cases",
        When::Present(UncappedLiability),
        "The limit on liability does not hold for some cases, such as indemnities, breach of confidentiality or gross negligence. There the \
         full damage is owed. Check that the list is short and the same for both sides.",
    ),
    risk(
        Medium,
        "Broad indemnity",
        When::SaysWithout(
            Indemnity,
            r"\b(any and all|all (claims|losses|liabilit|damages)|every (claim|loss))",
            r"\b(each party|either party|mutual)",
        ),
        "One side must pay for all claims and losses of the other that the clause names. Check whether the promise is mutual, tied to \
         fault, and covered by the limit on liability and by insurance.",
    ),
    risk(
        Low,
        "Indemnity promised",
        When::SaysWithout(
            Indemnity,
            r"\b(indemnif|harmless)",
            r"\b(any and all|all (claims|losses|liabilit|damages)|every (claim|loss))",
        ),
        "A party must pay for claims that others raise. Check which claims are covered, whether both sides promise the same, and whether \
         the limit on liability holds for it.",
    ),
    risk(
        Medium,
        "Exclusive dealing",
        When::Present(Exclusivity),
        "The contract binds a party to deal with the other one only, or grants exclusive rights. Business with others may be a breach. Check \
         territory, products, duration, and what ends the exclusivity.",
    ),
    risk(
        Medium,
        "Long notice to stop the renewal",
        When::Days(RenewalNotice, 60, ""),
        "Whoever wants to leave must say so {days} days before the term ends; a day late, and the contract is prolonged. Put the date into \
         the calendar, or ask for 30 days.",
    ),
    risk(
        Medium,
        "Renews by itself, and no notice was found",
        When::SaysAndAbsent(Renewal, AUTOMATIC, RenewalNotice, 3.8),
        "The contract is prolonged automatically, but no clause was found that says how and when to stop this. Look for the notice, or ask for one.",
    ),
    risk(
        Medium,
        "Only one side may leave without a reason",
        When::NoneSays(TerminationForConvenience, EITHER),
        "A party may end the contract at will, and nothing shows that the other one may, too. Investments and staff may be lost at short \
         notice. Ask for the same right, a longer notice, or payment of costs.",
    ),
    risk(
        Medium,
        "Change of control ends the contract or needs consent",
        When::Says(ChangeOfControl, r"\b(terminat|consent|approval)"),
        "When a party is sold or merges, the other one may end the contract or must agree. This matters in every sale of the company. Check \
         what counts as a change, and ask for an exception for group companies.",
    ),
    risk(
        Medium,
        "Minimum purchase or payment",
        When::Says(Payment, r"\b(minimum|at least|no less than|not less than)"),
        "A least amount must be bought or paid, needed or not. Check the amount, what happens when it is missed, and whether it can be lowered.",
    ),
    risk(
        Medium,
        "Long time to pay",
        When::Days(Payment, 61, r"\b(pay|invoice)"),
        "Payment may take {days} days. Whoever delivers finances the customer meanwhile. Usual are 30 days.",
    ),
    risk(
        Medium,
        "No governing law",
        When::Absent(GoverningLaw, 2.0),
        "No clause was found that says which law applies. In a dispute the parties would first quarrel about that. Name a law, and a court or arbitration.",
    ),
    risk(
        Medium,
        "No confidentiality",
        When::Absent(Confidentiality, 1.5),
        "No duty of confidentiality was found. What is learned about the other side could be passed on. Check whether a separate agreement covers it.",
    ),
    risk(
        Medium,
        "No end in sight",
        When::Says(ExpirationDate, r"\b(perpetual|in perpetuity|indefinite|until terminated)"),
        "The contract has no fixed end. It binds until somebody ends it; check who can do so, when, and with which notice.",
    ),
    risk(
        Low,
        "Can be assigned in some cases without consent",
        When::Affirms(
            Assignment,
            r"\b(except|provided|however|notwithstanding).{0,80} may .{0,60}\b(assign|transfer)|\b(either|each|any) party may .{0,30}\bassign|\bfreely (assign|transfer)",
        ),
        "A party may hand the contract to somebody else in some cases without asking, often to a buyer or a group company. The new one may \
         be a competitor or unable to perform. Check who may do so and to whom.",
    ),
    risk(
        Low,
        "Audit without much notice",
        When::Says(
            Audit,
            r"\bwithout (prior |advance )?notice|\bunannounced|\bat any (reasonable )?time|\bat all (reasonable )?times|(\btwo|\bthree|\bfive|\b2|\b3|\b5)\)? (business |working )?days",
        ),
        "Books or premises may be inspected at any time or at short notice. Ask for a notice, office hours, confidentiality, and once a year at most.",
    ),
    risk(
        Low,
        "Short notice of termination",
        When::Says(
            TerminationForConvenience,
            r"\b(one|two|three|five|seven|ten|fourteen|fifteen|[1-9]|1[0-5])\)? (business |calendar |working )?days",
        ),
        "The contract can be ended within days, without a reason. Check whether that is time enough for a replacement.",
    ),
    risk(
        Low,
        "Interest on late payment",
        When::Says(Payment, r"\b(interest (at|of)|per month|late (fee|charge|payment))"),
        "Late payments cost interest or a fee. Check the rate, and that disputed invoices are excepted.",
    ),
    risk(
        Low,
        "Prices may rise",
        When::Says(Payment, r"\b(increase|raise|adjust) .{0,40}\b(fees?|prices?|rates?|charges)\b"),
        "The other side may raise prices during the term. Check how often, by how much at most, and whether you may leave then.",
    ),
    risk(
        Low,
        "Insurance must be kept",
        When::Present(Insurance),
        "A party must keep insurance. Check that the policies and amounts exist and that certificates can be shown.",
    ),
    risk(
        Low,
        "No rule on assignment",
        When::Absent(Assignment, 2.6),
        "No clause was found that says whether the contract may be handed to somebody else. The law decides then, often in favour of it.",
    ),
    risk(
        Low,
        "No end date",
        When::Absent(ExpirationDate, 2.4),
        "No clause was found that says how long the contract lasts. Look for the term, or agree on one.",
    ),
];
