//! Tests of the configuration: defaults, error messages, and rules that involve several variables.

use super::*;
use crate::domain::account::quota::Quota;

const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";

fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn only_the_key_is_required() {
    let config = read(&[("FERNET_KEY", KEY)]).unwrap();
    assert_eq!(config.public("/x"), "http://127.0.0.1:3000/x");
    assert_eq!(config.database_url.expose(), "sqlite://data/lexicontract.db");
    assert_eq!(config.quotas.limit(Quota::StorageBytes), Some(50 * 1024 * 1024 * 1024));
    assert_eq!(config.min_free_disk_bytes, 1024 * 1024 * 1024);
    assert!(config.registration_open && config.llm.is_none() && config.provider("salesforce").app.is_none());
}

#[test]
fn every_error_names_its_variable_and_no_secret() {
    let errors = read(&[
        ("FERNET_KEY", "not-a-key-but-secret"),
        ("LEPTOS_SITE_ADDR", "nowhere"),
        ("DATABASE_URL", "mysql://x"),
        ("REGISTRATION", "perhaps"),
        ("MAX_FILE_BYTES", "-1"),
        ("RETENTION_DAYS", "0"),
        ("CLAMD_ADDR", "clamd"),
        ("OUTBOUND_PROXY", "https://ada:hunter2@proxy.example.com"),
        ("QUOTA_USERS", "many"),
        ("MIN_FREE_DISK_BYTES", "-1"),
        ("SALESFORCE_LOGIN_URL", "https://evil.example"),
        ("SALESFORCE_CLIENT_ID", "id-without-secret"),
    ])
    .unwrap_err();
    let text = errors.to_string();
    for name in [
        "FERNET_KEY",
        "LEPTOS_SITE_ADDR",
        "DATABASE_URL",
        "REGISTRATION",
        "MAX_FILE_BYTES",
        "RETENTION_DAYS",
        "CLAMD_ADDR",
        "OUTBOUND_PROXY",
        "QUOTA_USERS",
        "MIN_FREE_DISK_BYTES",
        "SALESFORCE_LOGIN_URL",
        "SALESFORCE_CLIENT_SECRET",
    ] {
        assert!(text.contains(name), "{name} is missing in:\n{text}");
    }
    assert!(!text.contains("not-a-key-but-secret") && !text.contains("hunter2"), "{text}");
}

