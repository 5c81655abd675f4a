//! Encrypted cookies: server state that the browser keeps. Each value expires and is bound to a purpose and an owner, so the server
//! rejects a cookie that was copied from another user or page.
//!
//! All servers share the encryption key, which is stored in `server_secrets`. A rotation of `FERNET_KEY` does not change this
//! key.

use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::hub::Hub;
use crate::secret::Secret;
use crate::services::Via;
use std::time::Duration;

/// Maximum difference between the clocks of the servers.
const MAX_CLOCK_SKEW: Duration = Duration::from_secs(60);

/// Purpose and owner of a cookie value.
#[derive(Clone, Copy, Debug)]
pub enum SealedCookie<'a> {
    KnownBrowser,
    /// A value that the page at the path `page` shows once.
    Once {
        session: &'a Via,
        page: &'a str,
    },
    /// The field values of a rejected form.
    FormState {
        session: Option<&'a Via>,
        page: &'a str,
    },
    /// A form that was submitted after the end of the session.
    SavedForm {
        user: &'a UserId,
    },
    /// The secret of a browser in which a connect link was opened. Each of the paths that need it has its own cookie.
    ConnectLink {
        path: &'a str,
    },
}

impl SealedCookie<'_> {
    pub const fn max_age(self) -> Duration {
        let seconds = match self {
            // Maximum cookie lifetime that browsers accept (RFC 6265bis, section 5.5).
            Self::KnownBrowser => 400 * 24 * 60 * 60,
            Self::Once { .. } | Self::FormState { .. } => 60,
            // The provider's consent page may take ten minutes of them.
            Self::SavedForm { .. } | Self::ConnectLink { .. } => 15 * 60,
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
            Self::ConnectLink { path } => format!("cookies.connect_link{path}"),
        }
    }
}

impl Hub {
    pub fn seal_cookie(&self, cookie: SealedCookie<'_>, value: &str) -> Secret<String> {
        let stamped = Secret::new(format!("{} {value}", self.clock().now().millis()));
        let sealed = self.cookie_vault.encrypt_for_server(&cookie.place(), stamped.expose().as_bytes());
        Secret::new(String::from_utf8_lossy(&sealed).into_owned())
    }

    /// Decrypts a value from [`Self::seal_cookie`]; `None` if it is expired or forged, or has another purpose or owner.
    pub fn open_cookie(&self, cookie: SealedCookie<'_>, sealed: &str) -> Option<Secret<String>> {
        let opened = self.cookie_vault.decrypt_for_server(&cookie.place(), sealed.as_bytes()).ok()?;
        let (millis, value) = std::str::from_utf8(opened.expose()).ok()?.split_once(' ')?;
        let (sealed_at, now) = (Timestamp::from_millis(millis.parse().ok()?), self.clock().now());
        let is_valid = now.since(sealed_at) < cookie.max_age() && sealed_at.since(now) <= MAX_CLOCK_SKEW;
        is_valid.then(|| Secret::from(value))
    }
}
