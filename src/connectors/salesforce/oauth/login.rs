use crate::config::ProviderConfig;
use crate::domain::connection::Environment;
use crate::domain::problem::Invalid;
use url::{Host, Url};

/// Configuration variables for the login hosts.
pub(crate) const LOGIN_URL: &str = "LOGIN_URL";
pub(crate) const SANDBOX_LOGIN_URL: &str = "SANDBOX_LOGIN_URL";
/// Pairs of host suffixes: of a host that serves the API, Lightning pages or Setup, and of the login host of the same org.
const ENDINGS: [(&str, &str); 4] = [
    (".my.salesforce.com", ".my.salesforce.com"),
    (".lightning.force.com", ".my.salesforce.com"),
    (".my.salesforce-setup.com", ".my.salesforce.com"),
    (".my.salesforce.mil", ".my.salesforce.mil"),
];
const EXPECTED: &str = "`domain` must be the host of your Salesforce org, such as `acme.my.salesforce.com`. If Salesforce serves your org from \
     another domain, the operator of this server must add its host to SALESFORCE_ALLOWED_HOSTS.";
const HOST_CHARACTERS: usize = 253;
const LABEL_CHARACTERS: usize = 63;
const URL_CHARACTERS: usize = 4_096;

/// Returns the login host. For [`Environment::MyDomain`], `domain` is the host or any URL of an org.
pub(crate) fn login_url(config: &ProviderConfig, environment: Environment, domain: Option<&str>) -> Result<Url, Invalid> {
    match environment {
        Environment::Production => config.login_url(LOGIN_URL).cloned().ok_or(Invalid::Environment),
        Environment::Sandbox => config.login_url(SANDBOX_LOGIN_URL).cloned().ok_or(Invalid::Environment),
        Environment::MyDomain => my_domain(config, domain.unwrap_or_default().trim()).ok_or(Invalid::Domain(EXPECTED)),
    }
}

fn my_domain(config: &ProviderConfig, input: &str) -> Option<Url> {
    if input.is_empty() || input.len() > URL_CHARACTERS || !input.is_ascii() {
        return None;
    }
    let address = if input.contains("://") { input.to_owned() } else { format!("https://{input}") };
    // Rejects control characters, spaces and backslashes. The URL parser would ignore tabs and treat a backslash as a slash.
    if address.bytes().any(|byte| byte.is_ascii_control() || matches!(byte, b' ' | b'\\')) {
        return None;
    }
    let url = Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    extra_host(config, input, &url).or_else(|| salesforce_host(&url))
}

