//! Public keys of passkeys in COSE (RFC 9052, 9053 and 8230), and signatures by them (section 6.5.5).

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::Refusal;
use super::cbor::Map;

/// Numbers of the algorithms that are asked for (IANA, COSE Algorithms), those first that are liked best: Ed25519, ECDSA
/// with P-256, RSA. Together they are on every authenticator (section 5.4).
pub const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

const EDDSA: i64 = -8;
const ES256: i64 = -7;
const RS256: i64 = -257;

/// Labels of a key's parameters: its kind, its algorithm, and what depends on the kind.
const KTY: i64 = 1;
const ALG: i64 = 3;
const CRV_OR_N: i64 = -1;
const X_OR_E: i64 = -2;
const Y: i64 = -3;

/// Values of the kind: a curve of Edwards, another curve, RSA; and of the curve.
const OKP: i64 = 1;
const EC2: i64 = 2;
const RSA: i64 = 3;
const P256: i64 = 1;
const CURVE_ED25519: i64 = 6;

/// Lengths of the modulus of RSA in bytes that `ring` takes, and of its exponent.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;
const EXPONENT: std::ops::RangeInclusive<usize> = 1..=5;

/// A public key of one of [`ALGORITHMS`].
pub enum PublicKey {
    /// The 32 bytes of Ed25519.
    Ed25519(Vec<u8>),
    /// A point of P-256, uncompressed.
    P256(Vec<u8>),
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
}

impl PublicKey {
    /// Reads a key.
    ///
    /// # Errors
    /// [`Refusal::Key`] when it is of a kind that was not asked for, or its numbers have other lengths.
    pub fn read(cose: &[u8]) -> Result<Self, Refusal> {
        Map::whole(cose).and_then(|key| Self::of(&key)).ok_or(Refusal::Key)
    }

    fn of(key: &Map) -> Option<Self> {
        let bytes = |label| key.bytes(label);
        match (key.number(KTY)?, key.number(ALG)?) {
            (OKP, EDDSA) if key.number(CRV_OR_N)? == CURVE_ED25519 => {
                bytes(X_OR_E).filter(|x| x.len() == 32).map(|x| Self::Ed25519(x.to_vec()))
            }
            (EC2, ES256) if key.number(CRV_OR_N)? == P256 => {
                let (x, y) = (bytes(X_OR_E)?, bytes(Y)?);
                (x.len() == 32 && y.len() == 32).then(|| Self::P256([&[4], x, y].concat()))
            }
            (RSA, RS256) => {
                let (n, e) = (without_zeros(bytes(CRV_OR_N)?), without_zeros(bytes(X_OR_E)?));
                let fits = MODULUS.contains(&n.len()) && EXPONENT.contains(&e.len());
                fits.then(|| Self::Rsa(n.to_vec(), e.to_vec()))
            }
            _ => None,
        }
    }

    /// Whether this key signed the message.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let verdict = match self {
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature),
            Self::Rsa(n, e) => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
        };
        verdict.is_ok()
    }
}

/// A number without the zeros before it.
fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}
