//! What encrypts every connection that we make.

/// Makes ring the process's TLS provider, which reqwest takes. A second call finds one installed, which is as good.
pub(crate) fn install() {
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// Checks certificates with the machine's root certificates, and with Mozilla's where the machine has none.
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
