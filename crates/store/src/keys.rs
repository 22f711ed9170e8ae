//! One master key, and the keys derived from it: for sealing, for finding by hash, for chains and pseudonyms.

use crate::StoreError;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::{AdRef, Contact, ContactKind};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::cell::RefCell;
use std::collections::BTreeMap;
use zstd::bulk::Compressor;

/// The master key: 32 bytes outside the data folder. `Debug` shows nothing.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// From bytes, for instance those that the demo makes from its seed.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new one from the system's randomness.
    pub fn random() -> Result<Self, StoreError> {
        let mut bytes = [0; 32];
        fill_random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// From a key file's text: 64 hex digits or base64 of 32 bytes, white space around it allowed.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let text = text.trim();
        let bytes = from_hex(text).or_else(|| from_base64(text));
        match bytes.map(<[u8; 32]>::try_from) {
            Some(Ok(bytes)) => Ok(Self(bytes)),
            Some(Err(bytes)) => Err(StoreError::BadKey { what: format!("it holds {} bytes", bytes.len()) }),
            None => Err(StoreError::BadKey { what: "it is neither hex nor base64".to_owned() }),
        }
    }

    /// As a key file's text: 64 hex digits and a line end.
    pub fn to_file_text(&self) -> String {
        let mut text = to_hex(&self.0);
        text.push('\n');
        text
    }
}

/// What a keyed hash is for. Each has its own key, so that a hash found in one table says nothing about another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Ad,
    Contact,
    Content,
    Url,
    Persona,
    Chain,
    Pseudonym,
    Session,
    Throttle,
    Import,
    Recipient,
    SignIn,
}

impl Purpose {
    /// What others go by, or what cannot be computed anew: it stays under the first key when the master key changes.
    fn stays(self) -> bool {
        matches!(self, Purpose::Chain | Purpose::Recipient)
    }

    const ALL: [(Purpose, &'static str); 12] = [
        (Purpose::Ad, "bavn/1/ad"),
        (Purpose::Contact, "bavn/1/contact"),
        (Purpose::Content, "bavn/1/content"),
        (Purpose::Url, "bavn/1/url"),
        (Purpose::Persona, "bavn/1/persona"),
        (Purpose::Chain, "bavn/1/chain"),
        (Purpose::Pseudonym, "bavn/1/pseudonym"),
        (Purpose::Session, "bavn/1/session"),
        (Purpose::Throttle, "bavn/1/throttle"),
        (Purpose::Import, "bavn/1/import"),
        (Purpose::Recipient, "bavn/1/recipient"),
        (Purpose::SignIn, "bavn/1/sign-in"),
    ];
}

/// Keys for hashes under earlier master keys, hex, by what they are for, the first one first.
pub(crate) type OlderKeys = BTreeMap<String, Vec<String>>;

/// The keys for hashes of one purpose: the first hashes what is to be found, each later one the hash before.
#[derive(Clone)]
struct Layers {
    purpose: Purpose,
    info: &'static str,
    keys: Vec<[u8; 32]>,
    macs: Vec<Hmac<Sha256>>,
}

impl Layers {
    fn new(purpose: Purpose, info: &'static str, keys: Vec<[u8; 32]>) -> Self {
        let macs = keys.iter().map(|key| <Hmac<Sha256> as KeyInit>::new(&hmac_key(*key))).collect();
        Self { purpose, info, keys, macs }
    }
}

/// The derived keys.
#[derive(Clone)]
pub(crate) struct Keys {
    sealer: XChaCha20Poly1305,
    id: [u8; 4],
    check: [u8; 32],
    hashes: Vec<Layers>,
}

/// First byte of every sealed value: form of the rest.
const SEAL_FORM: u8 = 1;
const NONCE_AT: usize = 5;
const BODY_AT: usize = NONCE_AT + 24;

impl Keys {
    pub(crate) fn derive(master: &MasterKey) -> Self {
        let source = Hkdf::<Sha256>::new(None, &master.0);
        let derive = |info: &str| {
            let mut key = [0; 32];
            // HKDF-SHA-256 refuses more than 8,160 bytes; 32 are asked for.
            let _ = source.expand(info.as_bytes(), &mut key);
            key
        };
        let check = derive("bavn/1/check");
        let hashes =
            Purpose::ALL.into_iter().map(|(purpose, info)| Layers::new(purpose, info, vec![derive(info)])).collect();
        let id_source = derive("bavn/1/key-id");
        let id = [id_source[0], id_source[1], id_source[2], id_source[3]];
        Self { sealer: XChaCha20Poly1305::new(&derive("bavn/1/seal").into()), id, check, hashes }
    }

