//! Browsers that have signed in to an account before. Each sign-in sets an encrypted cookie that lists the accounts used in the
//! browser. The cookie is not a credential. Only the rate limits use the cookie, to distinguish a user's own browser from other
//! browsers.

use crate::domain::ids::UserId;
use crate::hub::Hub;
use crate::random::{bytes, hex};
use crate::secret::Secret;
use crate::services::{Client, SealedCookie};
use serde::{Deserialize, Serialize};

const MAX_ACCOUNTS: usize = 8;

/// The content of the cookie.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct KnownBrowser {
    id: String,
    /// Sorted by last use, most recent first.
    accounts: Vec<UserId>,
}

impl KnownBrowser {
    /// Returns the browser's id; `None` if the browser has not signed in to the account before.
    pub(crate) fn id_at(&self, account: &UserId) -> Option<&str> {
        self.accounts.contains(account).then_some(self.id.as_str())
    }

    fn with(mut self, account: &UserId) -> Self {
        self.accounts.retain(|known| known != account);
        self.accounts.insert(0, account.clone());
        self.accounts.truncate(MAX_ACCOUNTS);
        self
    }
}

impl Hub {
    pub(crate) fn known_browser(&self, client: &Client) -> Option<KnownBrowser> {
        let json = self.open_cookie(SealedCookie::KnownBrowser, client.known_browser.as_ref()?.expose())?;
        serde_json::from_str(json.expose()).ok()
    }

    pub fn last_account(&self, client: &Client) -> Option<UserId> {
        self.known_browser(client)?.accounts.into_iter().next()
    }

    /// Returns the cookie to set after a sign-in. The browser keeps its id, so that the rate limit still counts earlier failures.
    pub(crate) fn remember_browser(&self, client: &Client, account: &UserId) -> Secret<String> {
        let new = || KnownBrowser { id: hex(&bytes::<16>()), accounts: Vec::new() };
        let browser = self.known_browser(client).unwrap_or_else(new).with(account);
        self.seal_cookie(SealedCookie::KnownBrowser, &serde_json::to_string(&browser).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_recently_used_accounts_are_kept() {
        let account = |n: usize| UserId::from_suffix(&format!("{n:032}"));
        let browser = KnownBrowser { id: "b".to_owned(), accounts: Vec::new() };
        let browser = (0..10).fold(browser, |browser, n| browser.with(&account(n))).with(&account(4));
        assert_eq!(browser.accounts.len(), MAX_ACCOUNTS);
        assert_eq!(browser.accounts[0], account(4));
        assert_eq!((browser.id_at(&account(9)), browser.id_at(&account(0))), (Some("b"), None));
    }
}
