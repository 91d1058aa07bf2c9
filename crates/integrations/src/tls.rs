//! Which certificates a partner's is checked with.

use crate::Unusable;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::path::Path;
use std::sync::Arc;

/// The certificates of a file, or those of the system.
pub(crate) fn client(ca_file: Option<&Path>) -> Result<ClientConfig, Unusable> {
    let mut roots = rustls::RootCertStore::empty();
    match ca_file {
        Some(path) => {
            let unusable =
                |why: &dyn std::fmt::Display| Unusable(format!("the certificates in {}: {why}", path.display()));
            for certificate in CertificateDer::pem_file_iter(path).map_err(|why| unusable(&why))? {
                roots.add(certificate.map_err(|why| unusable(&why))?).map_err(|why| unusable(&why))?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(Unusable(
            "there is no certificate to check the partner's with: name one in the settings".to_owned(),
        ));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|why| Unusable(why.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
