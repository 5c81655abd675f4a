//! Rotation of `FERNET_KEY`: encrypts all stored values with the first key in the variable.

use crate::db::connections::sealed::{SealedColumn, count_by_key};
use crate::fail_points::{Step, reach};
use crate::hub::{Hub, Result};
use crate::vault::VaultError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyCount {
    /// The key's position in `FERNET_KEY`, starting at 1; `None` for values that no key decrypts.
    pub key: Option<usize>,
    pub values: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    pub done: u64,
    /// The number of values at the start of the rotation. The final number can differ, because running servers add and remove
    /// values.
    pub all: u64,
}

/// Maximum number of values per transaction. It limits the time for which running servers wait for the transaction.
const VALUES_PER_COMMIT: i64 = 100;

impl Hub {
    /// Encrypts every stored value with the first key, and reports the progress after each commit. Servers can run during a
    /// rotation. If a server changes a value concurrently, the rotation skips this value, because the server has encrypted it
    /// with the first key.
    pub async fn rotate_keys(&self, mut progress: impl FnMut(Rotation) + Send) -> Result<Vec<KeyCount>> {
        let mut rotated = 0;
        let mut rotation = Rotation { done: 0, all: self.count_sealed().await? };
        for column in SealedColumn::ALL {
            let mut after = String::new();
            loop {
                let mut tx = self.db.begin().await?;
                let rows = column.after(&mut tx, &after, VALUES_PER_COMMIT).await?;
                let Some(last) = rows.last() else { break };
                after.clone_from(&last.id);
                for row in &rows {
                    match self.vault.rotate(&row.sealed) {
                        Ok(Some(sealed)) => rotated += u64::from(column.replace(&mut tx, row, &sealed).await?),
                        Ok(None) | Err(VaultError::NoKey | VaultError::Clock | VaultError::OtherRow) => {}
                    }
                }
                reach(Step::KeysRotating);
                tx.commit().await?;
                rotation.done += rows.len() as u64;
                progress(rotation);
            }
        }
        if rotated > 0 {
            self.record_keys_rotated(rotated).await?;
        }
        self.count_keys().await
    }

    async fn count_sealed(&self) -> Result<u64> {
        let mut tx = self.db.read().await?;
        let mut all = 0;
        for column in SealedColumn::ALL {
            all += u64::try_from(column.count(&mut tx).await?).unwrap_or_default();
        }
        Ok(all)
    }

    pub async fn count_keys(&self) -> Result<Vec<KeyCount>> {
        let counts = count_by_key(&mut self.db.acquire().await?, &self.vault).await?;
        let keys = (1..=self.vault.key_count()).map(Some).chain([None]);
        Ok(keys.zip(counts).map(|(key, values)| KeyCount { key, values }).collect())
    }
}
