//! A throw-away certificate authority: it lives as long as its gateway, and its key never leaves memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SerialNumber,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SigningKey};

/// Host names whose certificates are kept; hostile clients may ask for any number of them.
const MOST_LEAVES: usize = 1024;

/// A failure to make keys or certificates.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a certificate authority: {0}")]
pub struct Error(String);

/// A certificate authority that signs a certificate for every host name it is asked for.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pem: String,
    // One key serves all leaves: whoever could steal it from memory could steal each of them.
    leaf_key: KeyPair,
    signing_key: Arc<dyn SigningKey>,
    leaves: Mutex<HashMap<String, Arc<CertifiedKey>>>,
    serial: AtomicU64,
    plain_config: Arc<ServerConfig>,
}

impl fmt::Debug for Authority {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Authority").finish_non_exhaustive()
    }
}

impl Authority {
    /// A new authority with new keys.
    pub fn new() -> Result<Self, Error> {
        let failed = |error: rcgen::Error| Error(error.to_string());
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        params.distinguished_name.push(DnType::CommonName, "Proofpress throw-away authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, key).map_err(failed)?;

        let leaf_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(leaf_key.serialize_der()));
        let signing_key = ring::sign::any_supported_type(&der).map_err(|error| Error(error.to_string()))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Error(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(Nobody));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            pem: issuer.pem(),
            issuer,
            leaf_key,
            signing_key,
            leaves: Mutex::default(),
            serial: AtomicU64::new(1),
            plain_config: Arc::new(config),
        })
    }

    /// The certificate of the authority, for clients to trust.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// How to speak TLS as whatever host the client names, or as `host` where it names none.
    pub fn server_config(self: &Arc<Self>, host: &str) -> Arc<ServerConfig> {
        let mut config = ServerConfig::clone(&self.plain_config);
        config.cert_resolver = Arc::new(Resolver { authority: Arc::clone(self), host: host.to_owned() });
        Arc::new(config)
    }

    /// The certificate of a host, made on first use; none for what cannot be a host name.
    fn leaf(&self, host: &str) -> Option<Arc<CertifiedKey>> {
        let mut leaves = self.leaves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = leaves.get(host) {
            return Some(Arc::clone(leaf));
        }
        let mut params = CertificateParams::new(vec![host.to_owned()]).ok()?;
        // A common name is at most 64 characters; the alternative name is what clients read.
        params.distinguished_name.push(DnType::CommonName, "Proofpress gateway");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        // Some clients refuse two certificates of one issuer under one number.
        params.serial_number = Some(SerialNumber::from(self.serial.fetch_add(1, Ordering::Relaxed)));
        let certificate = params.signed_by(&self.leaf_key, &self.issuer).ok()?;
        let chain = vec![certificate.der().clone(), self.issuer.der().clone()];
        let leaf = Arc::new(CertifiedKey::new(chain, Arc::clone(&self.signing_key)));
        if leaves.len() >= MOST_LEAVES {
            leaves.clear();
        }
        leaves.insert(host.to_owned(), Arc::clone(&leaf));
        Some(leaf)
    }
}

/// Chooses the certificate for one connection.
#[derive(Debug)]
struct Resolver {
    authority: Arc<Authority>,
    host: String,
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.authority.leaf(hello.server_name().unwrap_or(&self.host))
    }
}

/// Stands in the configuration that the others are made from.
#[derive(Debug)]
struct Nobody;

impl ResolvesServerCert for Nobody {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_keeps_its_certificate() {
        let authority = Authority::new().unwrap();
        let one = authority.leaf("api.portkey.ai").unwrap();
        let other = authority.leaf("api.portkey.ai").unwrap();
        assert!(Arc::ptr_eq(&one, &other));
        assert_ne!(one.cert, authority.leaf("127.0.0.1").unwrap().cert);
    }

    #[test]
    fn what_is_no_host_name_has_no_certificate() {
        assert!(Authority::new().unwrap().leaf("a\u{fc}b\n").is_none());
    }

    #[test]
    fn any_number_of_hosts_takes_bounded_memory() {
        let authority = Authority::new().unwrap();
        for number in 0..=MOST_LEAVES {
            authority.leaf(&format!("host{number}.example")).unwrap();
        }
        assert_eq!(authority.leaves.lock().unwrap().len(), 1);
    }

    #[test]
    fn only_the_certificate_is_shown() {
        let authority = Authority::new().unwrap();
        assert!(authority.pem().starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(!format!("{} {authority:?}", authority.pem()).contains("PRIVATE"));
    }
}
