//! The part of gRPC over HTTP/2 that a server of small messages needs: framing, content types and how a call ends.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use prost::Message;

/// Content type of calls and answers.
pub const CONTENT_TYPE: &str = "application/grpc";
/// Bytes before each message: whether it is compressed, and its length.
const PREFIX: usize = 5;
/// Characters that `grpc-message` does not have as they are, besides those outside ASCII.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// How a call ended that has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What kind of failure it is.
    pub code: Code,
    /// For the log of the client.
    pub message: String,
}

/// Codes of failures, as gRPC numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The call says something that cannot be meant.
    InvalidArgument = 3,
    /// What the call names does not exist.
    NotFound = 5,
    /// There is no such method.
    Unimplemented = 12,
    /// The same call may succeed in a moment.
    Unavailable = 14,
}

impl Failure {
    /// A failure with its message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// Its message as a header holds it.
    #[must_use]
    pub fn encoded(&self) -> String {
        utf8_percent_encode(&self.message, ENCODED).to_string()
    }
}

/// Whether a call with this content type is one of gRPC with Protocol Buffers.
#[must_use]
pub fn is_grpc(content_type: &str) -> bool {
    let rest = content_type.strip_prefix(CONTENT_TYPE);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("+proto") || rest.starts_with(';'))
}

/// The one message of a call.
///
/// # Errors
/// When the body is not exactly one message of this kind, without compression.
pub fn decode<M: Message + Default>(body: &[u8]) -> Result<M, Failure> {
    let broken = || Failure::new(Code::InvalidArgument, "the body must be one message");
    let (prefix, message) = body.split_first_chunk::<PREFIX>().ok_or_else(broken)?;
    let [compressed, length @ ..] = *prefix;
    if compressed != 0 {
        return Err(Failure::new(Code::Unimplemented, "messages must not be compressed"));
    }
    if u32::from_be_bytes(length) as usize != message.len() {
        return Err(broken());
    }
    M::decode(message).map_err(|_| broken())
}

/// `message` as it goes over the wire.
#[must_use]
pub fn encode(message: &impl Message) -> Vec<u8> {
    let length = message.encoded_len();
    let mut framed = Vec::with_capacity(PREFIX + length);
    framed.push(0);
    framed.extend((length as u32).to_be_bytes());
    framed.extend(message.encode_to_vec());
    framed
}

#[cfg(test)]
mod tests {
    use super::super::messages::{IsActiveResponse, ScaledObjectRef};
    use super::*;

    #[test]
    fn a_message_has_its_length_before_it() {
        assert_eq!(encode(&IsActiveResponse { result: true }), [0, 0, 0, 0, 2, 8, 1]);
        assert_eq!(encode(&IsActiveResponse { result: false }), [0, 0, 0, 0, 0]);
        assert_eq!(decode::<IsActiveResponse>(&[0, 0, 0, 0, 2, 8, 1]), Ok(IsActiveResponse { result: true }));
    }

    #[test]
    fn what_is_not_one_whole_message_is_refused() {
        let reference = encode(&ScaledObjectRef { name: "letters".into(), ..ScaledObjectRef::default() });
        let code = |body: &[u8]| decode::<ScaledObjectRef>(body).map_err(|failure| failure.code);
        assert!(code(&reference).is_ok());
        for end in 0..reference.len() {
            assert_eq!(code(&reference[..end]), Err(Code::InvalidArgument), "{end}");
        }
        assert_eq!(code(&[reference.as_slice(), &[0]].concat()), Err(Code::InvalidArgument));
        assert_eq!(code(&[0, 0, 0, 0, 2, 0xff, 0xff]), Err(Code::InvalidArgument));
        assert_eq!(code(&[&[1], &reference[1..]].concat()), Err(Code::Unimplemented));
    }

    #[test]
    fn only_grpc_with_protocol_buffers_is_taken() {
        for taken in ["application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8"] {
            assert!(is_grpc(taken), "{taken}");
        }
        for refused in ["", "application/json", "application/grpc+json", "application/grpc-web"] {
            assert!(!is_grpc(refused), "{refused}");
        }
    }

    #[test]
    fn the_message_of_a_failure_fits_into_a_header() {
        let failure = Failure::new(Code::NotFound, "no app `früh`\n100 %");
        assert_eq!(failure.encoded(), "no app `fr%C3%BCh`%0A100 %25");
    }
}
