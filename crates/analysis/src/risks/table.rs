//! Risk rules, as data. The texts are written for readers who are not lawyers.

use crate::ClauseKind::{self, *};
use crate::Severity;
use When::*;

/// Condition of a risk. The patterns are applied to normalized clauses.
pub enum When {
    Present(ClauseKind),
    /// No clause of this kind was found, and no passage reaches this score. The score is lower than the threshold for a clause.
    Absent(ClauseKind, f64),
    /// A clause of this kind matches the pattern.
    Says(ClauseKind, &'static str),
    /// A clause of this kind matches the pattern, and the matching text contains no negation.
    Affirms(ClauseKind, &'static str),
    /// Clauses of this kind were found, and no such clause matches the pattern.
    NoneSays(ClauseKind, &'static str),
    /// A clause of this kind matches the first pattern but not the second.
    SaysWithout(ClauseKind, &'static str, &'static str),
    /// A clause of this kind matches the pattern, and contains a period of at least this number of days.
    Days(ClauseKind, u32, &'static str),
    /// A clause of the first kind matches the pattern, and [`When::Absent`] holds for the second kind.
    SaysAndAbsent(ClauseKind, &'static str, ClauseKind, f64),
}

impl When {
    pub fn patterns(&self) -> Vec<&'static str> {
        match self {
            Self::Present(_) | Self::Absent(..) => vec![],
            Self::Says(_, text)
            | Self::Affirms(_, text)
            | Self::NoneSays(_, text)
            | Self::Days(_, _, text)
            | Self::SaysAndAbsent(_, text, ..) => vec![text],
            Self::SaysWithout(_, text, without) => vec![text, without],
        }
    }
}

pub struct RiskRule {
    pub severity: Severity,
    pub title: &'static str,
    /// Reason why the risk matters, and the points to check. The placeholder `{days}` is replaced by the number of days.
    pub explanation: &'static str,
    pub when: When,
}

#[cfg(test)]
pub fn patterns() -> impl Iterator<Item = &'static str> {
    RISKS.iter().flat_map(|rule| rule.when.patterns())
}

const AUTOMATIC: &str = r"\b(automatic|successive|evergreen|year to year|month to month)";
const EITHER: &str = r"\b(either|neither|each party|both parties|any party|mutual|a party|one party|the parties|by \w+ or \w+)";
const AMOUNT: &str = r"[^t] limited to|\b(exceed|capped|restricted to|in excess of|greater than|maximum|aggregate liability|total liability|cap\b)";
const TRANSFERS: &str = r"(\b(nothing|neither party|no party)\b.{0,60})?\b((hereby|agrees? to|shall|will|does) (\w+ ){0,4}(assign|transfer|convey)|made for hire|(exclusive|sole) (\w+ ){0,3}(property|owner)|belong)";
const ALL_CLAIMS: &str = r"\b(any and all|all (claims|losses|liabilit|damages)|every (claim|loss))";
const MAY_ASSIGN: &str = r"\b(except|provided|however|notwithstanding).{0,80} may .{0,60}\b(assign|transfer)|\b(either|each|any) party may .{0,30}\bassign|\bfreely (assign|transfer)";
const SHORT_NOTICE: &str = r"\bwithout (prior |advance )?notice|\bunannounced|\bat any (reasonable )?time|\bat all (reasonable )?times|(\btwo|\bthree|\bfive|\b2|\b3|\b5)\)? (business |working )?days";
const FEW_DAYS: &str = r"\b(one|two|three|five|seven|ten|fourteen|fifteen|[1-9]|1[0-5])\)? (business |calendar |working )?days";

/// Declares the constant `RISKS`.
macro_rules! risks {
    ($($severity:ident $title:literal, $when:expr => $explanation:literal;)+) => {
        pub const RISKS: &[RiskRule] = &[$(RiskRule {
            severity: Severity::$severity,
            title: $title,
            explanation: $explanation,
            when: $when,
        }),+];
    };
}

risks! {
    High "No limit on liability", Absent(LiabilityCap, 2.4) =>
        "No clause was found that limits how much a party may have to pay for damage. Without one, a single failure can cost \
         more than the contract is worth. Ask for a cap, usually a multiple of the yearly fees, and for the exclusion of \
         indirect damage.";
    High "Non-compete obligation", Present(NonCompete) =>
        "A party promises not to compete. This can block existing or planned business long after the contract ends. Check who is \
         bound, for how long, where, and for which products.";
    High "Transfer of intellectual property", Affirms(IpOwnership, TRANSFERS) =>
        "Results, inventions or other rights go to one side. The party that assigns them may need a licence to keep using its \
         own work. Check what is included, and that each party keeps what it had before.";
    Medium "No amount caps liability", NoneSays(LiabilityCap, AMOUNT) =>
        "Some kinds of damage or claims are excluded, but no maximum amount was found. Direct damage may still be claimed \
         without limit. Look for an amount, or ask for one.";
    Medium "Uncapped liability in some cases", Present(UncappedLiability) =>
        "The limit on liability does not apply in some cases, such as indemnities, breach of confidentiality or gross \
         negligence. In these cases the full damage is owed. Check that the list is short and the same for both sides.";
    Medium "Broad indemnity", SaysWithout(Indemnity, ALL_CLAIMS, r"\b(each party|either party|mutual)") =>
        "One side must pay for all claims and losses of the other side that the clause names. Check whether the indemnity is \
         mutual, depends on fault, and is covered by the limit on liability and by insurance.";
    Low "Indemnity", SaysWithout(Indemnity, r"\b(indemnif|harmless)", ALL_CLAIMS) =>
        "A party must pay for claims that others raise. Check which claims are covered, whether both sides promise the same, and \
         whether the limit on liability applies.";
    Medium "Exclusive dealing", Present(Exclusivity) =>
        "The contract requires a party to deal only with the other party, or grants exclusive rights. Business with others may \
         be a breach. Check territory, products, duration, and what ends the exclusivity.";
    Medium "Long notice period for non-renewal", Days(RenewalNotice, 60, "") =>
        "A party that does not want to renew must give notice {days} days before the term ends; otherwise the contract renews. \
         Put the date into the calendar, or ask for 30 days.";
    Medium "Automatic renewal without a notice period", SaysAndAbsent(Renewal, AUTOMATIC, RenewalNotice, 3.8) =>
        "The contract renews automatically, but no clause was found on how and when to prevent this. Look for a notice period, \
         or ask for one.";
    Medium "One-sided termination for convenience", NoneSays(TerminationForConvenience, EITHER) =>
        "One party may end the contract without a reason, and apparently the other party may not. Investments and staff may be \
         lost at short notice. Ask for the same right, a longer notice, or payment of costs.";
    Medium "Change of control ends the contract or needs consent", Says(ChangeOfControl, r"\b(terminat|consent|approval)") =>
        "When a party is sold or merges, the other party may end the contract or must consent. This matters in every sale of the \
         company. Check what counts as a change of control, and ask for an exception for group companies.";
    Medium "Minimum purchase or payment", Says(Payment, r"\b(minimum|at least|no less than|not less than)") =>
        "A minimum amount must be bought or paid. Check the amount, what happens if it is not reached, and whether it can be \
         lowered.";
    Medium "Long payment term", Days(Payment, 61, r"\b(pay|invoice)") =>
        "Payment may take {days} days, during which the supplier finances the customer. 30 days are usual.";
    Medium "No governing law", Absent(GoverningLaw, 2.0) =>
        "No clause was found that says which law applies. The parties may have to settle this first in a dispute. Name a law, \
         and a court or arbitration.";
    Medium "No confidentiality", Absent(Confidentiality, 1.5) =>
        "No duty of confidentiality was found. Information about the other side could be disclosed. Check whether a separate \
         agreement covers it.";
    Medium "Indefinite term", Says(ExpirationDate, r"\b(perpetual|in perpetuity|indefinite|until terminated)") =>
        "The contract has no fixed end and applies until a party ends it. Check who can do so, when, and with which notice.";
    Low "Assignment without consent in some cases", Affirms(Assignment, MAY_ASSIGN) =>
        "A party may assign the contract in some cases without consent, often to a buyer or a group company. The new party may \
         be a competitor or unable to perform. Check who may assign it and to whom.";
    Low "Audit at short notice", Says(Audit, SHORT_NOTICE) =>
        "Books or premises may be inspected at any time or at short notice. Ask for a notice period, office hours, \
         confidentiality, and at most one audit a year.";
    Low "Short notice of termination", Says(TerminationForConvenience, FEW_DAYS) =>
        "The contract can be ended within days, without a reason. Check whether that is enough time to find a replacement.";
    Low "Interest on late payment", Says(Payment, r"\b(interest (at|of)|per month|late (fee|charge|payment))") =>
        "Late payments cost interest or a fee. Check the rate, and that disputed invoices are excluded.";
    Low "Price increases", Says(Payment, r"\b(increase|raise|adjust) .{0,40}\b(fees?|prices?|rates?|charges)\b") =>
        "The other side may raise prices during the term. Check how often, by how much at most, and whether you may terminate in \
         this case.";
    Low "Insurance obligation", Present(Insurance) =>
        "A party must maintain insurance. Check that the policies and amounts exist and that certificates can be shown.";
    Low "No assignment clause", Absent(Assignment, 2.6) =>
        "No clause was found on whether the contract may be assigned. The law then decides, and often permits it.";
    Low "No end date", Absent(ExpirationDate, 2.4) =>
        "No clause was found that says how long the contract lasts. Look for the term, or agree on one.";
}