    /// Stored once; another key gives another value.
    pub(crate) fn check(&self) -> &[u8; 32] {
        &self.check
    }

    /// Keyed hash over parts, each with its length, so that no two lists of parts are one.
    pub(crate) fn hash(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.hash_by(usize::MAX, purpose, parts)
    }

    /// As [`Keys::hash`], under the first master key alone, for what is kept where no change of the key reaches it.
    pub(crate) fn hash_at_first(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        self.hash_by(1, purpose, parts)
    }

    /// Under the first master keys, so many of them at most.
    fn hash_by(&self, most: usize, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut layers = self.layers(purpose).iter().take(most);
        match layers.next() {
            Some(first) => layers.fold(hash_parts(first, parts), |hash, mac| hash_parts(mac, &[&hash])),
            None => [0; 32],
        }
    }

    /// The hash that follows one under the keys before the newest.
    pub(crate) fn nest(&self, purpose: Purpose, hash: &[u8]) -> [u8; 32] {
        self.layers(purpose).last().map_or([0; 32], |last| hash_parts(last, &[hash]))
    }

    fn layers(&self, purpose: Purpose) -> &[Hmac<Sha256>] {
        // `hashes` is made from `Purpose::ALL`, which names every purpose (a test counts them).
        self.hashes.iter().find(|layers| layers.purpose == purpose).map_or(&[], |layers| &layers.macs)
    }

    /// The keys after a change of the master key: what was found under the old one is found under the new one.
    pub(crate) fn after(master: &MasterKey, old: &Keys) -> Self {
        let older = old.hashes.iter().map(|of| (of.info.to_owned(), of.keys.iter().map(|key| to_hex(key)).collect()));
        Self::derive(master).with_older(&older.collect())
    }

    /// With the keys for hashes under earlier master keys.
    pub(crate) fn with_older(mut self, older: &OlderKeys) -> Self {
        for layers in &mut self.hashes {
            let Some(before) = older.get(layers.info) else { continue };
            let key = |hex: &String| from_hex(hex).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
            let mut keys: Vec<[u8; 32]> = before.iter().filter_map(key).collect();
            if !layers.purpose.stays() {
                keys.extend(&layers.keys);
            }
            *layers = Layers::new(layers.purpose, layers.info, keys);
        }
        self
    }

    /// The keys for hashes that [`Keys::with_older`] needs beside the master key, sealed.
    pub(crate) fn sealed_older(&self) -> Result<Vec<u8>, StoreError> {
        let before = |layers: &Layers| {
            let own = usize::from(!layers.purpose.stays());
            let keys = &layers.keys[..layers.keys.len().saturating_sub(own)];
            (layers.info.to_owned(), keys.iter().map(|key| to_hex(key)).collect())
        };
        let older: OlderKeys = self.hashes.iter().map(before).collect();
        let json =
            serde_json::to_vec(&older).map_err(|_| StoreError::Corrupt { what: "the earlier keys for hashes" })?;
        self.seal("meta", crate::rotation::OLDER.as_bytes(), "value", &json)
    }

    /// Whether the master key was changed since the store was made.
    pub(crate) fn changed(&self) -> bool {
        self.layers(Purpose::Contact).len() > 1
    }

    /// Names the newest key where it must be told from another, hex.
    pub(crate) fn name(&self) -> String {
        to_hex(&self.id)
    }

