//! Terms that a provider uses, for UI texts and messages.

#[derive(Debug, PartialEq, Eq)]
pub struct Terms {
    /// Slug of the integration; empty in [`NEUTRAL`].
    pub slug: &'static str,
    pub provider: &'static str,
    /// Term for an account, such as `org`.
    pub account: &'static str,
    /// Term for a deal, such as `Opportunity`.
    pub deal: &'static str,
    pub deals: &'static str,
    /// Term for the counterparty of a deal, such as `Account`.
    pub party: &'static str,
    /// Term for the person who can change settings at the provider.
    pub administrator: &'static str,
    pub deal_id_example: &'static str,
}

pub const NEUTRAL: Terms = Terms {
    slug: "",
    provider: "The provider",
    account: "account",
    deal: "deal",
    deals: "deals",
    party: "Customer",
    administrator: "The provider’s administrator",
    deal_id_example: "",
};

impl Default for &'static Terms {
    fn default() -> Self {
        const { &NEUTRAL }
    }
}

impl Terms {
    /// Returns the term with its indefinite article, such as `an Opportunity`.
    pub fn a_deal(&self) -> String {
        let is_vowel = self.deal.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
        format!("{} {}", if is_vowel { "an" } else { "a" }, self.deal)
    }
}
