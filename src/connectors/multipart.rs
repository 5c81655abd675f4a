//! Bodies of the type `multipart/form-data` (RFC 7578) with text parts and one file. The file is streamed.

use crate::random;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};

const END_OF_LINE: &str = "\r\n";

pub(super) struct Form {
    boundary: String,
    /// The text parts, and the head of the file part.
    before: String,
    file: BoxStream<'static, std::io::Result<Bytes>>,
    file_bytes: u64,
}

impl Form {
    /// The length of the file must be exact, because it is part of the header `Content-Length`.
    pub(super) fn new(part: &'static str, file: BoxStream<'static, std::io::Result<Bytes>>, file_bytes: u64) -> Self {
        let boundary = random::hex(&random::bytes::<16>());
        // The name of a file in this header has no portable encoding, so providers get the name in another part.
        let before = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"file\"\r\nContent-Type: \
             application/octet-stream\r\n\r\n"
        );
        Self { boundary, before, file, file_bytes }
    }

    /// Adds a JSON part before the file.
    pub(super) fn json(mut self, part: &'static str, value: &serde_json::Value) -> Self {
        let boundary = &self.boundary;
        let head =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"\r\nContent-Type: application/json\r\n\r\n");
        self.before.insert_str(0, &format!("{head}{value}{END_OF_LINE}"));
        self
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    pub(super) fn length(&self) -> u64 {
        self.before.len() as u64 + self.file_bytes + self.end().len() as u64
    }

    pub(super) fn into_body(self) -> reqwest::Body {
        let end = self.end();
        let part = |text: String| stream::once(async move { Ok(Bytes::from(text)) });
        reqwest::Body::wrap_stream(part(self.before).chain(self.file).chain(part(end)))
    }

    fn end(&self) -> String {
        format!("{END_OF_LINE}--{}--{END_OF_LINE}", self.boundary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use serde_json::json;

    #[tokio::test]
    async fn body_has_the_announced_length_and_the_parts_in_order() {
        let pieces = ["one", "two"].map(|piece| Ok(Bytes::from(piece)));
        let form = Form::new("VersionData", stream::iter(pieces).boxed(), 6).json("entity", &json!({"Title": "“NDA”"}));
        let (boundary, length) = (form.boundary.clone(), form.length());
        assert!(form.content_type().ends_with(&boundary));
        let body = form.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body.len() as u64, length);
        let text = String::from_utf8(body.to_vec()).unwrap();
        let parts: Vec<&str> = text.split(&format!("--{boundary}")).collect();
        assert_eq!((parts.len(), parts[0], parts[3]), (4, "", "--\r\n"), "{text}");
        assert!(parts[1].contains("name=\"entity\"") && parts[1].ends_with("\r\n\r\n{\"Title\":\"“NDA”\"}\r\n"), "{text}");
        assert!(parts[2].contains("name=\"VersionData\"") && parts[2].ends_with("\r\n\r\nonetwo\r\n"), "{text}");
    }
}
