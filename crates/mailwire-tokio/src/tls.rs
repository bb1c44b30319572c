//! TLS by rustls: whom to trust, who we are, and what binds a login to the connection.
//!
//! Any [`rustls::ClientConfig`] and [`rustls::ServerConfig`] will do, so certificates, verifiers and providers are the
//! caller's choice. [`client_config`] and [`server_config`] make the usual ones. No process-wide provider is installed.

#[cfg(any(feature = "client", feature = "server"))]
use std::io;
use std::sync::Arc;

use mailwire_sasl::{ChannelBinding, ChannelBindingKind};
#[cfg(feature = "client")]
use rustls::pki_types::ServerName;
use rustls::{
    ClientConfig, ConnectionCommon, ProtocolVersion, RootCertStore, ServerConfig, SideData,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::{Certificate, der::Decode as _};

/// Whom a client trusts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Roots {
    /// Whom the operating system trusts.
    #[cfg(feature = "platform-verifier")]
    Platform,
    /// Whom Mozilla trusts.
    #[cfg(feature = "webpki-roots")]
    Mozilla,
    /// These, and nobody else. A server's own self-signed certificate may be among them.
    Only(Vec<CertificateDer<'static>>),
}

/// A certificate with what leads up to its issuer, and its key.
#[derive(Debug)]
pub struct Identity {
    /// The certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    /// The key of the first certificate.
    pub key: PrivateKeyDer<'static>,
}

/// TLS cannot be set up.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A certificate or key cannot be used.
    #[error("TLS cannot be set up: {0}")]
    Rustls(#[from] rustls::Error),
    /// Neither of the features `ring` and `aws-lc-rs` is on, so the caller has to bring a configuration.
    #[error("no cryptography: enable the feature `ring` or `aws-lc-rs`, or give a rustls configuration")]
    NoProvider,
    /// There is nobody to trust by default.
    #[error("nobody to trust: enable the feature `platform-verifier`, or give a rustls configuration")]
    NoRoots,
}

/// A client's configuration: TLS 1.2 and 1.3, with a client certificate if `identity` is one.
///
/// # Errors
///
/// [`Error`] if the roots or the identity cannot be used.
pub fn client_config(roots: Roots, identity: Option<Identity>) -> Result<Arc<ClientConfig>, Error> {
    let builder = ClientConfig::builder_with_provider(provider()?).with_safe_default_protocol_versions()?;
    let builder = match roots {
        #[cfg(feature = "platform-verifier")]
        Roots::Platform => rustls_platform_verifier::BuilderVerifierExt::with_platform_verifier(builder)?,
        #[cfg(feature = "webpki-roots")]
        Roots::Mozilla => {
            builder.with_root_certificates(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() })
        }
        Roots::Only(certificates) => {
            let mut store = RootCertStore::empty();
            certificates.into_iter().try_for_each(|certificate| store.add(certificate))?;
            builder.with_root_certificates(store)
        }
    };
    Ok(Arc::new(match identity {
        Some(Identity { chain, key }) => builder.with_client_auth_cert(chain, key)?,
        None => builder.with_no_client_auth(),
    }))
}

/// A server's configuration: TLS 1.2 and 1.3, no client certificates asked for.
///
/// # Errors
///
/// [`Error`] if the certificate does not fit the key.
pub fn server_config(identity: Identity) -> Result<Arc<ServerConfig>, Error> {
    let builder = ServerConfig::builder_with_provider(provider()?).with_safe_default_protocol_versions()?;
    Ok(Arc::new(builder.with_no_client_auth().with_single_cert(identity.chain, identity.key)?))
}

/// Makes the handshake of a client, and tells what binds a login to the connection.
///
/// `server_name` is the name in the certificate, if it is not `host`.
#[cfg(feature = "client")]
pub(crate) async fn connect(
    stream: crate::BoxedStream,
    host: &str,
    server_name: Option<&ServerName<'static>>,
    config: Arc<ClientConfig>,
) -> io::Result<(crate::BoxedStream, Option<ChannelBinding>)> {
    let name = match server_name {
        Some(name) => name.clone(),
        None => ServerName::try_from(host.to_owned()).map_err(io::Error::other)?,
    };
    let stream = tokio_rustls::TlsConnector::from(config).connect(name, stream).await.map_err(explain)?;
    let (_, connection) = stream.get_ref();
    let certificate = connection.peer_certificates().and_then(<[_]>::first);
    let binding = channel_bindings(connection, certificate).into_iter().next();
    Ok((Box::new(stream), binding))
}

