//! Texts of connection settings that several pages share.

pub const RECORD_TYPES: &str = "Record types";
pub const ONLY_IF_STILL_THERE: &str = "Only if still in the stage";
pub const POLLING_INTERVAL: &str = "Polling interval";
pub const API_SHARE: &str = "Share of the API calls";
pub const WRITE_ON_CREATE: &str = "Write the status as soon as the contract exists";
pub const REOPEN_ON_NEW_VERSION: &str = "Set an approved contract back to In Review";
pub const FILE_BACK: &str = "File versions in the deal";
pub const FILE_BACK_APPROVED: &str = "When the contract is approved";
pub const FILE_BACK_SIGNED: &str = "When the contract is signed";

/// Text of a polling interval, such as `Every 5 minutes`. 0 means that polling is off.
pub fn interval(seconds: u32) -> String {
    match seconds {
        0 => "Off".to_owned(),
        60 => "Every minute".to_owned(),
        _ if seconds.is_multiple_of(60) => format!("Every {} minutes", seconds / 60),
        _ => format!("Every {seconds} seconds"),
    }
}

pub fn yes_or_no(value: bool) -> &'static str {
    if value { "Yes" } else { "No" }
}

#[cfg(test)]
mod tests {
    use super::interval;

    #[test]
    fn interval_is_in_minutes_if_possible() {
        let texts = [0, 30, 60, 90, 3_600].map(interval);
        assert_eq!(texts, ["Off", "Every 30 seconds", "Every minute", "Every 90 seconds", "Every 60 minutes"]);
    }
}
