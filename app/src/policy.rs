use lexicontract::config::Config;
use lexicontract::connectors::CONNECTORS;

/// The content security policy of all pages. `form-action` contains the sign-in hosts of providers, because browsers also apply
/// this directive to the redirect after a submitted form.
pub fn content_security_policy(nonce: &str, config: &Config) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; style-src-attr 'none'; \
         img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {}",
        form_targets(config).join(" ")
    )
}

fn form_targets(config: &Config) -> Vec<String> {
    let mut targets = Vec::new();
    for connector in CONNECTORS {
        targets.extend(connector.form_targets.iter().map(|target| (*target).to_owned()));
        let provider = config.provider(connector.slug);
        targets.extend(provider.login_urls().map(|url| url.as_str().trim_end_matches('/').to_owned()));
        for host in provider.allowed_hosts.iter().filter(|host| is_host(host)) {
            targets.push(format!("http://{host}"));
            targets.push(format!("https://{host}"));
        }
    }
    let mut seen = std::collections::HashSet::new();
    targets.retain(|target| seen.insert(target.clone()));
    targets
}

/// Returns true if the text is safe as a host in a directive. Other characters in a configured host could end the directive and
/// start another directive.
fn is_host(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_targets_are_providers_and_allowed_hosts_only() {
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