#[test]
fn each_error_is_one_line_and_repeats_no_password() {
    let said = |name, value| read(&[("FERNET_KEY", KEY), (name, value)]).unwrap_err().to_string();
    for (name, value) in [
        ("SALESFORCE_LOGIN_URL", "garbage"),
        ("SALESFORCE_ALLOWED_HOSTS", "http://x"),
        ("SALESFORCE_ALLOWED_HOSTS", "a b"),
        ("SALESFORCE_ALLOWED_HOSTS", "x:99999"),
        ("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:4400,:80"),
        ("LLM_API_KEY", "k"),
        ("LLM_MODEL", "m"),
        ("LLM_BASE_URL", "nowhere"),
        ("PUBLIC_URL", "https://ada:hunter2@app.example"),
        ("PIPEDRIVE_API_URL", "https://ada:hunter2@app.example"),
        ("SALESFORCE_LOGIN_URL", "https://ada:hunter2@login.salesforce.com"),
        ("QUOTA_STORAGE_BYTES", "50 GiB"),
        ("QUOTA_CONTRACTS", "-1"),
        ("QUOTA_UPLOADS_PER_HOUR", "1.5"),
        ("QUOTA_WAITING_DELIVERIES", "99999999999999999999"),
        ("MIN_FREE_DISK_BYTES", "1G"),
    ] {
        let said = said(name, value);
        let other = if name.starts_with("LLM_") { "LLM_BASE_URL" } else { name };
        assert!(said.contains(other) && said.lines().count() == 1, "{name}={value}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn http_needs_a_loopback_host_or_an_explicit_permission() {
    let with = |url, allow: Option<&'static str>| {
        let mut pairs = vec![("FERNET_KEY", KEY), ("PUBLIC_URL", url)];
        pairs.extend(allow.map(|value| ("ALLOW_HTTP", value)));
        read(&pairs)
    };
    for loopback in ["http://localhost:3000", "http://app.localhost", "http://127.0.0.2", "http://[::1]:3000"] {
        assert!(with(loopback, None).is_ok(), "{loopback}");
    }
    for remote in ["http://contracts.example.com", "http://0.0.0.0:3000", "http://10.0.0.1", "http://localhost.example"] {
        let refused = with(remote, None).unwrap_err().to_string();
        assert!(refused.contains("PUBLIC_URL") && refused.contains("ALLOW_HTTP=true"), "{refused}");
        assert!(with(remote, Some("false")).is_err(), "{remote}");
        assert!(with(remote, Some("true")).unwrap().allow_http, "{remote}");
    }
    assert!(with("https://contracts.example.com", None).is_ok());
    assert!(with("https://contracts.example.com", Some("yes")).unwrap_err().to_string().contains("ALLOW_HTTP"));
    let listen = read(&[("FERNET_KEY", KEY), ("LEPTOS_SITE_ADDR", "0.0.0.0:3000")]).unwrap_err().to_string();
    assert!(listen.contains("PUBLIC_URL"), "{listen}");
}

#[test]
fn the_scanner_address_is_a_host_and_a_port() {
    let with = |value| read(&[("FERNET_KEY", KEY), ("CLAMD_ADDR", value)]);
    for good in ["127.0.0.1:3310", "clamd:3310", "[::1]:3310", "scanner.internal.example:1"] {
        assert_eq!(with(good).unwrap().clamd.as_deref(), Some(good));
    }
    assert_eq!(with(" ").unwrap().clamd, None);
    for bad in [
        "clamd",
        "clamd:",
        ":3310",
        "clamd:0",
        "clamd:99999",
        "http://clamd:3310",
        "::1:3310",
        "a b:1",
        "clamd:3310/x",
        "u@clamd:1",
    ] {
        let said = with(bad).unwrap_err().to_string();
        assert!(said.contains("CLAMD_ADDR") && said.lines().count() == 1, "{bad}: {said}");
    }
}

#[test]
fn a_language_model_on_another_machine_needs_https_or_an_explicit_permission() {
    let with = |url, allow| read(&[("FERNET_KEY", KEY), ("LLM_BASE_URL", url), ("LLM_MODEL", "m"), ("ALLOW_HTTP", allow)]);
    for good in ["https://llm.example/v1", "http://127.0.0.1:8080/v1", "http://localhost/v1"] {
        assert!(with(good, "false").unwrap().llm.is_some(), "{good}");
    }
    let refused = with("http://llm.example/v1", "false").unwrap_err().to_string();
    assert!(refused.contains("LLM_BASE_URL") && refused.contains("ALLOW_HTTP=true"), "{refused}");
    assert!(with("http://llm.example/v1", "true").unwrap().llm.is_some());
}

#[test]
fn a_missing_key_is_reported_with_the_command_that_creates_one() {
    let text = read(&[]).unwrap_err().to_string();
    assert!(text.contains("FERNET_KEY") && text.contains("lexicontract generate-key"), "{text}");
}

#[test]
fn a_loopback_simulator_may_be_a_login_host_when_it_is_allowed() {
    let pairs =
        [("FERNET_KEY", KEY), ("SALESFORCE_LOGIN_URL", "http://127.0.0.1:4400"), ("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:4400")];
    assert_eq!(read(&pairs).unwrap().provider("salesforce").login_url("LOGIN_URL").unwrap().as_str(), "http://127.0.0.1:4400/");
    assert!(read(&pairs[..2]).is_err());
}