/// The configuration that the caller gave, or one that trusts whom the platform trusts.
#[cfg(feature = "client")]
pub(crate) fn given_or_default(given: Option<&Arc<ClientConfig>>) -> Result<Arc<ClientConfig>, Error> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    #[cfg(feature = "platform-verifier")]
    return client_config(Roots::Platform, None);
    #[cfg(all(not(feature = "platform-verifier"), feature = "webpki-roots"))]
    return client_config(Roots::Mozilla, None);
    #[cfg(not(any(feature = "platform-verifier", feature = "webpki-roots")))]
    Err(Error::NoRoots)
}

/// What binds a login to this connection, the stronger one first.
///
/// `tls-exporter` ([RFC 9266](https://www.rfc-editor.org/rfc/rfc9266)) with TLS 1.3 alone, where exported keys are unique
/// without an extension; `tls-server-end-point` ([RFC 5929 section 4](https://www.rfc-editor.org/rfc/rfc5929#section-4))
/// if `certificate`, the server's own, is signed with a hash that RFC knows.
pub fn channel_bindings<D: SideData>(
    connection: &ConnectionCommon<D>,
    certificate: Option<&CertificateDer<'_>>,
) -> Vec<ChannelBinding> {
    let exporter = (connection.protocol_version() == Some(ProtocolVersion::TLSv1_3))
        .then(|| connection.export_keying_material([0; 32], b"EXPORTER-Channel-Binding", Some(b"")).ok())
        .flatten()
        .map(|keys| ChannelBinding::new(ChannelBindingKind::TlsExporter, &keys));
    let end_point = certificate
        .and_then(|certificate| end_point_hash(certificate))
        .map(|hash| ChannelBinding::new(ChannelBindingKind::TlsServerEndPoint, hash));
    exporter.into_iter().chain(end_point).collect()
}

/// An error of the handshake, explained where people often go wrong.
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) fn explain(error: io::Error) -> io::Error {
    use rustls::{Error as Tls, InvalidMessage};
    let hint = match error.get_ref().and_then(|inner| inner.downcast_ref::<Tls>()) {
        Some(Tls::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        )) => "this port does not speak TLS from the first octet; STLS or STARTTLS may be meant",
        Some(Tls::InvalidCertificate(_)) => "the certificate of the other side is not trusted",
        _ => return error,
    };
    io::Error::new(error.kind(), format!("{hint} ({error})"))
}

/// "If the certificate's signatureAlgorithm uses a single hash function, and that hash function is either MD5 or SHA-1,
/// then use SHA-256"; otherwise use its own. Where there is none, there is no binding.
fn end_point_hash(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let parsed = Certificate::from_der(certificate).ok()?;
    let octets: &[u8] = certificate;
    match parsed.signature_algorithm().oid.to_string().as_str() {
        // md5, sha1, sha256 with RSA; ECDSA with SHA-1, SHA-256; DSA with SHA-1, SHA-256
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.1"
        | "1.2.840.10045.4.3.2"
        | "1.2.840.10040.4.3"
        | "2.16.840.1.101.3.4.3.2" => Some(Sha256::digest(octets).to_vec()),
        // sha384 with RSA, ECDSA
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(Sha384::digest(octets).to_vec()),
        // sha512 with RSA, ECDSA
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(Sha512::digest(octets).to_vec()),
        _ => None,
    }
}

fn provider() -> Result<Arc<CryptoProvider>, Error> {
    #[cfg(feature = "aws-lc-rs")]
    return Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
    #[cfg(all(not(feature = "aws-lc-rs"), feature = "ring"))]
    return Ok(Arc::new(rustls::crypto::ring::default_provider()));
    #[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
    Err(Error::NoProvider)
}
