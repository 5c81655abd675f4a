//! Values that the server keeps in a browser instead of its own memory. Each is sealed, bound to its purpose and its owner, and opens
//! for a limited time only, so that a planted, copied or old cookie is worth nothing.
//!
//! The key is a secret of the installation (`server_secrets`): all servers share it, and it survives a rotation of `FERNET_KEY`.

use crate::{
    domain::{ids::UserId, time::Timestamp},
    hub::Hub,
    secret::Secret,
    services::Via,
};
use std::time::Duration;

/// How far ahead of this server's clock the clock of the server that sealed a value may be.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// What a value is for, and whom it belongs to. It opens for the same purpose and owner only.
#[derive(Clone, Copy, Debug)]
pub enum SealedCookie<'a> {
    /// The accounts that the browser has signed in to.
    KnownBrowser,
    /// A value that one page shows once, in the session that made it.
    Once {
        /// What proves the user.
        session: &'a Via,
        /// The path of the page.
        page: &'a str,
    },
    /// What was typed into a form that was rejected, for its page.
    FormState {
        /// What proves the user; absent before the sign-in.
        session: Option<&'a Via>,
        /// The path of the page.
        page: &'a str,
    },
    /// A form that was sent after the session had ended.
    SavedForm {
        /// The user whose session had ended.
        user: &'a UserId,
    },
}

impl SealedCookie<'_> {
    /// How long the value opens, and how long the browser keeps it.
    pub const fn max_age(self) -> Duration {
        let seconds = match self {
            // The longest that browsers keep a cookie (RFC 6265bis, section 5.5).
            Self::KnownBrowser => 400 * 24 * 60 * 60,
            Self::Once { .. } | Self::FormState { .. } => 60,
            Self::SavedForm { .. } => 15 * 60,
        };
        Duration::from_secs(seconds)
    }

    fn place(self) -> String {
        match self {
            Self::KnownBrowser => "cookies.known_browser".to_owned(),
            Self::Once { session, page } => format!("cookies.once/{}{page}", session.as_str()),
            Self::FormState { session, page } => {
                format!("cookies.form_state/{}{page}", session.map_or("no-session", Via::as_str))
            }
            Self::SavedForm { user } => format!("cookies.saved_form/{user}"),
        }
    }
}

impl Hub {
    /// Seals a value for a cookie.
    pub fn seal_cookie(&self, cookie: SealedCookie<'_>, value: &str) -> Secret<String> {
        let stamped = Secret::new(format!("{} {value}", self.clock().now().millis()));
        let sealed = self.cookie_vault.encrypt_for_server(&cookie.place(), stamped.expose().as_bytes());
        Secret::new(String::from_utf8_lossy(&sealed).into_owned())
    }

    /// Opens what [`Self::seal_cookie`] sealed for the same purpose and owner; `None` for anything else, and when it is too old.
    pub fn open_cookie(&self, cookie: SealedCookie<'_>, sealed: &str) -> Option<Secret<String>> {
        let opened = self.cookie_vault.decrypt_for_server(&cookie.place(), sealed.as_bytes()).ok()?;
        let (millis, value) = std::str::from_utf8(opened.expose()).ok()?.split_once(' ')?;
        let (sealed_at, now) = (Timestamp::from_millis(millis.parse().ok()?), self.clock().now());
        let is_valid = now.since(sealed_at) < cookie.max_age() && sealed_at.since(now) <= MAX_CLOCK_SKEW;
        is_valid.then(|| Secret::from(value))
    }
}
