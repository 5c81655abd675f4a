//! Client of the virus scanner clamd: sends files over TCP with the command `INSTREAM`.

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CHUNK_TIMEOUT: Duration = Duration::from_secs(30);
/// Longer than clamd's scan timeout, which is two minutes by default.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(150);
const MAX_ANSWER_BYTES: usize = 4096;
const MAX_NAME_CHARACTERS: usize = 200;
const MAX_CHUNK_BYTES: usize = 256 * 1024;

#[derive(Clone, Debug)]
pub struct Clamd {
    address: String,
    answer_timeout: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    Infected(String),
}

#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    #[error("The virus scanner can't be reached.")]
    Unreachable(#[source] io::Error),
    #[error("The virus scanner did not answer in time.")]
    TimedOut,
    #[error("The file is larger than the virus scanner accepts. Raise `StreamMaxLength` of clamd to `MAX_FILE_BYTES` or more.")]
    TooLarge,
    #[error("The virus scanner answered with an error: {0}")]
    Refused(String),
    #[error("The file could not be read from the storage.")]
    Source(#[source] io::Error),
}

impl Clamd {
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), answer_timeout: ANSWER_TIMEOUT }
    }

    pub async fn scan(&self, file: BoxStream<'static, io::Result<Bytes>>) -> Result<Verdict, ScanError> {
        let connected = timeout(CONNECT_TIMEOUT, TcpStream::connect(&self.address)).await;
        let (mut answers, mut requests) =
            connected.map_err(|_| ScanError::TimedOut)?.map_err(ScanError::Unreachable)?.into_split();
        let sent = send(&mut requests, file).await;
        // Reads the answer even after a failed write. When clamd rejects a file, clamd sends a reason and closes the connection,
        // so that the write fails.
        let answer = timeout(self.answer_timeout, read_answer(&mut answers));
        match (sent, answer.await.map_err(|_| ScanError::TimedOut)?) {
            (Err(error @ (ScanError::Source(_) | ScanError::TimedOut)), _) => Err(error),
            (_, Ok(answer)) if !answer.is_empty() => parse_answer(&answer),
            (Err(error), _) => Err(error),
            (Ok(()), Ok(_)) => Err(ScanError::Unreachable(io::ErrorKind::UnexpectedEof.into())),
            (Ok(()), Err(error)) => Err(ScanError::Unreachable(error)),
        }
    }
}

async fn send(to: &mut (impl AsyncWrite + Unpin), mut file: BoxStream<'static, io::Result<Bytes>>) -> Result<(), ScanError> {
    write(to, b"zINSTREAM\0").await?;
    while let Some(bytes) = file.next().await {
        for chunk in bytes.map_err(ScanError::Source)?.chunks(MAX_CHUNK_BYTES) {
            write(to, &u32::try_from(chunk.len()).unwrap_or_default().to_be_bytes()).await?;
            write(to, chunk).await?;
        }
    }
    write(to, &[0; 4]).await
}

async fn write(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), ScanError> {
    let written = timeout(CHUNK_TIMEOUT, to.write_all(bytes)).await;
    written.map_err(|_| ScanError::TimedOut)?.map_err(ScanError::Unreachable)
}

async fn read_answer(from: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut answer = Vec::new();
    let mut byte = [0];
    while from.read(&mut byte).await? == 1 && byte[0] != 0 && answer.len() < MAX_ANSWER_BYTES {
        answer.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&answer).trim().to_owned())
}

fn parse_answer(answer: &str) -> Result<Verdict, ScanError> {
    let result = answer.strip_prefix("stream: ").unwrap_or(answer);
    match result.strip_suffix(" FOUND") {
        Some(name) => Ok(Verdict::Infected(printable(name))),
        None if result == "OK" => Ok(Verdict::Clean),
        None if result.contains("size limit exceeded") => Err(ScanError::TooLarge),
        None => Err(ScanError::Refused(printable(result))),
    }
}

fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(MAX_NAME_CHARACTERS).collect()
}

#[cfg(test)]
mod tests;
