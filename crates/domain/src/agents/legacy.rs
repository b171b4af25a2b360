//! Tokens of agents that came from the reference server. It keeps them as slow hashes, which no index can find: one
//! after the other has to be tried. The first success replaces the slow hash by our own digest.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use mc_base::token::constant_time_eq;
use mc_store::{Read, sql};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::{Context, Error, Kind, Result};

/// How many presented tokens are tried at once: each keeps a processor busy.
const AT_ONCE: usize = 2;
/// How long a token waits for its turn before its caller is told to come again.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a token that fits no hash is remembered.
const REFUSED_FOR: Duration = Duration::from_secs(300);
/// The most refused tokens that are remembered.
const REFUSED_MAX: usize = 10_000;
/// The most rounds that a hash may ask for; the reference server takes 200,000.
const ROUNDS_MAX: u32 = 1_000_000;
/// Bytes of a digest.
const DIGEST: usize = 32;
/// Characters of a token that the reference server makes: 32 bytes in base64url.
const TOKEN_CHARS: usize = 43;
/// The shortest and the longest token that anybody may have set by hand.
const BY_HAND: std::ops::RangeInclusive<usize> = 16..=128;

/// Whether a text has the shape of the tokens that the reference server makes.
#[must_use]
pub(crate) fn looks_made(text: &str) -> bool {
    text.len() == TOKEN_CHARS
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether a text can be a token at all, be it one that an operator has set by hand.
pub(super) fn may_be_token(text: &str) -> bool {
    BY_HAND.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A hash as the reference server keeps it: `pbkdf2_sha256$ROUNDS$SALT$DIGEST`.
pub(crate) struct LegacyHash {
    rounds: u32,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

impl LegacyHash {
    /// Reads a hash; none for any other form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('$');
        let (name, rounds, salt, digest) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let rounds: u32 = rounds.parse().ok()?;
        if name != "pbkdf2_sha256" || parts.next().is_some() || !(1..=ROUNDS_MAX).contains(&rounds) {
            return None;
        }
        let (salt, digest) = (URL_SAFE_NO_PAD.decode(salt).ok()?, URL_SAFE_NO_PAD.decode(digest).ok()?);
        (digest.len() == DIGEST).then_some(Self { rounds, salt, digest })
    }

    /// Whether the hash is that of a token. Takes some hundredths of a second, on purpose.
    fn fits(&self, token: &str) -> bool {
        let mut derived = [0; DIGEST];
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(token.as_bytes(), &self.salt, self.rounds, &mut derived);
        constant_time_eq(&derived, &self.digest)
    }
}

/// What bounds the work on tokens of the reference server, in one process.
#[derive(Debug)]
pub(crate) struct LegacyChecks {
    turns: Semaphore,
    refused: Mutex<HashMap<Vec<u8>, Duration>>,
}

impl Default for LegacyChecks {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), refused: Mutex::default() }
    }
}

impl LegacyChecks {
    fn was_refused(&self, digest: &[u8], now: Duration) -> bool {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get(digest).is_some_and(|until| *until > now)
    }

    fn refuse(&self, digest: &[u8], now: Duration) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.len() >= REFUSED_MAX {
            refused.retain(|_, until| *until > now);
        }
        if refused.len() < REFUSED_MAX {
            refused.insert(digest.to_vec(), now + REFUSED_FOR);
        }
    }
}

