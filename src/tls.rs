//! What encrypts every connection that we make.

/// Makes ring the process's TLS provider, which reqwest takes. A second call finds one installed, which is as good.
pub(crate) fn install() {
    drop(rustls::crypto::ring::default_provider().install_default());
}
