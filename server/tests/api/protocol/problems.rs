//! The problem documents (RFC 9457) of all problems, with their headers.

use crate::support::snapshot::plain;
use axum::body::to_bytes;
use axum::response::IntoResponse;
use http::header::{CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use lexicontract::connectors;
use lexicontract::domain::account::quota::Quota;
use lexicontract::domain::contract::ScanStatus;
use lexicontract::domain::contract::filing::FilingObstacle;
use lexicontract::domain::file::file_type::FileRejection;
use lexicontract::domain::problem::{Invalid, Problem};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, from_slice, from_value, json};
use server::api::problem::ApiError;

/// The names of an enum's variants, taken from serde's message about an unknown variant.
fn variants<T: DeserializeOwned>() -> Vec<String> {
    let message = from_value::<T>(json!("?")).err().unwrap().to_string();
    let (_, expected) = message.split_once("expected ").unwrap();
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns every problem with neutral terms, then the problems whose code or text differs for Salesforce.
fn problems() -> Vec<Problem> {
    let values = variants::<Problem>().into_iter().flat_map(|name| {
        let with = |contents: Vec<String>| contents.iter().map(|content| json!({ name.as_str(): content })).collect();
        match name.as_str() {
            "invalid" => with(variants::<Invalid>()),
            "unsupported_file" => with(variants::<FileRejection>()),
            "file_withheld" => with(variants::<ScanStatus>()),
            "cannot_file" => with(variants::<FilingObstacle>()),
            "quota_exceeded" => with(variants::<Quota>()),
            // Serde cannot deserialize this variant, because it has two skipped fields. `with_terms` contains it.
            "provider_unavailable" => Vec::new(),
            _ => vec![json!(name)],
        }
    });
    let salesforce = connectors::find("salesforce").unwrap().terms;
    let with_terms = [
        Problem::ProviderUnavailable(Default::default(), String::new()),
        Problem::ProviderUnavailable(salesforce, String::new()),
        Problem::RecordNotFound(salesforce),
        Problem::WrongWebhookAddress(salesforce),
    ];
    values.map(|value| from_value(value).unwrap()).chain(with_terms).collect()
}

#[tokio::test]
async fn problem_documents_equal_their_snapshot() {
    let mut documents = Vec::new();
    for problem in problems() {
        let response = ApiError::from(problem).into_response();
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        let headers = [RETRY_AFTER, WWW_AUTHENTICATE, CONNECTION].into_iter().filter_map(|name| {
            let value = response.headers().get(&name)?.to_str().unwrap();
            Some((name.to_string(), json!(value)))
        });
        let headers: Map<String, Value> = headers.collect();
        let status = response.status().as_u16();
        let body: Value = from_slice(&to_bytes(response.into_body(), usize::MAX).await.unwrap()).unwrap();
        assert_eq!(body["status"], status);
        documents.push(if headers.is_empty() { body } else { json!({"headers": headers, "body": body}) });
    }
    plain().bind(|| insta::assert_json_snapshot!("problems", documents));
}