/// The imported agent to which a token belongs. From now on its digest finds it.
///
/// # Errors
/// When the database fails; `Unavailable` when too many tokens are tried at this moment.
pub(super) async fn adopt(context: &Context, presented: &str, digest: &[u8]) -> Result<Option<Uuid>> {
    let candidates: Vec<(Uuid, String)> = context
        .store()
        .all(sql(
            "SELECT id, imported_token_hash FROM agents WHERE imported_token_hash IS NOT NULL ORDER BY id",
        ))
        .await?;
    if candidates.is_empty() {
        return Ok(None);
    }
    let (checks, clock) = (context.legacy_checks(), context.store().clock());
    if checks.was_refused(digest, clock.monotonic()) {
        return Ok(None);
    }
    let busy = || Error { retry_after: Some(1), ..Error::new(Kind::Unavailable) };
    let turn = tokio::time::timeout(PATIENCE, checks.turns.acquire()).await.map_err(|_| busy())?;
    let turn = turn.map_err(Error::internal)?;
    let token = presented.to_owned();
    let found = tokio::task::spawn_blocking(move || {
        candidates.into_iter().find(|(_, hash)| LegacyHash::parse(hash).is_some_and(|hash| hash.fits(&token)))
    })
    .await
    .map_err(Error::internal)?;
    drop(turn);
    let Some((id, hash)) = found else {
        checks.refuse(digest, clock.monotonic());
        return Ok(None);
    };
    let txn = context.store().begin().await?;
    txn.run(
        sql("UPDATE agents SET token_hash = $2, imported_token_hash = NULL WHERE id = $1 AND imported_token_hash = $3")
            .bind(id)
            .bind(digest.to_vec())
            .bind(hash),
    )
    .await?;
    txn.commit().await?;
    Ok(Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{agents::tokens, testing};
    use mc_store::testing::on_both;

    /// Of the token `imported-token-of-an-agent`, with few rounds so that the test is quick.
    const HASH: &str = "pbkdf2_sha256$10$c2FsdHNhbHRzYWx0c2FsdA$";

    fn hash_of(token: &str) -> String {
        let mut derived = [0; DIGEST];
        pbkdf2::pbkdf2_hmac::<sha2::Sha256>(token.as_bytes(), b"saltsaltsaltsalt", 10, &mut derived);
        format!("{HASH}{}", URL_SAFE_NO_PAD.encode(derived))
    }

    #[test]
    fn a_hash_of_the_reference_server_fits_its_token() {
        // RFC 7914, section 11: PBKDF2-HMAC-SHA-256 of "passwd" with the salt "salt" in one round.
        let digest = hex::decode("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc").unwrap();
        let text =
            format!("pbkdf2_sha256$1${}${}", URL_SAFE_NO_PAD.encode("salt"), URL_SAFE_NO_PAD.encode(digest));
        let hash = LegacyHash::parse(&text).unwrap();
        assert!(hash.fits("passwd") && !hash.fits("password"));
    }

    #[test]
    fn other_forms_are_no_hashes() {
        let good = hash_of("token");
        for text in [
            "",
            "pbkdf2_sha256$10$c2FsdA",
            &good.replace("sha256", "sha1"),
            &good.replace("$10$", "$0$"),
            &good.replace("$10$", "$99000000$"),
            &format!("{good}$more"),
            &good[..good.len() - 4],
        ] {
            assert!(LegacyHash::parse(text).is_none(), "{text}");
        }
        assert!(LegacyHash::parse(&good).is_some());
    }

    #[test]
    fn shapes_of_tokens_are_told_apart() {
        assert!(looks_made(&"aZ0-_".repeat(9)[..43]) && !looks_made("short") && !looks_made(&"!".repeat(43)));
        assert!(
            may_be_token("example-agent-token")
                && !may_be_token("short")
                && !may_be_token("with a blank here")
        );
        assert!(!may_be_token(&"x".repeat(129)));
    }

    #[tokio::test]
    async fn an_imported_token_is_accepted_and_then_found_by_its_digest() {
        on_both(|store| async move {
            let context = testing::context(&store);
            let board = testing::board_writer(&context, testing::new_board("Imported")).await;
            let agent = uuid::Uuid::from_u128(7);
            let txn = store.begin().await.unwrap();
            txn.run_one(
                sql("INSERT INTO agents (id, organization_id, board_id, name, folded_name, created_at, updated_at)
                     VALUES ($1, $2, $3, 'Atlas', 'atlas', $4, $4)")
                .bind(agent)
                .bind(board.board().organization_id)
                .bind(board.board().id)
                .bind(txn.now()),
            )
            .await
            .unwrap();
            txn.commit().await.unwrap();
            let token = "imported-token-of-an-agent";
            let import = sql("UPDATE agents SET token_hash = NULL, imported_token_hash = $2 WHERE id = $1");
            let txn = store.begin().await.unwrap();
            txn.run_one(import.bind(agent).bind(hash_of(token))).await.unwrap();
            txn.commit().await.unwrap();

            assert!(tokens::by_token(&context, "another-token-of-an-agent").await.unwrap().is_none());
            let digest = tokens::digest(&context, "another-token-of-an-agent");
            assert!(context.legacy_checks().was_refused(&digest, store.clock().monotonic()));
            for _ in 0..2 {
                let found = tokens::by_token(&context, token).await.unwrap().unwrap();
                assert_eq!(found.id, agent);
                let left: Vec<(Uuid,)> = store
                    .all(sql("SELECT id FROM agents WHERE imported_token_hash IS NOT NULL"))
                    .await
                    .unwrap();
                assert_eq!(left, [], "the slow hash has gone");
            }
        })
        .await;
    }
}
