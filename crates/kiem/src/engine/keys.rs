//! The master key and what is derived from it: encryption of stored secrets, public link tokens, keyed hashes.
//! The key lives in a file beside the database, never in it: a stolen database alone opens nothing.

use std::io::Write;
use std::path::Path;

use aws_lc_rs::{aead, constant_time, digest, hkdf, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kiem_domain::contact::EmailAddress;
use kiem_store::{account, person};
use uuid::Uuid;

const MASTER_BYTES: usize = 32;
/// Bytes of the signature that a public token carries: 64 bits, guessed only online and rate-limited.
const TOKEN_MAC_BYTES: usize = 8;

/// What a public token opens. Part of what is signed, so that a token for one thing never opens another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A tracked link in a mail.
    Click,
    /// The opt-out page and one-click opt-out of a message.
    Unsubscribe,
    /// A quote's public page.
    Quote,
    /// A booking's own page (move, cancel).
    Booking,
    /// What the site snippet exchanges for the visit that a click began.
    Visit,
    /// The left part of a Message-ID of ours.
    MessageId,
    /// A public entrance (quote form, webhook).
    Inlet,
}

impl TokenKind {
    fn label(self) -> &'static [u8] {
        match self {
            TokenKind::Click => b"click",
            TokenKind::Unsubscribe => b"unsubscribe",
            TokenKind::Quote => b"quote",
            TokenKind::Booking => b"booking",
            TokenKind::Visit => b"visit",
            TokenKind::MessageId => b"message-id",
            TokenKind::Inlet => b"inlet",
        }
    }
}

/// What a valid public token says: the workspace's number and the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenClaim {
    /// Number of the workspace.
    pub workspace_number: u32,
    /// The record.
    pub id: Uuid,
}

/// Why a key file or a sealed secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key file cannot be read or written.
    #[error("the key file {path} cannot be used: {problem}")]
    File {
        /// Where it should be.
        path: String,
        /// What is wrong.
        problem: String,
    },
    /// The database has data, but the key file that belongs to it is gone. A new one would not do: what people opted out
    /// of and the passwords of mailboxes could not be read with it.
    #[error(
        "the key file {path} is missing, but the database holds data that was made with it. Put the file back from your \
         copy and start again; a new key would not know who opted out. If you meant another data folder, say so with \
         data_dir"
    )]
    Missing {
        /// Where it should be.
        path: String,
    },
    /// The key file is there, but belongs to another database.
    #[error(
        "the key file {path} is not the one that this database was made with. Put the right file back from your copy and \
         start again; with this one nobody's opt-out would be recognised"
    )]
    Foreign {
        /// Where it is.
        path: String,
    },
    /// The database cannot be asked about the key.
    #[error(transparent)]
    Store(#[from] kiem_store::StoreError),
    /// The secret was sealed with another key, for another record, or was changed.
    #[error("a stored secret cannot be opened with this key file")]
    Sealed,
}

/// Name under which the database keeps the mark of its key.
const KEY_MARK: &str = "key_mark";

