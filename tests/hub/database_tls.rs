//! Connections to a remote PostgreSQL server that does not support TLS.
//! The remote server has the address `0.0.0.0`, which leads to this machine but is not a loopback address.

use lexicontract::hub;
use lexicontract::secret::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The first message of a client that requests TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Connects to a server that rejects TLS. Returns the first message that the server receives, and the resulting error.
async fn first_message_and_error(more: &str) -> ([u8; 8], String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Secret::new(format!("postgres://u:hunter2@0.0.0.0:{}/x{more}", listener.local_addr().unwrap().port()));
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut message = [0; 8];
        stream.read_exact(&mut message).await.unwrap();
        stream.write_all(b"N").await.unwrap();
        message
    };
    let (message, outcome) = tokio::join!(server, hub::migrate(&url));
    (message, outcome.unwrap_err().to_string())
}

#[tokio::test]
async fn a_remote_database_without_tls_is_rejected_with_advice() {
    for more in ["", "?sslmode=verify-full"] {
        let (message, said) = first_message_and_error(more).await;
        assert_eq!(message, SSL_REQUEST);
        for part in ["`DATABASE_URL` cannot be used", "does not support TLS", "Set up TLS", "sslrootcert=PATH", "sslmode=disable"]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert!(!said.contains("hunter2"), "{said}");
    }
    let (message, said) = first_message_and_error("?sslmode=disable").await;
    assert_ne!(message, SSL_REQUEST, "the address permits plain text");
    assert!(!said.contains("Set up TLS"), "{said}");
}
