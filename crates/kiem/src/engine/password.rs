//! Password hashing with argon2id (RFC 9106), never more than two at a time so that log-ins cannot eat the memory.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use super::{EngineError, Result};

static HASHES_AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A hash that no password has: unknown names take as long as known ones.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody has this password").unwrap_or_default());

fn argon() -> Argon2<'static> {
    // 46 MiB, one pass: the second choice of RFC 9106's low-memory profiles, above the floor of OWASP.
    let params = Params::new(46 * 1024, 1, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash_now(password: &str) -> Result<String> {
    argon()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| EngineError::Outside(format!("password hashing failed: {e}")))
}

/// Hashes a password for storage.
///
/// # Errors
/// When the hashing itself fails.
pub async fn hash(password: String) -> Result<String> {
    let _permit = HASHES_AT_ONCE.acquire().await;
    tokio::task::spawn_blocking(move || hash_now(&password))
        .await
        .map_err(|e| EngineError::Outside(format!("password hashing stopped: {e}")))?
}

/// Whether the password is the one of the stored hash; takes equally long when there is none.
pub async fn verify(stored: Option<String>, password: String) -> bool {
    let _permit = HASHES_AT_ONCE.acquire().await;
    tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        let matches = PasswordHash::new(&stored)
            .is_ok_and(|hash| argon().verify_password(password.as_bytes(), &hash).is_ok());
        known && matches
    })
    .await
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_fits() {
        let stored = hash("correct horse battery".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify(Some(stored.clone()), "correct horse battery".to_owned()).await);
        assert!(!verify(Some(stored), "wrong horse battery".to_owned()).await);
        assert!(!verify(None, "nobody has this password".to_owned()).await);
    }
}
