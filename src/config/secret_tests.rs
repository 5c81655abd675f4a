//! Tests of secrets that come from variables, and from the files whose paths are in `{NAME}_FILE` variables.

use super::{Config, ConfigError};
use crate::secret::Secret;
use std::fs;

const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";

fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

fn exposed(secret: &Option<Secret<String>>) -> &str {
    secret.as_ref().unwrap().expose()
}

#[test]
fn every_secret_can_be_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let config = read(&[
        ("FERNET_KEY_FILE", &file("key", &format!("\n{KEY},\n{KEY}\n"))),
        ("DATABASE_URL_FILE", &file("url", "postgres://u:from-a-file@db.example/x\r\n")),
        ("SALESFORCE_CLIENT_ID", "id"),
        ("SALESFORCE_CLIENT_SECRET_FILE", &file("salesforce", " consumer \n")),
        ("METRICS_TOKEN_FILE", &file("metrics", "metrics\n")),
        ("LLM_BASE_URL", "https://llm.example"),
        ("LLM_MODEL", "m"),
        ("LLM_API_KEY_FILE", &file("llm", "model\n")),
        ("OUTBOUND_PROXY_FILE", &file("proxy", "http://ada:hunter2@proxy.example.com:3128\n")),
        ("AWS_ACCESS_KEY_ID_FILE", &file("id", "AKIA\n")),
        ("AWS_SECRET_ACCESS_KEY_FILE", &file("secret", "bucket\n")),
        ("AWS_SESSION_TOKEN_FILE", &file("session", "session\n")),
    ])
    .unwrap();
    assert_eq!(config.fernet_keys.iter().map(|key| key.expose().as_str()).collect::<Vec<_>>(), [KEY, KEY]);
    assert_eq!(config.database_url.expose(), "postgres://u:from-a-file@db.example/x");
    assert_eq!(config.provider("salesforce").app.as_ref().unwrap().client_secret.expose(), "consumer");
    assert_eq!(exposed(&config.metrics_token), "metrics");
    assert_eq!(exposed(&config.llm.unwrap().api_key), "model");
    assert_eq!(config.outbound_proxy.unwrap().to_string(), "proxy.example.com:3128");
    let keys = &config.storage_keys;
    assert_eq!([&keys.access_key_id, &keys.secret_access_key, &keys.session_token].map(exposed), ["AKIA", "bucket", "session"]);
}

#[test]
fn secret_errors_are_one_line_without_the_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("empty"), " \n").unwrap();
    fs::write(path("large"), vec![b'x'; 65 * 1024]).unwrap();
    fs::write(path("binary"), [0xff, 0xfe]).unwrap();
    fs::write(path("hunter2"), "hunter2-in-a-file").unwrap();
    for (file, says) in [
        (path("empty"), "is empty"),
        (path("large"), "larger than 64 KiB"),
        (path("binary"), "is not UTF-8 text"),
        (path("missing"), "can't be read (entity not found)"),
        (path(""), "can't be read (is a directory)"),
    ] {
        for name in ["FERNET_KEY", "DATABASE_URL", "METRICS_TOKEN", "LLM_API_KEY", "AWS_SECRET_ACCESS_KEY"] {
            let mut pairs = vec![("FERNET_KEY", KEY)];
            pairs.retain(|(key, _)| *key != name);
            let variable = format!("{name}_FILE");
            pairs.push((&variable, &file));
            let said = read(&pairs).unwrap_err().to_string();
            assert!(said.contains(&format!("`{variable}`")) && said.contains(says), "{said}");
            assert!(said.lines().count() == 1 && !said.contains(&file), "{said}");
        }
    }
    let both = [("FERNET_KEY", KEY), ("METRICS_TOKEN", "hunter2"), ("METRICS_TOKEN_FILE", &path("hunter2"))];
    let said = read(&both).unwrap_err().to_string();
    assert!(said.contains("`METRICS_TOKEN`") && said.contains("`METRICS_TOKEN_FILE`") && !said.contains("hunter2"), "{said}");
    let only_the_secret = [("FERNET_KEY", KEY), ("SALESFORCE_CLIENT_SECRET_FILE", &path("hunter2"))];
    let said = read(&only_the_secret).unwrap_err().to_string();
    assert!(said.contains("SALESFORCE_CLIENT_ID"), "{said}");
}
