//! The content security policy of every page.

use lexicontract::config::Config;

/// What a page may load and where its forms may lead.
///
/// `form-action` names Salesforce's hosts, because browsers apply it to the redirect that answers the form, too.
pub fn content_security_policy(nonce: &str, config: &Config) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'none'; \
         img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {}",
        form_targets(config).join(" ")
    )
}

fn form_targets(config: &Config) -> Vec<String> {
    let salesforce = &config.salesforce;
    let mut targets: Vec<String> =
        ["https://login.salesforce.com", "https://test.salesforce.com", "https://*.my.salesforce.com"].map(String::from).into();
    targets.push(origin(salesforce.login_url.as_str()));
    targets.push(origin(salesforce.sandbox_login_url.as_str()));
    for host in salesforce.allowed_hosts.iter().filter(|host| is_host(host)) {
        targets.push(format!("http://{host}"));
        targets.push(format!("https://{host}"));
    }
    let mut seen = std::collections::HashSet::new();
    targets.retain(|target| seen.insert(target.clone()));
    targets
}

fn origin(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
}

/// Keeps a configured host from ending the directive.
fn is_host(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_may_lead_to_salesforce_and_to_the_named_hosts_only() {
        let pairs = [
            ("FERNET_KEY", "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="),
            ("SALESFORCE_LOGIN_URL", "http://127.0.0.1:4400"),
            ("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:4400, evil;script-src"),
        ];
        let get = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let policy = content_security_policy("abc", &Config::read(get).unwrap());
        let targets = policy.split("form-action ").nth(1).unwrap();
        assert!(targets.starts_with("'self' https://login.salesforce.com "), "{targets}");
        assert_eq!(targets.matches("http://127.0.0.1:4400").count(), 1);
        assert!(!targets.contains(';') && policy.contains("script-src 'nonce-abc' 'wasm-unsafe-eval';"));
        assert!(!policy.contains("unsafe-inline"));
    }
}
