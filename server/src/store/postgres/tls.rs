//! The URL of a database, and connecting as it says. `sslmode` is libpq's:
//! `disable`; `prefer` (the default) and `require` encrypt and do not ask who
//! the server is; `verify-ca` and `verify-full` ask, by `sslrootcert` or else by
//! the authorities that browsers trust. `verify-ca` is as strict as `verify-full`.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::config::SslMode;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls, Notification};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::error::{Result, StoreError};

/// How long making a connection may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Makes connections to one database.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
}

impl Connector {
    /// Reads the URL.
    ///
    /// # Errors
    /// One line without the password.
    pub(super) fn read(url: &str) -> std::result::Result<Self, String> {
        let (base, parameters) = url.split_once('?').unwrap_or((url, ""));
        let (mut verify, mut roots) = (false, None);
        let mut kept = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(parameters.as_bytes()) {
            match (&*name, &*value) {
                ("sslmode", "verify-ca" | "verify-full") => {
                    verify = true;
                    kept.append_pair("sslmode", "require");
                }
                ("sslmode", "allow") => {
                    kept.append_pair("sslmode", "prefer");
                }
                ("sslrootcert", path) => roots = Some(path.to_owned()),
                _ => {
                    kept.append_pair(&name, &value);
                }
            }
        }
        let mut config: Config =
            format!("{base}?{}", kept.finish()).parse().map_err(|error: tokio_postgres::Error| {
                let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
                format!("{error}{}", cause.unwrap_or_default())
            })?;
        config.connect_timeout(PATIENCE).keepalives_idle(Duration::from_secs(30));
        config.tcp_user_timeout(Duration::from_secs(10));
        if config.get_application_name().is_none() {
            config.application_name("keylatch-server");
        }
        let tls = MakeRustlsConnect::new(tls(verify || roots.is_some(), roots.as_deref())?);
        Ok(Connector { config, tls })
    }

    pub(super) async fn connect(&self) -> Result<Client> {
        self.try_connect().await.map_err(not_there)
    }

    /// A connection that tells what it hears (LISTEN). It ends with the client.
    pub(super) async fn listen(&self) -> Result<(Client, UnboundedReceiver<Notification>)> {
        let late = |_| StoreError::Silent("a connection takes too long".into());
        let listening = async {
            Ok(if self.config.get_ssl_mode() == SslMode::Disable {
                let (client, connection) = self.config.connect(NoTls).await?;
                (client, heard_on(connection))
            } else {
                let (client, connection) = self.config.connect(self.tls.clone()).await?;
                (client, heard_on(connection))
            })
        };
        tokio::time::timeout(PATIENCE, listening).await.map_err(late)?.map_err(not_there)
    }

    async fn try_connect(&self) -> Result<Client> {
        let late = || StoreError::Silent("a connection takes too long".into());
        if self.config.get_ssl_mode() == SslMode::Disable {
            let (client, connection) =
                tokio::time::timeout(PATIENCE, self.config.connect(NoTls)).await.map_err(|_| late())??;
            tokio::spawn(connection);
            return Ok(client);
        }
        let connecting = self.config.connect(self.tls.clone());
        let (client, connection) = tokio::time::timeout(PATIENCE, connecting).await.map_err(|_| late())??;
        tokio::spawn(connection);
        Ok(client)
    }
}

/// Drives a connection, and passes on what is told on it.
fn heard_on<S, T>(mut connection: Connection<S, T>) -> UnboundedReceiver<Notification>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsStream + Unpin + Send + 'static,
{
    let (heard, hearer) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(told) = message
                && heard.send(told).is_err()
            {
                return;
            }
        }
    });
    hearer
}

/// Where no connection can be made, nobody answers.
pub(super) fn not_there(error: StoreError) -> StoreError {
    match error {
        StoreError::Lost(why) => StoreError::Silent(why),
        other => other,
    }
}

fn tls(verify: bool, roots: Option<&str>) -> std::result::Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    if !verify {
        let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)));
        return Ok(builder.with_no_client_auth());
    }
    let mut trusted = RootCertStore::empty();
    match roots {
        None => trusted.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let wrong = |error: &dyn std::fmt::Display| format!("sslrootcert={path} cannot be read: {error}");
            for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))? {
                let certificate = certificate.map_err(|error| wrong(&error))?;
                trusted.add(certificate).map_err(|error| wrong(&error))?;
            }
        }
    }
    Ok(builder.with_root_certificates(trusted).with_no_client_auth())
}

/// What `require` promises: nobody listens who only listens.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_libpq_are_taken() {
        for (url, mode) in [
            ("postgres://kl@localhost/keys", SslMode::Prefer),
            ("postgres://kl:pw@localhost/keys?sslmode=disable", SslMode::Disable),
            ("postgres://kl@localhost/keys?sslmode=allow", SslMode::Prefer),
            ("postgres://kl@localhost/keys?sslmode=require", SslMode::Require),
            ("postgres://kl@localhost/keys?sslmode=verify-full", SslMode::Require),
            ("postgresql://kl@%2Frun%2Fpg/keys?sslmode=verify-ca&application_name=x", SslMode::Require),
        ] {
            let connector = Connector::read(url).unwrap();
            assert_eq!(connector.config.get_ssl_mode(), mode, "{url}");
            assert_eq!(connector.config.get_dbname(), Some("keys"), "{url}");
        }
        for (url, word) in [
            ("postgres://kl:s3cret@localhost/keys?sslmode=loud", "sslmode"),
            (
                "postgres://kl:s3cret@localhost/keys?sslmode=verify-full&sslrootcert=/no/such.pem",
                "sslrootcert",
            ),
        ] {
            let error = Connector::read(url).err().unwrap();
            assert!(error.contains(word) && !error.contains("s3cret"), "{error}");
        }
    }
}
