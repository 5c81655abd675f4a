use super::CheckSpec;
use crate::connectors::http::Response;
use crate::connectors::salesforce::rest::data_path;
use crate::connectors::{ApiLimit, Call, Error};
use crate::domain::connection::{Check, CheckCode};
use serde::Deserialize;

const CHECK: CheckSpec = CheckSpec(CheckCode::ApiUsage, "API calls left");
const MIN_UNUSED_PERCENT: i64 = 10;

#[derive(Deserialize)]
struct Limits {
    #[serde(rename = "DailyApiRequests")]
    daily: Option<Daily>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Daily {
    max: i64,
    remaining: i64,
}

/// Checks how many API calls are left. Reads the resource `limits` or, if the user cannot see it, a header of the same response.
pub(super) async fn check(call: &Call) -> Result<Check, Error> {
    let response = call.get("read the limits", &data_path(call, "limits")).resource().send().await?;
    let daily = response.json::<Limits>().ok().and_then(|limits| limits.daily);
    let limit = daily.map(|Daily { max, remaining }| ApiLimit { used: max.saturating_sub(remaining), max });
    Ok(limit.or_else(|| api_limit(&response)).map_or_else(unknown, result))
}

pub(super) fn unknown() -> Check {
    CHECK.passed("Salesforce does not show this user how many calls are left.")
}

fn result(ApiLimit { used, max }: ApiLimit) -> Check {
    let remaining = max.saturating_sub(used);
    if remaining > 0 && remaining.saturating_mul(100) >= max.saturating_mul(MIN_UNUSED_PERCENT) {
        return CHECK.passed(format!("{remaining} of {max} API calls of the last 24 hours are left."));
    }
    CHECK.failed(format!(
        "Only {remaining} of {max} API calls of the last 24 hours are left. Your Salesforce administrator can see who uses them (Setup → \
         Company Information → API Requests) and buy more."
    ))
}

/// Reads the API usage of the last 24 hours from the header of a response.
pub(in crate::connectors::salesforce) fn api_limit(response: &Response) -> Option<ApiLimit> {
    parse_limit_info(response.headers.get("sforce-limit-info")?.to_str().ok()?)
}

/// Parses the header's part `api-usage=10018/100000`, and ignores its other parts.
fn parse_limit_info(text: &str) -> Option<ApiLimit> {
    let usage = text.split([';', ',']).find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, max) = usage.split_once('/')?;
    Some(ApiLimit { used: used.trim().parse().ok()?, max: max.trim().parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_info_is_parsed_among_other_parts() {
        for text in
            ["api-usage=18/5000", "api-usage=18/5000; per-app-api-usage=17/250(appName=X)", "api-bursts=1/750; api-usage=18/5000"]
        {
            assert_eq!(parse_limit_info(text), Some(ApiLimit { used: 18, max: 5_000 }), "{text}");
        }
        for text in ["", "per-app-api-usage=17/250", "api-usage=many", "api-usage=1"] {
            assert!(parse_limit_info(text).is_none(), "{text}");
        }
    }

    #[test]
    fn few_remaining_calls_fail_the_check() {
        assert!(result(ApiLimit { used: 90, max: 100 }).ok);
        let few = result(ApiLimit { used: 14_997, max: 15_000 });
        assert!(!few.ok && few.detail.contains("3 of 15000") && few.detail.contains("Setup →"), "{}", few.detail);
    }
}
