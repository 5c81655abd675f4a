//! Browsers that have signed in to an account before.
//!
//! A sign-in gives the browser a sealed cookie that names the accounts it has signed in to. It signs nobody in. It only lets the
//! rate limits tell the browser of a user from the browsers of others.

use crate::{
    domain::ids::UserId,
    hub::Hub,
    random::{bytes, hex},
    secret::Secret,
    services::{Client, SealedCookie},
};
use serde::{Deserialize, Serialize};

/// The accounts of one browser that are kept, the last used first.
const MAX_ACCOUNTS: usize = 8;

/// What the cookie holds.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct KnownBrowser {
    id: String,
    accounts: Vec<UserId>,
}

impl KnownBrowser {
    /// The browser's id when it has signed in to the account before.
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
    /// What the cookie of a client holds; `None` without one, or when it was not made here.
    pub(crate) fn known_browser(&self, client: &Client) -> Option<KnownBrowser> {
        let json = self.open_cookie(SealedCookie::KnownBrowser, client.known_browser.as_ref()?.expose())?;
        serde_json::from_str(json.expose()).ok()
    }

    /// The account that the client's browser signed in to last: whose session its session cookie is, or was.
    pub fn last_account(&self, client: &Client) -> Option<UserId> {
        self.known_browser(client)?.accounts.into_iter().next()
    }

    /// The cookie of a browser that has signed in to the account now. Its id stays, and with it the count of its failures.
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
    fn the_last_used_accounts_are_kept_and_others_are_unknown() {
        let account = |n: usize| UserId::from_suffix(&format!("{n:032}"));
        let browser = KnownBrowser { id: "b".to_owned(), accounts: Vec::new() };
        let browser = (0..10).fold(browser, |browser, n| browser.with(&account(n))).with(&account(4));
        assert_eq!(browser.accounts.len(), MAX_ACCOUNTS);
        assert_eq!(browser.accounts[0], account(4));
        assert_eq!((browser.id_at(&account(9)), browser.id_at(&account(0))), (Some("b"), None));
    }
}
