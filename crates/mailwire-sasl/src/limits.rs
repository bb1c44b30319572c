/// What a peer may make this side store and compute.
///
/// ```
/// use mailwire_sasl::Limits;
///
/// let mut limits = Limits::default();
/// limits.max_iterations = 100_000;
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest SCRAM iteration count that a client computes: 1,000,000, about a second of one core. A
    /// hostile server would otherwise ask for minutes.
    pub max_iterations: u32,
    /// The largest message in octets, before base64: 16 KiB, since tokens of several KiB exist.
    pub max_message: usize,
    /// The longest SCRAM nonce in octets, of both sides together: 1 KiB.
    pub max_nonce: usize,
    /// The longest SCRAM salt in octets that a client takes: 1 KiB.
    pub max_salt: usize,
    /// The smallest SCRAM iteration count that a client computes: 4096.
    ///
    /// "Servers SHOULD announce a hash iteration-count of at least 4096"
    /// ([RFC 5802 section 5.1](https://www.rfc-editor.org/rfc/rfc5802#section-5.1)): with less, who pretends to be the
    /// server gets a proof from which the password is quickly guessed. Lower it for one old server only.
    pub min_iterations: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_iterations: 1_000_000,
            max_message: 16 * 1024,
            max_nonce: 1024,
            max_salt: 1024,
            min_iterations: 4096,
        }
    }
}
