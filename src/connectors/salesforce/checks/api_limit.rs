//! Checks how many API calls the org has left today.

use super::CheckSpec;
use crate::{
    connectors::{ApiLimit, Call, Error, http::Response, salesforce::rest::data_path},
    domain::connection::{Check, CheckCode},
};
use serde::Deserialize;

const CHECK: CheckSpec = CheckSpec(CheckCode::ApiUsage, "API calls left");
/// Required share of unused calls, in percent. The check fails below it.
const MIN_SHARE: i64 = 10;

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

/// Reads the limits of the org. Reading limits requires a permission, so the header of the response is the fallback.
pub(super) async fn check(call: &Call) -> Result<Check, Error> {
    let response = call.get("read the limits", &data_path(call, "limits")).resource().send().await?;
    let daily = response.json::<Limits>().ok().and_then(|limits| limits.daily).or_else(|| from_header(&response));
    Ok(daily.map_or_else(unknown, result))
}

pub(super) fn unknown() -> Check {
    CHECK.passed("Salesforce does not show this user how many calls are left.")
}

fn result(Daily { max, remaining }: Daily) -> Check {
    if remaining > 0 && remaining.saturating_mul(MIN_SHARE) >= max {
        return CHECK.passed(format!("{remaining} of {max} API calls of the last 24 hours are left."));
    }
    CHECK.failed(format!(
        "Only {remaining} of {max} API calls of the last 24 hours are left. Your Salesforce administrator can see who uses them (Setup → \
         Company Information → API Requests) and buy more."
    ))
}

fn from_header(response: &Response) -> Option<Daily> {
    parse_limit_info(response.headers.get("sforce-limit-info")?.to_str().ok()?)
}

/// API usage of the org in the last 24 hours, from the header of a response.
pub(in crate::connectors::salesforce) fn api_limit(response: &Response) -> Option<ApiLimit> {
    let Daily { max, remaining } = from_header(response)?;
    Some(ApiLimit { used: max.saturating_sub(remaining), max })
}

/// Parses the part `api-usage=10018/100000` of the header. The header can contain other parts.
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
    fn limit_info_is_parsed_among_other_parts() {
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
    fn few_remaining_calls_fail_the_check() {
        assert!(result(Daily { max: 100, remaining: 10 }).ok);
        let few = result(Daily { max: 15_000, remaining: 3 });
        assert!(!few.ok && few.detail.contains("3 of 15000") && few.detail.contains("Setup →"), "{}", few.detail);
    }
}
