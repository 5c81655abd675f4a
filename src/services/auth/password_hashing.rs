//! Password hashing: Argon2id with the parameters from OWASP's password storage cheat sheet (19 MiB, two passes, one lane).
//!
//! One hash is computed at a time (about 50 hashes per second). Queued requests share one buffer, because the allocator would
//! otherwise keep 19 MiB for every thread. The length of the queue is limited.

use super::passwords::{self, MAX_BYTES};
use crate::domain::problem::Problem;
use crate::random::bytes;
use crate::secret::Secret;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const AT_ONCE: usize = 1;
/// Capacity of a buffer, which is more than 32 MiB. The allocator always returns a freed allocation of this size to the system
/// (mallopt(3), `M_MMAP_THRESHOLD`), but can keep smaller allocations. The unused part of the capacity takes no physical memory.
const CAPACITY_BLOCKS: usize = 33 * 1024 * 1024 / Block::SIZE;
const MAX_WAITING: usize = 100;
// Upper limits for the Argon2 parameters of stored hashes.
const MAX_PASSES: u32 = 10;
const MAX_LANES: u32 = 4;
/// Hash that no password matches. A sign-in to an unknown account verifies this hash, so that it takes as long as any other
/// sign-in.
const NO_ACCOUNT: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm8gYWNjb3VudCBzYWx0IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[derive(Clone)]
pub(crate) struct PasswordHasher(Arc<Queue>);

struct Queue {
    /// One permit for each request that waits or computes a hash.
    places: Arc<Semaphore>,
    permits: Arc<Semaphore>,
    /// Unused buffers; empty if no request is queued.
    buffers: Mutex<Vec<Vec<Block>>>,
    size: usize,
}

/// Permission to hash one password.
pub(crate) struct HashPermit {
    memory: Vec<Block>,
    queue: Arc<Queue>,
    _permit: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl PasswordHasher {
    pub(crate) fn new() -> Self {
        Self::with_places(AT_ONCE + MAX_WAITING)
    }

    fn with_places(size: usize) -> Self {
        let (places, permits) = (Arc::new(Semaphore::new(size)), Arc::new(Semaphore::new(AT_ONCE)));
        Self(Arc::new(Queue { places, permits, buffers: Mutex::default(), size }))
    }

    /// Waits for a permit. Fails with [`Problem::Busy`] if the queue is full.
    pub(crate) async fn acquire(&self) -> Result<HashPermit, Problem> {
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| Problem::Busy)?;
        let permit = self.0.permits.clone().acquire_owned().await.map_err(|_| Problem::Internal)?;
        let buffer = self.0.buffers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let memory = buffer.unwrap_or_else(allocate);
        Ok(HashPermit { memory, queue: self.0.clone(), _permit: permit, _place: place })
    }
}

fn allocate() -> Vec<Block> {
    let mut memory = Vec::with_capacity(CAPACITY_BLOCKS);
    memory.resize(Params::DEFAULT.block_count(), Block::new());
    memory
}

impl Drop for HashPermit {
    fn drop(&mut self) {
        // Adds 1, because this permit still occupies one of the `places`.
        let is_shared = self.queue.places.available_permits() + 1 < self.queue.size;
        if is_shared {
            self.queue.buffers.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.memory));
        }
    }
}

impl HashPermit {
    /// Hashes a new password. Fails if the password is easy to guess. `known` contains public texts, such as the user's name.
    pub(crate) async fn hash(mut self, password: Secret<String>, known: Vec<String>) -> Result<String, Problem> {
        let work = move || {
            passwords::check_strength(&password, &known)?;
            hash(&password, &mut self.memory).ok_or(Problem::Internal)
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Problem::Internal))
    }

    /// Returns `true` if the password matches the hash. Also returns the permit, and the next request starts when the caller
    /// drops the permit. Verification takes the same time if `hash` is `None`, so that response times do not reveal which
    /// accounts exist.
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

/// Returns `None` if the stored hash is malformed, exceeds a limit or needs more than `memory`.
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
    // The comparison of `Output` values takes constant time.
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
        hasher.acquire().await.unwrap().verify(Secret::from(password), stored.map(str::to_owned)).await.unwrap().0
    }

    #[tokio::test]
    async fn only_the_right_password_is_accepted_and_none_without_an_account() {
        let hasher = super::PasswordHasher::new();
        let stored = hasher.acquire().await.unwrap().hash(PASSWORD.into(), Vec::new()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verified(&hasher, PASSWORD, Some(&stored)).await);
        assert!(!verified(&hasher, "correct horse batterz", Some(&stored)).await);
        assert!(!verified(&hasher, PASSWORD, None).await);
        let easy = hasher.acquire().await.unwrap().hash("passwordpassword".into(), Vec::new()).await;
        assert_eq!(easy, Err(Invalid::PasswordTooCommon.into()));
    }

    #[test]
    fn the_hash_for_unknown_accounts_is_verified_in_full() {
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
    async fn a_full_queue_rejects_requests() {
        let hasher = super::PasswordHasher::with_places(AT_ONCE + 1);
        let permit = hasher.acquire().await.unwrap();
        let mut waiting = Box::pin(hasher.acquire());
        assert!((&mut waiting).now_or_never().is_none(), "it waits");
        assert_eq!(hasher.acquire().await.err(), Some(Problem::Busy));
        drop(permit);
        drop(waiting.await.unwrap());
        assert!(hasher.acquire().await.is_ok());
    }

    #[tokio::test]
    async fn queued_hashes_share_one_buffer_and_the_last_one_frees_it() {
        let hasher = super::PasswordHasher::new();
        let all = (0..40).map(|_| async {
            let permit = hasher.acquire().await.unwrap();
            tokio::task::yield_now().await;
            permit.memory.as_ptr() as usize
        });
        let buffers = futures::future::join_all(all).await;
        assert!(buffers.iter().all(|buffer| *buffer == buffers[0]), "{buffers:?}");
        assert!(hasher.0.buffers.lock().unwrap().is_empty());
    }
}
