//! Password hashing: Argon2id with the parameters of OWASP's password storage cheat sheet (19 MiB, two passes, one lane).
//!
//! One password is hashed at a time (about 50 a second), in memory that all of them share while any waits: allocated for each hash, the
//! allocator would keep 19 MiB for every thread that ever hashed. A bounded number waits.

use super::passwords::{self, MAX_BYTES};
use crate::{domain::problem::Problem, random::bytes, secret::Secret};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Each more takes 19 MiB more.
const AT_ONCE: usize = 1;
/// Allocations above 32 MiB go back to the system when they are freed (mallopt(3), `M_MMAP_THRESHOLD`); smaller ones may stay with the
/// allocator. What is not used of it takes no memory.
const RETURNED_BLOCKS: usize = 33 * 1024 * 1024 / Block::SIZE;
const WAITING: usize = 100;
/// The most passes and lanes of a stored hash that is verified; of memory, it may take what our own parameters take.
const MAX_PASSES: u32 = 10;
const MAX_LANES: u32 = 4;
/// What the password of an unknown account is compared with: no password has this hash.
const NO_ACCOUNT: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8gYWNjb3VudCBzYWx0IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The queue of the passwords to hash.
#[derive(Clone)]
pub(crate) struct PasswordHasher(Arc<Queue>);

struct Queue {
    /// Everybody who waits or hashes.
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    /// The memory that no hash uses now; none when nobody waits.
    memory: Mutex<Vec<Vec<Block>>>,
    /// How many places there are.
    size: usize,
}

/// The right to hash one password; it lasts until it is dropped.
pub(crate) struct Turn {
    memory: Vec<Block>,
    queue: Arc<Queue>,
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl PasswordHasher {
    /// A queue that is empty. Its memory is allocated when it is first used.
    pub(crate) fn new() -> Self {
        Self::with_places(AT_ONCE + WAITING)
    }

    fn with_places(size: usize) -> Self {
        let (places, turns) = (Arc::new(Semaphore::new(size)), Arc::new(Semaphore::new(AT_ONCE)));
        Self(Arc::new(Queue { places, turns, memory: Mutex::default(), size }))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// [`Problem::Busy`] when too many wait already.
    pub(crate) async fn turn(&self) -> Result<Turn, Problem> {
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| Problem::Busy)?;
        let turn = self.0.turns.clone().acquire_owned().await.map_err(|_| Problem::Internal)?;
        let free = self.0.memory.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let memory = free.unwrap_or_else(allocate);
        Ok(Turn { memory, queue: self.0.clone(), _turn: turn, _place: place })
    }
}

fn allocate() -> Vec<Block> {
    let mut memory = Vec::with_capacity(RETURNED_BLOCKS);
    memory.resize(Params::DEFAULT.block_count(), Block::new());
    memory
}

impl Drop for Turn {
    fn drop(&mut self) {
        // This one still has its place.
        let is_shared = self.queue.places.available_permits() + 1 < self.queue.size;
        if is_shared {
            self.queue.memory.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.memory));
        }
    }
}

impl Turn {
    /// The hash of a new password that meets the rules; `known` is what everybody can know of its user.
    ///
    /// # Errors
    /// The password is easy to guess.
    pub(crate) async fn hash(mut self, password: Secret<String>, known: Vec<String>) -> Result<String, Problem> {
        let work = move || {
            passwords::check_strength(&password, &known)?;
            hash(&password, &mut self.memory).ok_or(Problem::Internal)
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Problem::Internal))
    }

    /// Whether the password belongs to the hash, and the turn, which goes to the next one when it is dropped. Without a hash it takes as
    /// long and says no, so that the time does not tell which accounts exist.
    ///
    /// # Errors
    /// [`Problem::Internal`] when the thread could not be run.
    pub(crate) async fn verify(mut self, password: Secret<String>, hash: Option<String>) -> Result<(bool, Self), Problem> {
        let work = move || {
            let stored = hash.as_deref().unwrap_or(NO_ACCOUNT);
            let is_right = password.expose().len() <= MAX_BYTES && verify(&password, stored, &mut self.memory) == Some(true);
            (is_right && hash.is_some(), self)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Problem::Internal)
    }
}

