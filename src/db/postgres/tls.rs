//! TLS for PostgreSQL. A verified certificate is required unless the server is local or the URL sets `sslmode`.

use crate::db::Result;
use crate::secret::Secret;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::net::IpAddr;
use std::str::FromStr;
use url::Url;

pub(crate) fn connect_options(url: &str) -> Result<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url)?;
    let keeps_mode = has_ssl_mode(url) || is_on_this_machine(&options);
    Ok(if keeps_mode { options } else { options.ssl_mode(PgSslMode::VerifyFull) })
}

/// Returns true if the URL allows an unencrypted connection to another machine.
pub fn may_skip_tls(url: &Secret<String>) -> bool {
    postgres_options(url).is_some_and(|options| {
        let is_optional = matches!(options.get_ssl_mode(), PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer);
        is_optional && !is_on_this_machine(&options)
    })
}

/// Advice for the operator when a connection fails because TLS is required.
pub fn tls_advice(url: &Secret<String>, error: &sqlx::Error) -> Option<&'static str> {
    let is_about_tls = match error {
        sqlx::Error::Tls(_) => true,
        // rustls reports a rejected certificate as this I/O error.
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::InvalidData,
        _ => false,
    };
    let is_required = || postgres_options(url).is_some_and(|options| matches!(options.get_ssl_mode(), PgSslMode::VerifyFull));
    (is_about_tls && is_required()).then_some(
        "The server is on another machine, so the connection must use TLS with a certificate that can be checked. Set up TLS in \
         PostgreSQL; name the file of a private authority with `sslrootcert=PATH` in `DATABASE_URL`; or, only in a network that you \
         trust, permit a connection without TLS with `sslmode=disable`.",
    )
}

fn postgres_options(url: &Secret<String>) -> Option<PgConnectOptions> {
    let url = url.expose();
    url.starts_with("postgres").then(|| connect_options(url).ok()).flatten()
}

fn has_ssl_mode(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.query_pairs().any(|(key, _)| matches!(&*key, "sslmode" | "ssl-mode")))
}

fn is_on_this_machine(options: &PgConnectOptions) -> bool {
    let host = options.get_host().trim_matches(['[', ']']).to_ascii_lowercase();
    // A host that starts with `/` is the folder of a Unix socket.
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> PgSslMode {
        connect_options(url).unwrap().get_ssl_mode()
    }

    #[test]
    fn remote_server_requires_a_verified_certificate_unless_sslmode_is_set() {
        for url in [
            "postgres://u@db.example/x",
            "postgresql://u:p@10.0.0.1:5433/x",
            "postgres://u@[2001:db8::1]/x",
            "postgres://u@0.0.0.0/x",
            "postgres://u@localhost.example/x",
            "postgres://u@localhost/x?host=db.example",
            "postgres://u@localhost/x?hostaddr=10.0.0.1",
            "postgres://u@db.example/x?sslrootcert=/etc/authority.pem",
        ] {
            assert!(matches!(mode(url), PgSslMode::VerifyFull), "{url}: {:?}", mode(url));
            assert!(!may_skip_tls(&Secret::from(url)), "{url}");
        }
        for here in [
            "postgres://u@localhost/x",
            "postgres://u@127.0.0.2:5433/x",
            "postgres://u@[::1]/x",
            "postgres://u@[::ffff:127.0.0.1]/x",
            "postgres://u@%2Fvar%2Frun%2Fpostgresql/x",
            "postgres://u@db.example/x?host=/var/run/postgresql",
        ] {
            assert!(!matches!(mode(here), PgSslMode::VerifyFull), "{here}");
            assert!(!may_skip_tls(&Secret::from(here)), "{here}");
        }
    }

    #[test]
    fn sslmode_is_kept_and_plaintext_modes_are_reported() {
        let noticed = |host: &str, mode: &str| may_skip_tls(&Secret::new(format!("postgres://u@{host}/x?sslmode={mode}")));
        for permits in ["disable", "allow", "prefer"] {
            assert!(noticed("db.example", permits) && !noticed("localhost", permits), "{permits}");
        }
        for protects in ["require", "verify-ca", "verify-full"] {
            assert!(!noticed("db.example", protects), "{protects}");
        }
        assert!(matches!(mode("postgres://u@db.example/x?ssl-mode=require"), PgSslMode::Require));
        assert!(!may_skip_tls(&Secret::from("sqlite://x?sslmode=disable")));
    }
}
