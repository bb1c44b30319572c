//! Certificates for `localhost`.

use std::fmt;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

use super::Error;

/// A certificate for `localhost`, `127.0.0.1` and `::1`, and the certificate authority that signed it.
///
/// The authority is made for this one certificate. A client trusts the authority, a server shows the certificate:
/// all TLS libraries accept that.
#[derive(Clone)]
pub struct Certificate {
    authority_der: Vec<u8>,
    authority_pem: String,
    der: Vec<u8>,
    key_der: Vec<u8>,
    key_pem: String,
    pem: String,
}

impl Certificate {
    /// Makes an authority and a certificate, both with fresh ECDSA keys.
    ///
    /// # Errors
    ///
    /// [`Error::Certificate`] if a key or a certificate cannot be made.
    pub fn localhost() -> Result<Self, Error> {
        Self::make().map_err(|error| Error::Certificate(error.to_string()))
    }

    fn make() -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "Mailwire test authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;

        let key = KeyPair::generate()?;
        let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(&key, &authority)?;

        Ok(Self {
            authority_der: authority.der().to_vec(),
            authority_pem: authority.pem(),
            der: certificate.der().to_vec(),
            key_der: key.serialize_der(),
            key_pem: key.serialize_pem(),
            pem: certificate.pem(),
        })
    }

    /// The authority in DER, for a client's list of roots.
    #[must_use]
    pub fn authority_der(&self) -> &[u8] {
        &self.authority_der
    }

    /// The authority in PEM, for [`Account::authority`](super::Account::authority).
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// The server's certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The server's private key in DER (PKCS #8).
    #[must_use]
    pub fn key_der(&self) -> &[u8] {
        &self.key_der
    }

    /// The server's private key in PEM (PKCS #8).
    #[must_use]
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// The server's certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}