fn hash(password: &Secret<String>, memory: &mut [Block]) -> Option<String> {
    let (salt, params) = (bytes::<16>(), Params::default());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon2.hash_password_into_with_memory(password.expose().as_bytes(), &salt, &mut output, memory).ok()?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(&salt).ok()?),
        hash: Some(Output::new(&output).ok()?),
    };
    Some(hash.to_string())
}

/// `None` when the stored hash is malformed, or takes more work than ours do.
fn verify(password: &Secret<String>, stored: &str, memory: &mut [Block]) -> Option<bool> {
    let stored = PasswordHash::new(stored).ok()?;
    let (salt, expected) = (stored.salt.as_ref()?, stored.hash.as_ref()?);
    let params = Params::try_from(&stored).ok()?;
    if params.block_count() > memory.len() || params.t_cost() > MAX_PASSES || params.p_cost() > MAX_LANES {
        return None;
    }
    let algorithm = Algorithm::try_from(stored.algorithm.as_str()).ok()?;
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
    let mut output = vec![0; expected.len()];
    let argon2 = Argon2::new(algorithm, version, params);
    argon2.hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut output, memory).ok()?;
    // Compares in constant time.
    Some(Output::new(&output).ok()? == *expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::Invalid;
    use argon2::PasswordHasher as _;
    use futures::FutureExt;

    const PASSWORD: &str = "correct horse battery";

    async fn verified(hasher: &super::PasswordHasher, password: &str, stored: Option<&str>) -> bool {
        hasher.turn().await.unwrap().verify(Secret::from(password), stored.map(str::to_owned)).await.unwrap().0
    }

    #[tokio::test]
    async fn only_the_right_password_opens_and_without_an_account_none_does() {
        let hasher = super::PasswordHasher::new();
        let stored = hasher.turn().await.unwrap().hash(PASSWORD.into(), Vec::new()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verified(&hasher, PASSWORD, Some(&stored)).await);
        assert!(!verified(&hasher, "correct horse batterz", Some(&stored)).await);
        assert!(!verified(&hasher, PASSWORD, None).await);
        let easy = hasher.turn().await.unwrap().hash("passwordpassword".into(), Vec::new()).await;
        assert_eq!(easy, Err(Invalid::PasswordTooCommon.into()));
    }

    #[test]
    fn the_comparison_for_unknown_accounts_is_a_whole_one() {
        let mut memory = vec![Block::new(); Params::DEFAULT.block_count()];
        assert_eq!(verify(&PASSWORD.into(), NO_ACCOUNT, &mut memory), Some(false));
    }

    #[test]
    fn stored_hashes_are_verified_with_their_own_parameters_within_bounds() {
        let with = |memory, passes| {
            let params = Params::new(memory, passes, 1, None).unwrap();
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(PASSWORD.as_bytes()).unwrap().to_string()
        };
        let mut memory = vec![Block::new(); Params::DEFAULT.block_count()];
        assert_eq!(verify(&PASSWORD.into(), &with(1_024, 1), &mut memory), Some(true));
        assert_eq!(verify(&PASSWORD.into(), &with(20_480, 1), &mut memory), None);
        assert_eq!(verify(&PASSWORD.into(), &with(64, 11), &mut memory), None);
        assert_eq!(verify(&PASSWORD.into(), "$argon2id$nonsense", &mut memory), None);
    }

    #[tokio::test]
    async fn a_bounded_number_waits_and_one_more_is_refused() {
        let hasher = super::PasswordHasher::with_places(AT_ONCE + 1);
        let mut turns = Vec::new();
        for _ in 0..AT_ONCE {
            turns.push(hasher.turn().await.unwrap());
        }
        let mut waiting = Box::pin(hasher.turn());
        assert!((&mut waiting).now_or_never().is_none(), "it waits");
        assert_eq!(hasher.turn().await.err(), Some(Problem::Busy));
        turns.pop();
        drop(waiting.await.unwrap());
        assert!(hasher.turn().await.is_ok());
    }

    #[tokio::test]
    async fn hashes_that_wait_for_each_other_share_their_memory_and_the_last_one_frees_it() {
        let hasher = super::PasswordHasher::new();
        let all = (0..40).map(|_| async {
            let turn = hasher.turn().await.unwrap();
            tokio::task::yield_now().await;
            turn.memory.as_ptr() as usize
        });
        let places = futures::future::join_all(all).await;
        assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
        assert!(hasher.0.memory.lock().unwrap().is_empty());
    }
}