/// Returns the origin of a host that the operator listed. Loopback hosts use HTTP, because they have no certificate.
fn extra_host(config: &ProviderConfig, input: &str, url: &Url) -> Option<Url> {
    let is_http = is_loopback(url) || (input.starts_with("http://") && url.scheme() == "http");
    let scheme = if is_http { "http" } else { "https" };
    let candidate = Url::parse(&format!("{scheme}://{}", url.authority())).ok()?;
    config.is_extra_host(&candidate, candidate.host_str()?).then_some(candidate)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn salesforce_host(url: &Url) -> Option<Url> {
    let Some(Host::Domain(host)) = url.host() else { return None };
    if url.port().is_some() || host.len() > HOST_CHARACTERS {
        return None;
    }
    let host = match ENDINGS.iter().find_map(|(ending, login)| Some((host.strip_suffix(ending)?, login))) {
        Some((org, login)) => format!("{}{login}", org_labels(org)?),
        None if is_label(host) => format!("{}.my.salesforce.com", with_kind(host)),
        None => return None,
    };
    Url::parse(&format!("https://{host}")).ok()
}

/// Validates the org's part of a host: a name such as `acme`, or a name with the kind of org, such as `acme--uat.sandbox`.
fn org_labels(org: &str) -> Option<&str> {
    let (name, kind) = org.split_once('.').unwrap_or((org, "sandbox"));
    (is_label(name) && is_label(kind)).then_some(org)
}

/// Appends the kind of org to a name. Names of sandboxes contain `--`, and names of Developer Editions end with `-dev-ed`.
fn with_kind(name: &str) -> String {
    match name {
        sandbox if sandbox.contains("--") => format!("{sandbox}.sandbox"),
        developer if developer.ends_with("-dev-ed") => format!("{developer}.develop"),
        _ => name.to_owned(),
    }
}

fn is_label(label: &str) -> bool {
    (1..=LABEL_CHARACTERS).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
        // Rejects Punycode, which can imitate other hosts. Salesforce does not use Punycode.
        && !label.starts_with("xn--")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connectors::test_support::config;

    fn my_domain_url(domain: &str) -> Result<String, Invalid> {
        let config = config(&[("SALESFORCE_ALLOWED_HOSTS", "127.0.0.1:4400,sim.test")]);
        login_url(config.provider("salesforce"), Environment::MyDomain, Some(domain)).map(|url| url.to_string())
    }

    #[test]
    fn any_url_of_an_org_gives_its_login_host() {
        for (domain, expected) in [
            ("acme", "https://acme.my.salesforce.com/"),
            ("  ACME  ", "https://acme.my.salesforce.com/"),
            ("acme--uat", "https://acme--uat.sandbox.my.salesforce.com/"),
            ("acme-dev-ed", "https://acme-dev-ed.develop.my.salesforce.com/"),
            ("acme.my.salesforce.com", "https://acme.my.salesforce.com/"),
            ("http://acme.my.salesforce.com", "https://acme.my.salesforce.com/"),
            ("https://acme.my.salesforce.com/services?x=1#y", "https://acme.my.salesforce.com/"),
            ("https://acme.lightning.force.com/lightning/page/home", "https://acme.my.salesforce.com/"),
            ("acme--uat.sandbox.lightning.force.com", "https://acme--uat.sandbox.my.salesforce.com/"),
            ("acme-dev-ed.develop.lightning.force.com/", "https://acme-dev-ed.develop.my.salesforce.com/"),
            ("acme.my.salesforce-setup.com/lightning/setup/SetupOneHome/home", "https://acme.my.salesforce.com/"),
            ("agency.my.salesforce.mil", "https://agency.my.salesforce.mil/"),
            ("127.0.0.1:4400", "http://127.0.0.1:4400/"),
            ("https://127.0.0.1:4400/x", "http://127.0.0.1:4400/"),
            ("sim.test", "https://sim.test/"),
            ("http://sim.test:9", "http://sim.test:9/"),
        ] {
            assert_eq!(my_domain_url(domain).as_deref(), Ok(expected), "{domain}");
        }
    }

    #[test]
    fn other_domains_are_rejected() {
        let long = format!("{}.my.salesforce.com", "a".repeat(64));
        for domain in [
            "",
            "   ",
            "evil.com",
            "acme.my.salesforce.com.evil.com",
            "acme.my.salesforce.com@evil.com",
            "evil.com@acme.my.salesforce.com",
            "https://user:word@acme.my.salesforce.com",
            "acme.my.salesforce.com:8443",
            "acme.my.salesforce.com.",
            "evilmy.salesforce.com",
            "login.salesforce.com",
            ".my.salesforce.com",
            "-acme.my.salesforce.com",
            "a.b.c.my.salesforce.com",
            "acme.my.salesforce.com\\@evil.com",
            "evil.com\t.my.salesforce.com",
            "evil.com/.my.salesforce.com",
            "evil.com#.my.salesforce.com",
            "evil.com?.my.salesforce.com",
            "аcme.my.salesforce.com",
            "xn--cme-8cd.my.salesforce.com",
            "xn--cme-8cd",
            "127.0.0.1",
            "127.0.0.1:4401",
            "2130706433",
            "[::1]",
            "169.254.169.254",
            "ftp://acme.my.salesforce.com",
            "javascript://acme.my.salesforce.com",
            "acme_x.my.salesforce.com",
            &long,
        ] {
            assert_eq!(my_domain_url(domain), Err(Invalid::Domain(EXPECTED)), "{domain}");
        }
    }

    #[test]
    fn production_and_sandbox_have_fixed_hosts() {
        let config = config(&[]).provider("salesforce").clone();
        assert_eq!(login_url(&config, Environment::Production, None).unwrap().as_str(), "https://login.salesforce.com/");
        assert_eq!(login_url(&config, Environment::Sandbox, Some("evil.com")).unwrap().as_str(), "https://test.salesforce.com/");
        assert_eq!(login_url(&config, Environment::MyDomain, None), Err(Invalid::Domain(EXPECTED)));
    }
}
