//! File storage in an S3 bucket. An in-memory server simulates the S3 requests that the storage sends.

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use http::{Method, StatusCode, header};
use lexicontract::domain::ids::{OrganizationId, VersionId};
use lexicontract::domain::time::Timestamp;
use lexicontract::files::{Files, StorageIssue, WriteError};
use lexicontract::random::new_id;
use object_store::aws::AmazonS3Builder;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use url::Url;

/// Objects by key. A part of an unfinished upload has the key `KEY#NUMBER`.
type Bucket = Arc<Mutex<BTreeMap<String, Bytes>>>;

async fn answer(State(bucket): State<Bucket>, Query(query): Query<HashMap<String, String>>, request: Request) -> Response {
    let (method, key) = (request.method().clone(), request.uri().path().to_owned());
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let mut bucket = bucket.lock().unwrap();
    match (method, query.get("partNumber"), query.contains_key("uploadId")) {
        (Method::GET, ..) if query.contains_key("list-type") => list(&bucket, &query["prefix"]).into_response(),
        (Method::GET, ..) => match bucket.get(&key) {
            Some(object) => ([(header::ETAG, "\"1\""), (header::LAST_MODIFIED, LONG_AGO)], object.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        (Method::PUT, part, _) => {
            bucket.insert(part.map_or(key.clone(), |number| format!("{key}#{number:0>5}")), body);
            [(header::ETAG, "\"1\"")].into_response()
        }
        (Method::POST, ..) if query.contains_key("delete") => {
            let text = String::from_utf8(body.to_vec()).unwrap();
            let keys = text.split("<Key>").skip(1).filter_map(|rest| Some(rest.split_once("</Key>")?.0));
            let deleted = keys.map(|key| {
                bucket.remove(&format!("/lexi/{key}"));
                format!("<Deleted><Key>{key}</Key></Deleted>")
            });
            format!("<DeleteResult>{}</DeleteResult>", deleted.collect::<String>()).into_response()
        }
        (Method::POST, _, false) => {
            "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>".into_response()
        }
        (Method::POST, _, true) => {
            let whole = take_parts(&mut bucket, &key).concat();
            bucket.insert(key, whole.into());
            "<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>".into_response()
        }
        (Method::DELETE, _, true) => {
            take_parts(&mut bucket, &key);
            StatusCode::NO_CONTENT.into_response()
        }
        other => panic!("unexpected request: {other:?}"),
    }
}

const LONG_AGO: &str = "Sun, 22 Nov 2020 10:00:00 GMT";

fn take_parts(bucket: &mut BTreeMap<String, Bytes>, key: &str) -> Vec<Bytes> {
    let names: Vec<String> = bucket.keys().filter(|name| name.starts_with(&format!("{key}#"))).cloned().collect();
    names.iter().filter_map(|name| bucket.remove(name)).collect()
}

fn list(bucket: &BTreeMap<String, Bytes>, prefix: &str) -> String {
    let keys = bucket.iter().filter_map(|(path, object)| Some((path.strip_prefix("/lexi/")?, object.len())));
    let found = keys.filter(|(key, _)| key.starts_with(prefix)).map(|(key, size)| {
        format!(
            "<Contents><Key>{key}</Key><LastModified>2020-11-22T10:00:00.000Z</LastModified><ETag>1</ETag><Size>{size}</Size></Contents>"
        )
    });
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{}</ListBucketResult>", found.collect::<String>())
}

async fn start() -> (Bucket, Files) {
    let bucket = Bucket::default();
    let files = served(Router::new().fallback(answer).with_state(bucket.clone())).await;
    (bucket, files)
}

/// Serves `router` as an S3 endpoint. Returns a file storage that uses this endpoint.
async fn served(router: Router) -> Files {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    in_bucket(&endpoint)
}

fn in_bucket(endpoint: &str) -> Files {
    let access = AmazonS3Builder::new().with_endpoint(endpoint).with_region("us-east-1");
    let access = access.with_access_key_id("key").with_secret_access_key("secret");
    Files::in_bucket(&Url::parse("s3://lexi/documents").unwrap(), access).unwrap()
}

fn arriving(parts: Vec<Bytes>) -> stream::BoxStream<'static, std::io::Result<Bytes>> {
    stream::iter(parts.into_iter().map(Ok)).boxed()
}

#[tokio::test]
async fn files_are_written_read_listed_and_deleted() {
    let (bucket, files) = start().await;
    let (organization, small, large): (OrganizationId, VersionId, VersionId) = (new_id(), new_id(), new_id());
    let parts: Vec<Bytes> = (0..120_u8).map(|number| Bytes::from(vec![number; 100_000])).collect();
    let stored = files.write((&organization, &small), arriving(vec![Bytes::from_static(b"%PDF-1.7")]), 8).await.unwrap();
    assert_eq!(stored.size_bytes, 8);
    assert_eq!(stored.md5, "f87357c6cdc4f067e19f42aebabc6fb7");
    files.write((&organization, &large), arriving(parts.clone()), 12_000_000).await.unwrap();
    let key = |version: &VersionId| format!("/lexi/documents/{organization}/{version}");
    assert_eq!(bucket.lock().unwrap().keys().cloned().collect::<Vec<_>>(), [key(&small), key(&large)]);
    let read: Vec<Bytes> = files.read(&organization, &large).await.unwrap().try_collect().await.unwrap();
    assert!(read.concat() == parts.concat());

    let too_large = files.write((&organization, &new_id()), arriving(parts), 11_999_999).await;
    assert!(matches!(too_large, Err(WriteError::TooLarge)));
    assert_eq!(bucket.lock().unwrap().len(), 2, "a failed write leaves no object");

    let written_before = async |before| files.written_before(before).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(written_before(Timestamp::from_millis(0)).await, []);
    let found = written_before(Timestamp::from_millis(1_795_363_200_000)).await;
    assert_eq!(found, [(organization.clone(), small.clone()), (organization.clone(), large.clone())]);
    for _ in 0..2 {
        files.delete(&organization, &small).await.unwrap();
    }
    assert!(files.read(&organization, &small).await.is_err());
}

#[tokio::test]
async fn a_check_reports_missing_bucket_rejected_keys_and_unreachable_storage() {
    let (_, files) = start().await;
    assert_eq!(files.check().await, Ok(()));
    let refusing = |status: u16, code: &str| {
        let body = format!("<Error><Code>{code}</Code><AWSAccessKeyId>key</AWSAccessKeyId></Error>");
        let answer = move || {
            let body = body.clone();
            async move { (StatusCode::from_u16(status).unwrap(), body) }
        };
        served(Router::new().fallback(answer))
    };
    for (status, code, issue) in [
        (404, "NoSuchBucket", StorageIssue::NoBucket),
        (403, "InvalidAccessKeyId", StorageIssue::KeysRefused),
        (401, "Unauthorized", StorageIssue::KeysRefused),
        (503, "SlowDown", StorageIssue::NoAnswer),
    ] {
        let found = refusing(status, code).await.check().await;
        assert_eq!(found, Err(issue), "{code}");
    }
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(in_bucket(&format!("http://{closed}")).check().await, Err(StorageIssue::NoAnswer));
}
