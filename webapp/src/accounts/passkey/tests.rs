//! Real keys sign here, and the vectors of the specification are read: what is as it should be is taken, and every way in
//! which it can be otherwise is refused.

use fixtures::authenticator::{
    ATTESTED, Authenticator, BACKED_UP, BACKUP_ELIGIBLE, EXTENSIONS, USER_PRESENT, USER_VERIFIED, decode, encode,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::authentication::{self, Kept, Used};
use super::authenticator_data::AuthenticatorData;
use super::cbor::Map;
use super::public_key::PublicKey;
use super::registration::{self, Made};
use super::*;

const ORIGIN: &str = "https://letters.example";
const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const HANDLE: [u8; 32] = [9; 32];

fn party() -> Party {
    Party::under("letters.example").expect("has a name")
}

fn creation() -> Value {
    options::creation(&party(), &HANDLE, "jane", CHALLENGE, &[])
}

fn request() -> Value {
    options::request(&party(), CHALLENGE)
}

fn register(sent: &Value) -> Result<Made, Refusal> {
    registration::verify(&Attestation::read(&sent.to_string())?, CHALLENGE, &party())
}

/// The passkey of this authenticator, as it is kept.
fn kept(authenticator: &mut Authenticator) -> Kept {
    let made = register(&authenticator.create(&creation(), ORIGIN)).expect("is made");
    Kept {
        rp_id: "letters.example".to_owned(),
        handle: HANDLE.to_vec(),
        public_key: made.public_key,
        sign_count: made.sign_count,
        is_backup_eligible: made.is_backup_eligible,
    }
}

fn log_in(kept: &Kept, sent: &Value) -> Result<Used, Refusal> {
    authentication::verify(&Assertion::read(&sent.to_string())?, kept, CHALLENGE, &party())
}

/// Changes bytes of an answer.
fn changed(answer: &Value, name: &str, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut answer = answer.clone();
    let mut bytes = decode(&answer["response"][name]);
    change(&mut bytes);
    answer["response"][name] = encode(&bytes).into();
    answer
}

/// A change of an authenticator that lies, and why what it says is refused.
type Lie = (&'static str, fn(&mut Authenticator), Refusal);

const LIES: [Lie; 14] = [
    ("for another purpose", |liar| liar.client_data = json!({"type": "payment.get"}), Refusal::Purpose),
    ("another challenge", |liar| liar.client_data = json!({"challenge": "AAAA"}), Refusal::Challenge),
    ("no challenge", |liar| liar.client_data = json!({"challenge": ""}), Refusal::Challenge),
    ("another origin", |liar| liar.client_data = json!({"origin": "https://evil.example"}), Refusal::Origin),
    ("a part of it", |liar| liar.client_data = json!({"origin": "https://x.letters.example"}), Refusal::Origin),
    ("plain HTTP", |liar| liar.client_data = json!({"origin": "http://letters.example"}), Refusal::Origin),
    ("inside another", |liar| liar.client_data = json!({"crossOrigin": true}), Refusal::Embedded),
    ("whose top is", |liar| liar.client_data = json!({"topOrigin": "https://evil.example"}), Refusal::Embedded),
    ("a type that is none", |liar| liar.client_data = json!({"origin": 7}), Refusal::Unreadable),
    ("nobody was there", |liar| liar.flags = USER_VERIFIED, Refusal::Absent),
    ("nobody was verified", |liar| liar.flags = USER_PRESENT, Refusal::Unverified),
    ("a copy that cannot be", |liar| liar.flags |= BACKED_UP, Refusal::Backup),
    ("bytes behind the end", |liar| liar.trailer = vec![0], Refusal::Unreadable),
    ("extensions that are none", |liar| liar.flags |= EXTENSIONS, Refusal::Unreadable),
];

#[test]
fn a_passkey_is_made_and_logs_in() {
    let mut authenticator = Authenticator::default();
    authenticator.flags |= BACKUP_ELIGIBLE;
    let made = register(&authenticator.create(&creation(), ORIGIN)).expect("is made");
    assert_eq!((&made.credential_id, made.sign_count), (&authenticator.credential_id, 0));
    assert_eq!((&made.public_key, made.is_backed_up), (&authenticator.public_key(), false));
    let kept = kept(&mut authenticator);
    authenticator.flags |= BACKED_UP;
    let answer = authenticator.get(&request(), ORIGIN);
    assert_eq!(log_in(&kept, &answer), Ok(Used { sign_count: 0, is_backed_up: true }));
    assert_eq!(challenge_of(&decode(&answer["response"]["clientDataJSON"])).as_deref(), Ok(CHALLENGE));
}

#[test]
fn a_browser_is_asked_for_what_is_verified_later() {
    let others = [vec![1, 2, 3]];
    let options = options::creation(&party(), &HANDLE, "jane", CHALLENGE, &others);
    let selection = &options["authenticatorSelection"];
    assert_eq!((&selection["residentKey"], &selection["userVerification"]), (&json!("required"), &json!("required")));
    assert_eq!((&options["attestation"], &options["excludeCredentials"][0]["id"]), (&json!("none"), &json!("AQID")));
    let algorithms: Vec<_> = options["pubKeyCredParams"].as_array().expect("a list").iter().collect();
    assert_eq!(algorithms.iter().map(|one| one["alg"].clone()).collect::<Vec<_>>(), [-8, -7, -257]);
    assert_eq!((&request()["userVerification"], &request()["timeout"]), (&json!("required"), &json!(300_000)));
}

#[test]
fn no_lie_of_a_browser_or_an_authenticator_makes_a_passkey_or_logs_in() {
    for (lie, change, refusal) in LIES {
        let mut liar = Authenticator::default();
        let kept = kept(&mut liar);
        change(&mut liar);
        assert_eq!(register(&liar.create(&creation(), ORIGIN)), Err(refusal), "made: {lie}");
        assert_eq!(log_in(&kept, &liar.get(&request(), ORIGIN)), Err(refusal), "logged in: {lie}");
    }
}

#[test]
fn what_was_made_for_another_site_is_for_no_other() {
    let mut authenticator = Authenticator::default();
    let kept = kept(&mut authenticator);
    let (mut creation, mut request) = (creation(), request());
    creation["rp"]["id"] = "evil.example".into();
    request["rpId"] = "evil.example".into();
    assert_eq!(register(&authenticator.create(&creation, ORIGIN)), Err(Refusal::Site));
    assert_eq!(log_in(&kept, &authenticator.get(&request, ORIGIN)), Err(Refusal::Site));
    // A site that has another name by now.
    let moved = Kept { rp_id: "old.example".to_owned(), ..kept };
    assert_eq!(log_in(&moved, &authenticator.get(&super::tests::request(), ORIGIN)), Err(Refusal::Site));
}

#[test]
fn an_answer_is_for_its_own_question() {
    let mut authenticator = Authenticator::default();
    let kept = kept(&mut authenticator);
    authenticator.client_data = json!({"type": "webauthn.get"});
    assert_eq!(register(&authenticator.create(&creation(), ORIGIN)), Err(Refusal::Purpose));
    authenticator.client_data = json!({"type": "webauthn.create"});
    assert_eq!(log_in(&kept, &authenticator.get(&request(), ORIGIN)), Err(Refusal::Purpose));
}

#[test]
fn a_passkey_logs_in_the_account_that_it_names_and_no_other() {
    let mut authenticator = Authenticator::default();
    let kept = kept(&mut authenticator);
    let mut answer = authenticator.get(&request(), ORIGIN);
    answer["response"]["userHandle"] = Value::Null;
    assert_eq!(log_in(&kept, &answer), Err(Refusal::Owner));
    answer["response"].as_object_mut().expect("an object").remove("userHandle");
    assert_eq!(log_in(&kept, &answer), Err(Refusal::Owner));
    authenticator.handle = vec![8; 32];
    assert_eq!(log_in(&kept, &authenticator.get(&request(), ORIGIN)), Err(Refusal::Owner));
}

#[test]
fn a_signature_is_by_the_key_of_the_passkey_and_over_all_that_was_said() {
    let mut authenticator = Authenticator::default();
    let kept = kept(&mut authenticator);
    let answer = authenticator.get(&request(), ORIGIN);
    let mut other = Authenticator { handle: HANDLE.to_vec(), ..Authenticator::default() };
    assert_eq!(log_in(&kept, &other.get(&request(), ORIGIN)), Err(Refusal::Signature));
    let tampered = [
        // The counter, white space in the client data, and the signature itself.
        changed(&answer, "authenticatorData", |bytes| bytes[36] = 9),
        changed(&answer, "clientDataJSON", |bytes| bytes.push(b' ')),
        changed(&answer, "signature", |bytes| *bytes.last_mut().expect("is there") ^= 1),
        changed(&answer, "signature", |bytes| bytes.push(0)),
        changed(&answer, "signature", Vec::clear),
        changed(&answer, "signature", |bytes| *bytes = vec![0x30; 100_000 / 4]),
    ];
    for answer in tampered {
        assert_eq!(log_in(&kept, &answer), Err(Refusal::Signature), "{answer}");
    }
}

#[test]
fn who_counts_counts_upward() {
    let mut authenticator = Authenticator { sign_count: 6, ..Authenticator::default() };
    let mut kept = kept(&mut authenticator);
    assert_eq!(kept.sign_count, 7);
    let used = log_in(&kept, &authenticator.get(&request(), ORIGIN)).expect("is higher");
    assert_eq!(used.sign_count, 8);
    kept.sign_count = used.sign_count;
    for count in [0, 6, 7] {
        authenticator.sign_count = count;
        assert_eq!(log_in(&kept, &authenticator.get(&request(), ORIGIN)), Err(Refusal::Counter), "after {count}");
    }
    authenticator.sign_count = 8;
    assert!(log_in(&kept, &authenticator.get(&request(), ORIGIN)).is_ok());
}

#[test]
fn the_kind_of_a_passkey_does_not_change() {
    let mut authenticator = Authenticator::default();
    let kept = kept(&mut authenticator);
    authenticator.flags |= BACKUP_ELIGIBLE;
    assert_eq!(log_in(&kept, &authenticator.get(&request(), ORIGIN)), Err(Refusal::Backup));
    // One that is in a log-in as if it were made anew.
    authenticator.flags = USER_PRESENT | USER_VERIFIED | ATTESTED;
    let fake = [vec![7; 16], vec![0, 1, 5], authenticator.public_key()].concat();
    authenticator.trailer = fake;
    assert_eq!(log_in(&kept, &authenticator.get(&request(), ORIGIN)), Err(Refusal::Unreadable));
}

#[test]
fn extensions_that_nobody_asked_for_are_passed_over() {
    let mut authenticator = Authenticator::default();
    let kept = kept(&mut authenticator);
    authenticator.flags |= EXTENSIONS;
    // {"x": true}
    authenticator.trailer = vec![0xa1, 0x61, b'x', 0xf5];
    assert!(register(&authenticator.create(&creation(), ORIGIN)).is_ok());
    assert!(log_in(&kept, &authenticator.get(&request(), ORIGIN)).is_ok());
    authenticator.trailer.push(0xa0);
    assert_eq!(register(&authenticator.create(&creation(), ORIGIN)), Err(Refusal::Unreadable));
}

#[test]
fn ids_have_at_most_1023_bytes_and_are_not_empty() {
    for (length, verdict) in
        [(1, None), (1023, None), (0, Some(Refusal::CredentialId)), (1024, Some(Refusal::CredentialId))]
    {
        let mut authenticator = Authenticator { credential_id: vec![5; length], ..Authenticator::default() };
        let made = register(&authenticator.create(&creation(), ORIGIN));
        assert_eq!(made.err(), verdict, "{length}");
    }
}

#[test]
fn an_attestation_object_is_one_map_and_nothing_behind_it() {
    let answer = Authenticator::default().create(&creation(), ORIGIN);
    let name = "attestationObject";
    let unreadable = [
        changed(&answer, name, |bytes| bytes.push(0)),
        changed(&answer, name, |bytes| bytes.truncate(bytes.len() - 1)),
        changed(&answer, name, Vec::clear),
        // "none" with a statement: {"a": 1} in place of {}.
        changed(&answer, name, |bytes| {
            let at = bytes.windows(8).position(|part| part == b"gattStmt").expect("is there") + 8;
            bytes.splice(at..=at, [0xa1, 0x61, b'a', 1]);
        }),
    ];
    for answer in unreadable {
        assert_eq!(register(&answer), Err(Refusal::Unreadable), "{answer}");
    }
    // A statement of a maker, which nobody asked for: nothing of it is believed.
    let packed = changed(&answer, name, |bytes| {
        let at = bytes.windows(5).position(|part| part == b"dnone").expect("is there");
        bytes.splice(at..at + 5, *b"fpacked");
    });
    assert!(register(&packed).is_ok());
}

#[test]
fn a_key_of_another_kind_or_length_is_none() {
    let key = Authenticator::default().public_key();
    assert!(PublicKey::read(&key).is_ok());
    let with = |at: usize, byte: u8| {
        let mut key = key.clone();
        key[at] = byte;
        key
    };
    // {1: 2, 3: -7, -1: 1, -2: h'...', -3: h'...'}: the kind, the algorithm, the curve, the length of x.
    let cases = [with(2, 3), with(4, 0x27), with(6, 2), with(9, 31), [key.clone(), vec![0]].concat(), Vec::new()];
    for case in cases {
        assert_eq!(PublicKey::read(&case).err(), Some(Refusal::Key), "{case:?}");
    }
    // A point that is on no curve is read, and has signed nothing.
    let off = PublicKey::read(&with(30, key[30] ^ 1)).expect("has the right lengths");
    assert!(!off.signed(b"", b""));
}

#[test]
fn what_is_no_answer_or_absurdly_long_is_not_read() {
    let answer = Authenticator::default().create(&creation(), ORIGIN);
    let mut padded = answer.clone();
    padded["response"]["clientDataJSON"] = "e30=".into();
    let mut other = answer.clone();
    other["type"] = "password".into();
    let mut long = answer.clone();
    long["more"] = "x".repeat(64 * 1024).into();
    for sent in ["", "null", "[]", "{}", &padded.to_string(), &other.to_string(), &long.to_string()] {
        assert!(Attestation::read(sent).is_err() && Assertion::read(sent).is_err(), "{sent}");
    }
    assert!(Attestation::read(&answer.to_string()).is_ok());
}

/// The vectors of the specification: a name, three lines of a registration and four of a log-in.
fn vectors() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let text = include_str!("tests/vectors.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines: Vec<_> = text.collect();
    let bytes = |line: &&str| hex::decode(line).expect("is hexadecimal");
    lines.chunks(8).map(|vector| (vector[0], vector[1..].iter().map(bytes).collect())).collect()
}

#[test]
fn the_vectors_of_the_specification_are_verified() {
    let site = Party::under("example.org").expect("has a name");
    let mut names = Vec::new();
    for (name, parts) in vectors() {
        let [challenge, client_data, attestation_object, again, data, get, signature] =
            <[_; 7]>::try_from(parts).expect("seven");
        let attestation = Attestation { client_data, attestation_object };
        let object = Map::whole(&attestation.attestation_object).expect("is a map");
        let made = AuthenticatorData::read(object.bytes("authData").expect("is there")).expect("is read");
        let attested = made.attested.as_ref().expect("a passkey");
        let verdict = registration::verify(&attestation, &encode(&challenge), &site).err();
        let Ok(key) = PublicKey::read(attested.public_key) else {
            assert_eq!((name, verdict), ("packed.ES384", made.check(&site).err().or(Some(Refusal::Key))));
            continue;
        };
        let expected = match name {
            "none.ES256.crossOrigin" | "none.ES256.topOrigin" => Some(Refusal::Embedded),
            _ => made.check(&site).err(),
        };
        assert_eq!(verdict, expected, "{name}: not every vector's user was verified");
        let hash = ring::digest::digest(&ring::digest::SHA256, &get);
        assert!(key.signed(&[&*data, hash.as_ref()].concat(), &signature), "{name}");
        assert!(!key.signed(&[&*data, &hash.as_ref()[1..]].concat(), &signature), "{name}");
        assert_eq!(challenge_of(&get), Ok(encode(&again)), "{name}");
        names.push((name, attested.credential_id.len()));
    }
    assert_eq!(names.len(), 7, "{names:?}");
    assert!(names.contains(&("none.ES256.long-credential-id", 1023)), "{names:?}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0usize..400, byte: u8) {
        let _ = PublicKey::read(&bytes);
        let _ = AuthenticatorData::read(&bytes);
        let _ = Map::first(&bytes);
        let _ = challenge_of(&bytes);
        let answer = Attestation { client_data: bytes.clone(), attestation_object: bytes.clone() };
        prop_assert!(registration::verify(&answer, CHALLENGE, &party()).is_err());
        // One byte of what is right.
        let mut authenticator = Authenticator::default();
        let kept = kept(&mut authenticator);
        for (name, answer) in [
            ("attestationObject", authenticator.create(&creation(), ORIGIN)),
            ("authenticatorData", authenticator.get(&request(), ORIGIN)),
            ("clientDataJSON", authenticator.get(&request(), ORIGIN)),
            ("signature", authenticator.get(&request(), ORIGIN)),
        ] {
            let before = decode(&answer["response"][name]);
            let sent = changed(&answer, name, |bytes| {
                let at = at % bytes.len();
                bytes[at] = byte;
            });
            let is_same = decode(&sent["response"][name]) == before;
            let _ = register(&sent);
            if name != "attestationObject" {
                prop_assert_eq!(log_in(&kept, &sent).is_ok(), is_same, "{} {}", name, sent);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = Attestation::read(&text);
        let _ = Assertion::read(&text);
        let _ = Party::under(&text);
        let _ = Party::at(&text);
        let _ = Party::at(&format!("https://{text}"));
    }
}