    pub(crate) fn ad(&self, ad: &AdRef) -> [u8; 32] {
        self.hash(Purpose::Ad, &[ad.site.as_str().as_bytes(), ad.ad_id.as_bytes()])
    }

    /// As [`Keys::ad`], under the first master key alone.
    pub(crate) fn ad_at_first(&self, ad: &AdRef) -> [u8; 32] {
        self.hash_at_first(Purpose::Ad, &[ad.site.as_str().as_bytes(), ad.ad_id.as_bytes()])
    }

    pub(crate) fn contact(&self, contact: &Contact) -> [u8; 32] {
        self.hash(Purpose::Contact, &[contact_kind(contact.kind).as_bytes(), contact.value.as_bytes()])
    }

    /// `K-` and six characters that cannot be mistaken for each other, from the contact's hash.
    pub(crate) fn pseudonym(&self, contact_hash: &[u8]) -> String {
        self.pseudonym_by(usize::MAX, contact_hash)
    }

    /// Every pseudonym that a contact has had, the newest last: what was logged before a change of the master key names it
    /// by an earlier one.
    pub(crate) fn pseudonyms(&self, kind: ContactKind, value: &str) -> Vec<String> {
        let parts: [&[u8]; 2] = [contact_kind(kind).as_bytes(), value.as_bytes()];
        (1..=self.layers(Purpose::Contact).len())
            .map(|most| self.pseudonym_by(most, &self.hash_by(most, Purpose::Contact, &parts)))
            .collect()
    }

    fn pseudonym_by(&self, most: usize, contact_hash: &[u8]) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let hash = self.hash_by(most, Purpose::Pseudonym, &[contact_hash]);
        let name: String = hash.iter().take(6).map(|byte| char::from(LETTERS[usize::from(byte & 31)])).collect();
        format!("K-{name}")
    }

    /// Seals a value for one place: it cannot be opened in another table, row or column.
    pub(crate) fn seal(
        &self,
        table: &'static str,
        row: &[u8],
        column: &'static str,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; 24];
        fill_random(&mut nonce)?;
        let place = place(table, row, column);
        let body = self
            .sealer
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &place })
            .map_err(|_| StoreError::Unsealable { table, column })?;
        let mut blob = Vec::with_capacity(BODY_AT + body.len());
        blob.push(SEAL_FORM);
        blob.extend_from_slice(&self.id);
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(&body);
        Ok(blob)
    }

    /// Opens a sealed value.
    pub(crate) fn open(
        &self,
        table: &'static str,
        row: &[u8],
        column: &'static str,
        blob: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let fault = || StoreError::Unsealable { table, column };
        if blob.len() < BODY_AT || blob[0] != SEAL_FORM || blob[1..NONCE_AT] != self.id {
            return Err(fault());
        }
        let nonce = <[u8; 24]>::try_from(&blob[NONCE_AT..BODY_AT]).map_err(|_| fault())?;
        let place = place(table, row, column);
        self.sealer.decrypt(&XNonce::from(nonce), Payload { msg: &blob[BODY_AT..], aad: &place }).map_err(|_| fault())
    }

    pub(crate) fn seal_text(
        &self,
        table: &'static str,
        row: &[u8],
        column: &'static str,
        plain: &str,
    ) -> Result<Vec<u8>, StoreError> {
        self.seal(table, row, column, plain.as_bytes())
    }

    pub(crate) fn open_text(
        &self,
        table: &'static str,
        row: &[u8],
        column: &'static str,
        blob: &[u8],
    ) -> Result<String, StoreError> {
        String::from_utf8(self.open(table, row, column, blob)?).map_err(|_| StoreError::Unsealable { table, column })
    }

    /// Seals a value as compressed JSON.
    pub(crate) fn seal_json<T: serde::Serialize>(
        &self,
        table: &'static str,
        row: &[u8],
        column: &'static str,
        value: &T,
    ) -> Result<Vec<u8>, StoreError> {
        let json = serde_json::to_vec(value).map_err(|_| StoreError::Corrupt { what: table })?;
        self.seal(table, row, column, &compress(&json)?)
    }

    /// Opens a value sealed by [`Keys::seal_json`].
    pub(crate) fn open_json<T: serde::de::DeserializeOwned>(
        &self,
        table: &'static str,
        row: &[u8],
        column: &'static str,
        blob: &[u8],
    ) -> Result<T, StoreError> {
        let json = decompress(&self.open(table, row, column, blob)?, table)?;
        serde_json::from_slice(&json).map_err(|_| StoreError::Corrupt { what: table })
    }
}

