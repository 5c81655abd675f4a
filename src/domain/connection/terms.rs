//! What a provider calls itself and its records, for texts that people read.

/// The words of a provider.
#[derive(Debug, PartialEq, Eq)]
pub struct Terms {
    /// The slug of the integration; empty when it is not known.
    pub slug: &'static str,
    /// The provider's name.
    pub provider: &'static str,
    /// An account, such as `org`.
    pub account: &'static str,
    /// A deal, such as `Opportunity`.
    pub deal: &'static str,
    /// Several deals.
    pub deals: &'static str,
    /// The other party of a deal, such as `Account`.
    pub party: &'static str,
    /// Who can change settings at the provider.
    pub administrator: &'static str,
    /// The identifier of a deal, as an example of what a person can paste.
    pub deal_id_example: &'static str,
}

/// For texts about no provider in particular.
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
    /// A deal with its indefinite article.
    pub fn a_deal(&self) -> String {
        let is_vowel = self.deal.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
        format!("{} {}", if is_vowel { "an" } else { "a" }, self.deal)
    }
}
