//! How many API calls the org has left today.

use super::call::data_path;
use crate::{
    connectors::{ApiLimit, Call, Error, http::Answer},
    domain::connection::{Check, CheckCode},
};
use serde::Deserialize;

const NAME: &str = "API calls left";
/// Below a tenth left the org is warned.
const SCARCE: i64 = 10;

#[derive(Deserialize)]
struct Limits {
    #[serde(rename = "DailyApiRequests")]
    daily: Option<Daily>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Daily {
    max: i64,
    remaining: i64,
}

/// The finding. Reading limits needs a right of its own, so every answer's header serves too.
pub(super) async fn budget(call: &Call) -> Result<Check, Error> {
    let answer = call.get("read the limits", &data_path(call, "limits")).resource().answer().await?;
    let daily = answer.json::<Limits>().ok().and_then(|limits| limits.daily).or_else(|| from_header(&answer));
    Ok(daily.map_or_else(unknown, finding))
}

/// The finding when the org does not tell.
pub(super) fn unknown() -> Check {
    Check::new(CheckCode::ApiUsage, NAME, true, "Salesforce does not tell this user how many calls are left.")
}

fn finding(daily: Daily) -> Check {
    let Daily { max, remaining } = daily;
    let ok = remaining > 0 && remaining.saturating_mul(SCARCE) >= max;
    let detail = match ok {
        true => format!("{remaining} of {max} API calls of the last 24 hours are left."),
        false => format!(
            "Only {remaining} of {max} API calls of the last 24 hours are left. Your Salesforce administrator can see who uses them (Setup → \
             Company Information → API Requests) and buy more."
        ),
    };
    Check::new(CheckCode::ApiUsage, NAME, ok, detail)
}

fn from_header(answer: &Answer) -> Option<Daily> {
    parse_limit_info(answer.headers.get("sforce-limit-info")?.to_str().ok()?)
}

/// What an answer says about the calls of the last 24 hours.
pub(super) fn allowance(answer: &Answer) -> Option<ApiLimit> {
    from_header(answer).map(|daily| ApiLimit { used: daily.max.saturating_sub(daily.remaining), max: daily.max })
}

/// `api-usage=10018/100000`, wherever it stands among other parts.
fn parse_limit_info(text: &str) -> Option<Daily> {
    let usage = text.split([';', ',']).find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, max) = usage.split_once('/')?;
    let (used, max): (i64, i64) = (used.trim().parse().ok()?, max.trim().parse().ok()?);
    Some(Daily { max, remaining: max.saturating_sub(used) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read_in_its_long_form_too() {
        for text in
            ["api-usage=18/5000", "api-usage=18/5000; per-app-api-usage=17/250(appName=X)", "api-bursts=1/750; api-usage=18/5000"]
        {
            let daily = parse_limit_info(text).unwrap();
            assert_eq!((daily.max, daily.remaining), (5_000, 4_982), "{text}");
        }
        for text in ["", "per-app-api-usage=17/250", "api-usage=many", "api-usage=1"] {
            assert!(parse_limit_info(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_scarce_budget_is_a_finding_with_an_address() {
        assert!(finding(Daily { max: 100, remaining: 10 }).ok);
        let scarce = finding(Daily { max: 15_000, remaining: 3 });
        assert!(!scarce.ok && scarce.detail.contains("3 of 15000") && scarce.detail.contains("Setup →"));
    }
}
