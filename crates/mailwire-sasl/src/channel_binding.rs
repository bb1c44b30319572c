use crate::Secret;

/// Octets that name one TLS connection, so that a login over it is worth nothing over another
/// ([RFC 5056](https://www.rfc-editor.org/rfc/rfc5056)).
///
/// They come from the TLS library: this crate only compares them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChannelBinding {
    /// How the octets were made.
    pub kind: ChannelBindingKind,
    /// The octets.
    pub data: Secret,
}

impl ChannelBinding {
    /// The binding of `kind` with the octets `data`.
    #[must_use]
    pub fn new(kind: ChannelBindingKind, data: impl Into<Secret>) -> Self {
        Self { kind, data: data.into() }
    }
}

/// How the octets of a [`ChannelBinding`] were made.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ChannelBindingKind {
    /// `tls-exporter`: 32 octets of exported keying material with the label `EXPORTER-Channel-Binding` and an empty
    /// context ([RFC 9266 section 2](https://www.rfc-editor.org/rfc/rfc9266#section-2)).
    TlsExporter,
    /// `tls-server-end-point`: the hash of the server's certificate
    /// ([RFC 5929 section 4](https://www.rfc-editor.org/rfc/rfc5929#section-4)).
    TlsServerEndPoint,
}

impl ChannelBindingKind {
    /// The registered name: `cb-name` of [RFC 5802 section 7](https://www.rfc-editor.org/rfc/rfc5802#section-7).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TlsExporter => "tls-exporter",
            Self::TlsServerEndPoint => "tls-server-end-point",
        }
    }
}
