//! Tests of the client with a fake clamd.

use super::{Clamd, ScanError, Verdict};
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Starts a fake clamd that reads the whole stream and responds with the result of `answer`. If the result is `None`, the fake
/// clamd never responds.
async fn clamd(answer: fn(&[u8]) -> Option<&'static str>) -> Clamd {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let file = read_file(&mut socket).await;
            match answer(&file) {
                Some(answer) => socket.write_all(answer.as_bytes()).await.unwrap(),
                None => std::future::pending().await,
            }
        }
    });
    Clamd { answer_timeout: Duration::from_millis(200), ..Clamd::new(address) }
}

async fn read_file(socket: &mut TcpStream) -> Vec<u8> {
    let mut command = [0; 10];
    socket.read_exact(&mut command).await.unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    let mut file = Vec::new();
    loop {
        let length = socket.read_u32().await.unwrap();
        if length == 0 {
            return file;
        }
        let mut chunk = vec![0; length as usize];
        socket.read_exact(&mut chunk).await.unwrap();
        file.extend(chunk);
    }
}

async fn scan(clamd: &Clamd, bytes: &'static [u8]) -> Result<Verdict, ScanError> {
    let chunks: Vec<_> = bytes.chunks(1_000_000).map(|chunk| Ok(Bytes::from_static(chunk))).collect();
    clamd.scan(stream::iter(chunks).boxed()).await
}

#[tokio::test]
async fn a_file_is_streamed_and_its_result_returned() {
    let clamd =
        clamd(|file| Some(if file.len() == 3_000_000 { "stream: OK\0" } else { "stream: Eicar-Test-Signature FOUND\0" })).await;
    assert_eq!(scan(&clamd, &[b'x'; 3_000_000]).await.unwrap(), Verdict::Clean);
    assert_eq!(scan(&clamd, b"short").await.unwrap(), Verdict::Infected("Eicar-Test-Signature".to_owned()));
    assert_eq!(scan(&clamd, b"").await.unwrap(), Verdict::Infected("Eicar-Test-Signature".to_owned()));
}

#[tokio::test]
async fn timeouts_errors_and_unknown_responses_are_errors() {
    let hangs = clamd(|_| None).await;
    assert!(matches!(scan(&hangs, b"x").await, Err(ScanError::TimedOut)));
    let fails = clamd(|_| Some("stream: Can't allocate\x1b memory ERROR\0")).await;
    assert!(matches!(scan(&fails, b"x").await, Err(ScanError::Refused(said)) if said == "Can't allocate memory ERROR"));
    let strange = clamd(|_| Some("HTTP/1.1 400 Bad Request\0")).await;
    assert!(matches!(scan(&strange, b"x").await, Err(ScanError::Refused(_))));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = Clamd::new(listener.local_addr().unwrap().to_string());
    drop(listener);
    assert!(matches!(scan(&gone, b"x").await, Err(ScanError::Unreachable(_))));
}

#[tokio::test]
async fn a_file_beyond_the_stream_limit_names_the_setting() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let clamd = Clamd::new(listener.local_addr().unwrap().to_string());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut begun = [0; 1_000];
        socket.read_exact(&mut begun).await.unwrap();
        socket.write_all(b"INSTREAM size limit exceeded. ERROR\0").await.unwrap();
        socket.shutdown().await.unwrap();
        // Reads until the client stops sending. An earlier close would reset the connection, and the client would lose the
        // answer.
        let mut rest = Vec::new();
        let _ = socket.take(10_000_000).read_to_end(&mut rest).await;
    });
    let error = scan(&clamd, &[b'x'; 3_000_000]).await.unwrap_err();
    assert!(matches!(error, ScanError::TooLarge) && error.to_string().contains("StreamMaxLength"), "{error}");
}
