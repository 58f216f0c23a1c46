//! Connections to mail servers: TLS always verified, never a silent fallback to plain text.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use rustls_platform_verifier::Verifier;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

kiem_domain::text_enum! {
    /// How a connection to a mail server is protected.
    pub enum Security {
        /// TLS from the first byte (ports 465, 993).
        Tls = "tls",
        /// Plain greeting, then TLS or nothing (ports 587, 143).
        StartTls = "start_tls",
        /// No protection: only to this machine itself.
        PlainLoopback = "plain_loopback",
    }
}

/// Where a mail server is and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Host name; the certificate must be valid for it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// A PEM file with an extra root certificate, for servers with a company's own authority.
    pub extra_root: Option<String>,
}

/// Why no protected connection could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    /// The name does not resolve, nobody listens, or the line is down.
    #[error("{host}:{port} does not answer: {problem}")]
    Unreachable {
        /// Host.
        host: String,
        /// Port.
        port: u16,
        /// What the system says.
        problem: String,
    },
    /// It took too long.
    #[error("{host}:{port} did not answer in {seconds} s")]
    TimedOut {
        /// Host.
        host: String,
        /// Port.
        port: u16,
        /// Limit.
        seconds: u64,
    },
    /// The certificate is wrong, expired or from an unknown authority; nothing secret was sent.
    #[error("the secure connection to {host} was refused: {problem}")]
    Tls {
        /// Host.
        host: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Plain text was asked for to another machine.
    #[error("{host} is not this machine: a connection without TLS is not allowed")]
    PlainNotAllowed {
        /// Host.
        host: String,
    },
    /// The extra root certificate cannot be read.
    #[error("the certificate file {path} cannot be used: {problem}")]
    Root {
        /// Path.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// Anything that can be read and written: a socket, or TLS on one.
pub trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for T {}

/// A connection to a mail server.
pub type BoxStream = Box<dyn Stream>;

/// Opens the TCP connection; for [`Security::Tls`] also TLS.
///
/// # Errors
/// See [`NetError`].
pub async fn connect(server: &Server, timeout: Duration) -> Result<BoxStream, NetError> {
    let (host, port) = (server.host.clone(), server.port);
    let unreachable = |problem: String| NetError::Unreachable { host: host.clone(), port, problem };
    let late = || NetError::TimedOut { host: host.clone(), port, seconds: timeout.as_secs() };
    let stream = tokio::time::timeout(timeout, TcpStream::connect((server.host.as_str(), port)))
        .await
        .map_err(|_| late())?
        .map_err(|e| unreachable(e.to_string()))?;
    stream.set_nodelay(true).map_err(|e| unreachable(e.to_string()))?;
    match server.security {
        Security::Tls => {
            tokio::time::timeout(timeout, secure(server, Box::new(stream))).await.map_err(|_| late())?
        }
        Security::StartTls => Ok(Box::new(stream)),
        Security::PlainLoopback => {
            let peer = stream.peer_addr().map_err(|e| unreachable(e.to_string()))?;
            if !peer.ip().is_loopback() {
                return Err(NetError::PlainNotAllowed { host: server.host.clone() });
            }
            Ok(Box::new(stream))
        }
    }
}

/// Puts TLS on an open connection, verified for the server's name.
///
/// # Errors
/// [`NetError::Tls`] or [`NetError::Root`].
pub async fn secure(server: &Server, stream: BoxStream) -> Result<BoxStream, NetError> {
    let tls = |problem: String| NetError::Tls { host: server.host.clone(), problem };
    let config = client_config(server)?;
    let name = ServerName::try_from(server.host.clone()).map_err(|e| tls(e.to_string()))?;
    let stream = TlsConnector::from(config).connect(name, stream).await.map_err(|e| tls(e.to_string()))?;
    Ok(Box::new(stream))
}

fn client_config(server: &Server) -> Result<Arc<ClientConfig>, NetError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = |problem: String| NetError::Tls { host: server.host.clone(), problem };
    let verifier = match &server.extra_root {
        None => Verifier::new(provider.clone()),
        Some(path) => {
            let bad = |problem: String| NetError::Root { path: path.clone(), problem };
            let roots = CertificateDer::pem_file_iter(path)
                .map_err(|e| bad(e.to_string()))?
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| bad(e.to_string()))?;
            Verifier::new_with_extra_roots(roots, provider.clone())
        }
    }
    .map_err(|e| tls(e.to_string()))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| tls(e.to_string()))?
        .dangerous()
        // "Dangerous" is the name of the door; what goes through is the platform's own strict verifier.
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(Arc::new(config))
}
