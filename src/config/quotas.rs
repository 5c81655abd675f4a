//! `QUOTA_*`: limits that apply to each organization.

use super::env::Env;
use crate::domain::account::quota::Quota;

#[derive(Clone, Copy, Debug, Default)]
pub struct Quotas {
    limits: [Option<i64>; Quota::ALL.len()],
}

impl Quotas {
    pub(super) fn read(env: &mut Env<'_>) -> Self {
        Self { limits: std::array::from_fn(|index| limit(env, Quota::ALL[index])) }
    }

    pub fn limit(&self, quota: Quota) -> Option<i64> {
        self.limits[quota as usize]
    }
}

/// Returns `None` for the value `0`, which means no limit.
fn limit(env: &mut Env<'_>, quota: Quota) -> Option<i64> {
    let (name, default) = variable(quota);
    let expected = format_args!("a whole number up to {}, or 0 for no limit", i64::MAX);
    let limit = env.with_default(name, default, expected, |text| text.parse::<i64>().ok().filter(|limit| *limit >= 0));
    (limit > 0).then_some(limit)
}

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
        let mut env = Env::new(&get);
        let quotas = Quotas::read(&mut env);
        Quota::ALL.iter().map(|&quota| quotas.limit(quota)).collect()
    }

    #[test]
    fn each_quota_has_a_default_and_0_means_no_limit() {
        let defaults = [50 * 1024 * 1024 * 1024, 100_000, 1_000, 100_000, 1_000];
        assert_eq!(read(None), defaults.map(Some));
        assert_eq!(read(Some("7")), [Some(7); 5]);
        assert_eq!(read(Some("0")), [None; 5]);
    }
}