/// All keys of an installation.
#[derive(Clone)]
pub struct Keys {
    seal: [u8; 32],
    token: hmac::Key,
    lookup: hmac::Key,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl Keys {
    /// The keys that belong to a database: read from the key file, or made at the very first start. The database keeps a
    /// mark of the key (a keyed hash, which tells nothing), so that another key is never used with it.
    ///
    /// # Errors
    /// When the file is missing although the database has data, when it is another database's, and when file or
    /// database cannot be used.
    pub async fn of_installation(store: &kiem_store::Store, path: &Path) -> Result<Keys, KeyError> {
        let mut global = store.global_read().await?;
        let mark = person::instance_setting(&mut global, KEY_MARK).await?;
        let has_data = account::count_users(&mut global).await? > 0;
        drop(global);
        let keys = match Keys::load(path)? {
            Some(keys) => keys,
            None if mark.is_some() || has_data => {
                return Err(KeyError::Missing { path: path.display().to_string() });
            }
            None => Keys::create(path)?,
        };
        match mark {
            Some(mark) if mark != keys.mark() => Err(KeyError::Foreign { path: path.display().to_string() }),
            Some(_) => Ok(keys),
            None => {
                let mut global = store.global().await?;
                person::claim_instance_setting(&mut global, KEY_MARK, &keys.mark()).await?;
                global.commit().await?;
                Ok(keys)
            }
        }
    }

    /// What the database keeps to know its key again.
    fn mark(&self) -> String {
        self.keyed_hash("which key is this").iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Reads the key file; `None` when there is none.
    ///
    /// # Errors
    /// When the file has another length or cannot be read.
    pub fn load(path: &Path) -> Result<Option<Keys>, KeyError> {
        let failed = |problem: String| KeyError::File { path: path.display().to_string(), problem };
        match std::fs::read(path) {
            Ok(bytes) => {
                let master: [u8; MASTER_BYTES] =
                    bytes.try_into().map_err(|_| failed(format!("it must hold {MASTER_BYTES} bytes")))?;
                Ok(Some(Keys::from_master(&master)))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(failed(e.to_string())),
        }
    }

    /// Makes a key file, readable by its owner only.
    ///
    /// # Errors
    /// When it is there already or cannot be written.
    pub fn create(path: &Path) -> Result<Keys, KeyError> {
        let failed =
            |e: std::io::Error| KeyError::File { path: path.display().to_string(), problem: e.to_string() };
        let master = random_bytes::<MASTER_BYTES>();
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path).map_err(failed)?;
        file.write_all(&master).and_then(|()| file.sync_all()).map_err(failed)?;
        Ok(Keys::from_master(&master))
    }

    /// Derives all keys from the master key.
    pub fn from_master(master: &[u8; MASTER_BYTES]) -> Keys {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, b"kiem keys 1").extract(master);
        let derive = |purpose: &'static [u8]| {
            let mut key = [0_u8; 32];
            // Only fails for a length above 255 blocks; this one is fixed at one block.
            let done = prk.expand(&[purpose], hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut key));
            debug_assert!(done.is_ok());
            key
        };
        Keys {
            seal: derive(b"seal"),
            token: hmac::Key::new(hmac::HMAC_SHA256, &derive(b"token")),
            lookup: hmac::Key::new(hmac::HMAC_SHA256, &derive(b"lookup")),
        }
    }

    /// Encrypts a secret for storage, bound to its place (`table.column` and the row's ids), so that it cannot be
    /// moved to another row.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Vec<u8> {
        let nonce = random_bytes::<{ aead::NONCE_LEN }>();
        let mut sealed = plain.to_vec();
        let key = self.aead();
        let done = key.seal_in_place_append_tag(
            aead::Nonce::assume_unique_for_key(nonce),
            aead::Aad::from(place.as_bytes()),
            &mut sealed,
        );
        debug_assert!(done.is_ok(), "only fails above 64 GiB");
        [&[1_u8][..], &nonce, &sealed].concat()
    }

    /// Decrypts what [`Keys::seal`] made for the same place.
    ///
    /// # Errors
    /// [`KeyError::Sealed`] when key, place or bytes differ.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let rest = sealed.strip_prefix(&[1_u8]).ok_or(KeyError::Sealed)?;
        let (nonce, body) = rest.split_at_checked(aead::NONCE_LEN).ok_or(KeyError::Sealed)?;
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::Sealed)?;
        let mut body = body.to_vec();
        let plain = self
            .aead()
            .open_in_place(nonce, aead::Aad::from(place.as_bytes()), &mut body)
            .map_err(|_| KeyError::Sealed)?;
        Ok(plain.to_vec())
    }

    fn aead(&self) -> aead::LessSafeKey {
        match aead::UnboundKey::new(&aead::AES_256_GCM, &self.seal) {
            Ok(key) => aead::LessSafeKey::new(key),
            Err(_) => unreachable!("the key has the cipher's length by its type"),
        }
    }

    /// A token for a public address: opaque, signed, finds its workspace by itself.
    pub fn public_token(&self, kind: TokenKind, claim: TokenClaim) -> String {
        let mut bytes = Vec::with_capacity(4 + 16 + TOKEN_MAC_BYTES);
        bytes.extend_from_slice(&claim.workspace_number.to_be_bytes());
        bytes.extend_from_slice(claim.id.as_bytes());
        let mac = self.token_mac(kind, &bytes);
        bytes.extend_from_slice(&mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a public token; `None` for anything that this installation did not make for this purpose.
    pub fn read_public_token(&self, kind: TokenKind, token: &str) -> Option<TokenClaim> {
        let bytes: [u8; 4 + 16 + TOKEN_MAC_BYTES] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (body, mac) = bytes.split_at(20);
        constant_time::verify_slices_are_equal(&self.token_mac(kind, body), mac).ok()?;
        let (number, id) = body.split_at(4);
        Some(TokenClaim {
            workspace_number: u32::from_be_bytes(number.try_into().ok()?),
            id: Uuid::from_slice(id).ok()?,
        })
    }

    fn token_mac(&self, kind: TokenKind, body: &[u8]) -> [u8; TOKEN_MAC_BYTES] {
        let mut context = hmac::Context::with_key(&self.token);
        context.update(kind.label());
        context.update(&[0]);
        context.update(body);
        let mut mac = [0; TOKEN_MAC_BYTES];
        mac.copy_from_slice(&context.sign().as_ref()[..TOKEN_MAC_BYTES]);
        mac
    }

    /// Keyed hash under which an address or domain is suppressed: finds it again, gives it to nobody.
    pub fn suppression_hash(&self, kind: &str, value: &str) -> Vec<u8> {
        self.keyed_hash(&format!("suppression\0{kind}\0{value}"))
    }

    /// Keyed hash of an address without its plus tag: one person, one row.
    pub fn address_hash(&self, address: &EmailAddress) -> Vec<u8> {
        self.suppression_hash("email", address.without_tag().as_str())
    }

    /// Keyed hash of a person's name at a company where they were erased; by the key of the name.
    pub fn erased_name_hash(&self, name_key: &str) -> Vec<u8> {
        self.keyed_hash(&format!("erased name\0{name_key}"))
    }

    /// Keyed hash of anything that must be compared but not kept (network addresses, log-in names).
    pub fn keyed_hash(&self, text: &str) -> Vec<u8> {
        hmac::sign(&self.lookup, text.as_bytes()).as_ref().to_vec()
    }
}

/// SHA-256, for tokens of 256 random bits (which need no slow hash).
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, bytes).as_ref().to_vec()
}