thread_local! {
    /// Its tables are made once for each thread: for a page that is a good part of the work.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    let compressed = COMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(compressor) => compressor.compress(bytes),
        None => kept.insert(Compressor::new(1)?).compress(bytes),
    });
    compressed.map_err(|_| StoreError::Corrupt { what: "a value to compress" })
}

pub(crate) fn decompress(bytes: &[u8], what: &'static str) -> Result<Vec<u8>, StoreError> {
    zstd::stream::decode_all(bytes).map_err(|_| StoreError::Corrupt { what })
}

pub(crate) fn contact_kind(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Phone => "phone",
        ContactKind::Email => "email",
        ContactKind::Handle => "handle",
    }
}

pub(crate) fn parse_contact_kind(text: &str) -> Result<ContactKind, StoreError> {
    match text {
        "phone" => Ok(ContactKind::Phone),
        "email" => Ok(ContactKind::Email),
        "handle" => Ok(ContactKind::Handle),
        _ => Err(StoreError::Corrupt { what: "a contact's kind" }),
    }
}

fn hash_parts(mac: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = mac.clone();
    for part in parts {
        mac.update(&(part.len() as u64).to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn hmac_key(key: [u8; 32]) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block[..32].copy_from_slice(&key);
    block
}

fn place(table: &str, row: &[u8], column: &str) -> Vec<u8> {
    let mut place = Vec::with_capacity(table.len() + row.len() + column.len() + 8);
    place.extend_from_slice(table.as_bytes());
    place.push(b'|');
    place.extend_from_slice(&(row.len() as u32).to_le_bytes());
    place.extend_from_slice(row);
    place.push(b'|');
    place.extend_from_slice(column.as_bytes());
    place
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|error| StoreError::Random { what: error.to_string() })
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut have) = (Vec::new(), 0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        have += 6;
        if have >= 8 {
            have -= 8;
            bytes.push((bits >> have) as u8);
            bits &= (1 << have) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(seed: u8) -> Keys {
        Keys::derive(&MasterKey::from_bytes([seed; 32]))
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_in_its_place_only(plain in proptest::collection::vec(any::<u8>(), 0..200), row in any::<i64>(), flip in any::<usize>()) {
            let (ours, others) = (keys(1), keys(2));
            let row_bytes = row.to_le_bytes();
            let blob = ours.seal("ad", &row_bytes, "text", &plain).unwrap();
            prop_assert_eq!(ours.open("ad", &row_bytes, "text", &blob).unwrap(), plain.clone());
            prop_assert!(ours.open("ad", &row.wrapping_add(1).to_le_bytes(), "text", &blob).is_err());
            prop_assert!(ours.open("ad", &row_bytes, "title", &blob).is_err());
            prop_assert!(ours.open("page", &row_bytes, "text", &blob).is_err());
            prop_assert!(others.open("ad", &row_bytes, "text", &blob).is_err());
            let mut changed = blob.clone();
            let at = flip % changed.len();
            changed[at] ^= 1;
            prop_assert!(ours.open("ad", &row_bytes, "text", &changed).is_err());
            if plain.len() > 6 {
                prop_assert!(!blob.windows(plain.len()).any(|window| window == plain));
            }
        }

        #[test]
        fn hashes_differ_by_purpose_key_and_where_parts_end(a in "[a-z]{0,8}", b in "[a-z]{1,8}") {
            let keys_1 = keys(1);
            let parts = keys_1.hash(Purpose::Ad, &[a.as_bytes(), b.as_bytes()]);
            prop_assert_eq!(parts, keys_1.hash(Purpose::Ad, &[a.as_bytes(), b.as_bytes()]));
            let joined = format!("{a}{b}");
            prop_assert_ne!(parts, keys_1.hash(Purpose::Ad, &[joined.as_bytes()]));
            prop_assert_ne!(parts, keys_1.hash(Purpose::Contact, &[a.as_bytes(), b.as_bytes()]));
            prop_assert_ne!(parts, keys(2).hash(Purpose::Ad, &[a.as_bytes(), b.as_bytes()]));
        }

        #[test]
        fn a_key_file_gives_the_key_back(bytes in any::<[u8; 32]>()) {
            let key = MasterKey::from_bytes(bytes);
            prop_assert_eq!(MasterKey::parse(&key.to_file_text()).unwrap().0, bytes);
        }
    }

    #[test]
    fn every_purpose_has_a_key() {
        let keys = keys(1);
        for (purpose, _) in Purpose::ALL {
            assert_ne!(keys.hash(purpose, &[b"x"]), [0; 32]);
        }
    }

    #[test]
    fn after_a_change_a_hash_is_nested_and_what_others_go_by_stays() {
        let (first, second) = (keys(1), MasterKey::from_bytes([2; 32]));
        let after = Keys::after(&second, &first);
        let old = first.hash(Purpose::Contact, &[b"x"]);
        assert_eq!(after.hash(Purpose::Contact, &[b"x"]), after.nest(Purpose::Contact, &old));
        assert_ne!(after.hash(Purpose::Contact, &[b"x"]), old);
        assert_ne!(after.hash(Purpose::Contact, &[b"x"]), Keys::derive(&second).hash(Purpose::Contact, &[b"x"]));
        assert_eq!(after.hash_at_first(Purpose::Contact, &[b"x"]), old);
        for purpose in [Purpose::Chain, Purpose::Recipient] {
            assert_eq!(after.hash(purpose, &[b"x"]), first.hash(purpose, &[b"x"]));
        }
        let contact = Contact { kind: ContactKind::Phone, value: "+4534000077".to_owned() };
        // Twice, and with what the store keeps of it.
        let third = MasterKey::from_bytes([3; 32]);
        let twice = Keys::after(&third, &after);
        let kept = twice.open("meta", b"older_keys", "value", &twice.sealed_older().unwrap()).unwrap();
        let opened = Keys::derive(&third).with_older(&serde_json::from_slice(&kept).unwrap());
        for (purpose, _) in Purpose::ALL {
            assert_eq!(opened.hash(purpose, &[b"x"]), twice.hash(purpose, &[b"x"]), "{purpose:?}");
        }
        let names = [&first, &after, &twice].map(|keys| keys.pseudonym(&keys.contact(&contact)));
        assert_eq!(twice.pseudonyms(contact.kind, &contact.value), names, "each that it has had");
        assert_eq!(twice.hash(Purpose::Ad, &[b"x"]), twice.nest(Purpose::Ad, &after.hash(Purpose::Ad, &[b"x"])));
        assert!(
            Keys::derive(&MasterKey::from_bytes([4; 32]))
                .open("meta", b"older_keys", "value", &twice.sealed_older().unwrap())
                .is_err()
        );
    }

    #[test]
    fn base64_and_bad_key_files() {
        let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let bytes: Vec<u8> = (0..32).collect();
        assert_eq!(MasterKey::parse(base64).unwrap().0.to_vec(), bytes);
        assert!(MasterKey::parse("abcd").unwrap_err().to_string().contains("2 bytes"));
        assert!(MasterKey::parse("not a key!").unwrap_err().to_string().contains("neither hex nor base64"));
    }

    #[test]
    fn a_pseudonym_shows_no_digit_of_the_number_and_is_the_same_each_time() {
        let keys = keys(1);
        let contact = Contact { kind: ContactKind::Phone, value: "+4534000050".to_owned() };
        let name = keys.pseudonym(&keys.contact(&contact));
        assert_eq!(name, keys.pseudonym(&keys.contact(&contact)));
        assert_eq!(name.len(), 8);
    }
}
