//! A simulated virus scanner that detects the EICAR test file.

use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The content of the EICAR test file.
pub const EICAR: &[u8] = br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

/// A simulated clamd, which responds to scan requests until it is dropped.
pub struct Scanner {
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Scanner {
    pub async fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut stream = Vec::new();
                while !stream.ends_with(&[0; 4]) && socket.read_buf(&mut stream).await.unwrap_or(0) > 0 {}
                let is_found = stream.windows(5).any(|window| window == b"EICAR");
                let answer = if is_found { &b"stream: Eicar-Test-Signature FOUND\0"[..] } else { b"stream: OK\0" };
                let _ = socket.write_all(answer).await;
            }
        });
        Self { address, task }
    }
}
