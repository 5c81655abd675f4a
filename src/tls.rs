//! TLS for outgoing connections.

/// Installs ring as the process-wide cryptography provider of rustls, which reqwest uses. Idempotent.
pub(crate) fn install() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// Verifies server certificates with the machine's root certificates, or with Mozilla's root certificates if the machine has
/// none.
pub(crate) fn client_config() -> rustls::ClientConfig {
    use rustls_platform_verifier::ConfigVerifierExt;
    install();
    rustls::ClientConfig::with_platform_verifier().unwrap_or_else(|_| {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned();
        let mut store = rustls::RootCertStore::empty();
        store.add_parsable_certificates(roots);
        rustls::ClientConfig::builder().with_root_certificates(store).with_no_client_auth()
    })
}
