//! PostgreSQL on another machine. `0.0.0.0` is used for it: it is no loopback address, and connects to this machine.

use lexicontract::{hub, secret::Secret};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// The message with which a client asks for TLS: its length and a code in place of a version.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// What a server without TLS is sent first, and what the product says when it is refused.
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
async fn a_database_on_another_machine_without_tls_is_refused_with_advice() {
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
