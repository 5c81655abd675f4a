//! `QUOTA_*`: what each organization may store or have waiting.

use super::read::Reader;
use crate::domain::account::quota::Quota;

/// The limits of each organization.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotas {
    limits: [Option<i64>; Quota::ALL.len()],
}

impl Quotas {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self { limits: Quota::ALL.map(|quota| limit(reader, quota)) }
    }

    /// The limit; `None` without one.
    pub fn limit(&self, quota: Quota) -> Option<i64> {
        self.limits[quota as usize]
    }
}

/// `0` sets no limit.
fn limit(reader: &mut Reader<'_>, quota: Quota) -> Option<i64> {
    let (name, default) = variable(quota);
    let limit = reader.parsed::<u64>(name, "a whole number, or 0 for no limit", default)?;
    match i64::try_from(limit) {
        Ok(limit) => Some(limit).filter(|limit| *limit > 0),
        Err(_) => {
            reader.fault(format!("`{name}` must be at most {}, or 0 for no limit.", i64::MAX));
            None
        }
    }
}

/// The variable, and its default.
fn variable(quota: Quota) -> (&'static str, &'static str) {
    match quota {
        Quota::StorageBytes => ("QUOTA_STORAGE_BYTES", "53687091200"),
        Quota::Contracts => ("QUOTA_CONTRACTS", "100000"),
        Quota::UploadsPerHour => ("QUOTA_UPLOADS_PER_HOUR", "1000"),
        Quota::WaitingDeliveries => ("QUOTA_WAITING_DELIVERIES", "100000"),
        Quota::Users => ("QUOTA_USERS", "1000"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: Option<&str>) -> Vec<Option<i64>> {
        let get = |name: &str| value.filter(|_| name.starts_with("QUOTA_")).map(str::to_owned);
        let mut reader = Reader::new(&get);
        let quotas = Quotas::read(&mut reader);
        Quota::ALL.map(|quota| quotas.limit(quota)).to_vec()
    }

    #[test]
    fn each_quota_has_its_variable_and_default_and_0_is_no_limit() {
        let defaults = [50 * 1024 * 1024 * 1024, 100_000, 1_000, 100_000, 1_000];
        assert_eq!(read(None), defaults.map(Some));
        assert_eq!(read(Some("7")), [Some(7); 5]);
        assert_eq!(read(Some("0")), [None; 5]);
    }
}