/// Random bytes from the operating system.
#[expect(clippy::disallowed_methods, reason = "the one place that draws random bytes")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    // A machine without randomness must not make keys or ids: stopping is the only safe answer.
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::from_master(&[7; 32])
    }

    #[test]
    fn a_secret_opens_only_in_its_own_place_and_with_its_own_key() {
        let sealed = keys().seal("mailbox.secret:1", b"geheim");
        assert_eq!(keys().open("mailbox.secret:1", &sealed).unwrap(), b"geheim");
        assert!(keys().open("mailbox.secret:2", &sealed).is_err());
        assert!(Keys::from_master(&[8; 32]).open("mailbox.secret:1", &sealed).is_err());
        assert!(keys().open("mailbox.secret:1", &sealed[..10]).is_err());
    }

    #[test]
    fn a_changed_or_foreign_token_opens_nothing() {
        let claim = TokenClaim { workspace_number: 3, id: Uuid::from_u128(42) };
        let token = keys().public_token(TokenKind::Click, claim);
        assert_eq!(keys().read_public_token(TokenKind::Click, &token), Some(claim));
        assert_eq!(keys().read_public_token(TokenKind::Unsubscribe, &token), None);
        for i in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[i] = if changed[i] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            if changed != token {
                assert_eq!(keys().read_public_token(TokenKind::Click, &changed), None, "position {i}");
            }
        }
    }
}
