//! Signing keys and their source.

use std::pin::Pin;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Prefix of the 32-byte Ed25519 seed in a PKCS #8 document (RFC 8410, section 7).
const PKCS8_ED25519: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
/// Minimum length of the seed. A shorter one was probably not generated.
const MIN_SEED_CHARS: usize = 32;

/// Why the keys cannot be read. Never quotes the secret.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Secrets Manager did not respond, or refused the request.
    #[error("the signing key cannot be read: {0}")]
    Unavailable(String),
    /// The secret does not have the expected form.
    #[error("the signing key's secret is not usable: {0}")]
    Malformed(&'static str),
}

/// An Ed25519 key pair with its key id.
#[derive(Clone)]
pub struct SigningKey {
    pub(crate) kid: String,
    pub(crate) private: EncodingKey,
    pub(crate) public: DecodingKey,
}

/// The JSON of the secret. Every new `seed` needs a new `kid`, because verifiers read the keys again only for an
/// unknown `kid`.
#[derive(Deserialize)]
struct Secret {
    kid: String,
    seed: String,
}

impl SigningKey {
    /// From the secret's JSON `{"kid": "…", "seed": "<64 random characters>"}`.
    ///
    /// Secrets Manager can generate random characters but no keys. So the 32 bytes of the key are the SHA-256 of 64
    /// random characters, which have more entropy than the key needs.
    pub fn from_secret(json: &str) -> Result<Self, KeyError> {
        // The parser's message may quote the secret.
        let secret: Secret =
            serde_json::from_str(json).map_err(|_| KeyError::Malformed("it is not JSON with kid and seed"))?;
        if secret.kid.is_empty() || secret.seed.chars().count() < MIN_SEED_CHARS {
            return Err(KeyError::Malformed("kid is empty or seed is too short"));
        }
        let mut pkcs8 = PKCS8_ED25519.to_vec();
        pkcs8.extend_from_slice(&Sha256::digest(&secret.seed));
        let private = EncodingKey::from_ed_der(&pkcs8);
        let public = Jwk::from_encoding_key(&private, Algorithm::EdDSA)
            .and_then(|jwk| DecodingKey::from_jwk(&jwk))
            .map_err(|_| KeyError::Malformed("it does not make an Ed25519 key"))?;
        Ok(Self { kid: secret.kid, private, public })
    }
}

/// The current and the previous key.
#[derive(Clone)]
pub struct KeySet {
    /// Signs tokens and verifies them.
    pub current: SigningKey,
    /// Only verifies: its tokens stay valid for minutes after a rotation.
    pub previous: Option<SigningKey>,
}

impl KeySet {
    pub(crate) fn find(&self, kid: &str) -> Option<&SigningKey> {
        let previous = self.previous.as_ref();
        std::iter::once(&self.current).chain(previous).find(|key| key.kid == kid)
    }
}

/// The future of [`KeySource::read`].
pub type KeyFuture<'a> = Pin<Box<dyn Future<Output = Result<KeySet, KeyError>> + Send + 'a>>;

/// A source of keys. It has to apply a time-out to its calls.
pub trait KeySource: Send + Sync {
    /// Reads the current keys.
    fn read(&self) -> KeyFuture<'_>;
}

/// Keys in a secret of Secrets Manager: `AWSCURRENT` signs, `AWSPREVIOUS` only verifies.
pub struct SecretKeys {
    client: Client,
    secret_id: String,
}

impl SecretKeys {
    /// The keys in the secret with a name or ARN. The client has to have time-outs.
    pub fn new(client: Client, secret_id: impl Into<String>) -> Self {
        Self { client, secret_id: secret_id.into() }
    }

    /// A version of the secret; `None` if it does not exist.
    async fn version(&self, stage: &str) -> Result<Option<SigningKey>, KeyError> {
        let request = self.client.get_secret_value().secret_id(&self.secret_id).version_stage(stage);
        match request.send().await {
            Ok(response) => {
                let json = response.secret_string().ok_or(KeyError::Malformed("it is not a text"))?;
                SigningKey::from_secret(json).map(Some)
            }
            Err(error) => match error.as_service_error() {
                Some(GetSecretValueError::ResourceNotFoundException(_)) => Ok(None),
                Some(service) => {
                    let code = service.meta().code().unwrap_or("no code");
                    Err(KeyError::Unavailable(format!("Secrets Manager answered {code}")))
                }
                None => Err(KeyError::Unavailable(error.to_string())),
            },
        }
    }
}

impl KeySource for SecretKeys {
    fn read(&self) -> KeyFuture<'_> {
        Box::pin(async {
            let (current, previous) = tokio::try_join!(self.version("AWSCURRENT"), self.version("AWSPREVIOUS"))?;
            let current = current.ok_or_else(|| KeyError::Unavailable("there is no such secret".to_owned()))?;
            // A secret that was never rotated has no previous version.
            Ok(KeySet { current, previous })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_sdk_secretsmanager::config::retry::RetryConfig;
    use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
    use aws_sdk_secretsmanager::config::{BehaviorVersion, Region, SharedAsyncSleep};
    use aws_smithy_async::rt::sleep::TokioSleep;
    use aws_types::SdkConfig;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn secret(kid: &str) -> String {
        format!(r#"{{"kid":"{kid}","seed":"{}"}}"#, kid.repeat(64))
    }

    #[test]
    fn the_key_is_made_of_the_seed_alone() {
        let key = |json: &str| SigningKey::from_secret(json).expect("a key");
        let (a, b) = (key(&secret("a")), key(&secret("b")));
        let bytes = |key: &SigningKey| key.public.try_get_as_bytes().expect("bytes").to_vec();
        assert_eq!(bytes(&a), bytes(&key(&secret("a"))));
        assert_ne!(bytes(&a), bytes(&b));
        assert_eq!(bytes(&a).len(), 32);
    }

    #[test]
    fn a_bad_secret_is_refused_and_not_quoted() {
        for bad in ["", "{}", r#"{"kid":"a"}"#, r#"{"kid":"a","seed":"hunter2"}"#, r#"{"kid":1,"seed":"hunter2"}"#] {
            let error = SigningKey::from_secret(bad).err().expect("refused").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    /// A fake Secrets Manager on loopback with these versions by stage; it answers as AWS does.
    async fn secrets_manager(versions: &'static [(&'static str, &'static str)], status: u16) -> SecretKeys {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 16 * 1024];
                    let mut length = 0;
                    // The body is one JSON object and comes last.
                    while !request[..length].ends_with(b"}") {
                        length += stream.read(&mut request[length..]).await.expect("a request");
                    }
                    let request = String::from_utf8_lossy(&request[..length]).into_owned();
                    let known = versions.iter().find(|(stage, _)| request.contains(stage));
                    let (status, body) = match known {
                        _ if status != 200 => (status, r#"{"__type":"InternalServiceError"}"#.to_owned()),
                        None => (400, r#"{"__type":"ResourceNotFoundException"}"#.to_owned()),
                        Some((_, kid)) => (200, serde_json::json!({"SecretString": secret(kid)}).to_string()),
                    };
                    let head = format!("HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {}", body.len());
                    stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.expect("answered");
                });
            }
        });
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(Credentials::new("t", "t", None, None, "test")))
            .region(Region::from_static("us-east-1"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(10)).build())
            .endpoint_url(format!("http://{address}"))
            .build();
        SecretKeys::new(Client::new(&config), "signing-key")
    }

    #[tokio::test]
    async fn both_versions_are_read() {
        let keys = secrets_manager(&[("AWSCURRENT", "b"), ("AWSPREVIOUS", "a")], 200).await.read().await.expect("keys");
        assert_eq!((keys.current.kid.as_str(), keys.previous.as_ref().map(|key| key.kid.as_str())), ("b", Some("a")));
        assert!(keys.find("a").is_some() && keys.find("b").is_some() && keys.find("c").is_none());
    }

    #[tokio::test]
    async fn a_secret_that_was_never_rotated_will_do() {
        let keys = secrets_manager(&[("AWSCURRENT", "a")], 200).await.read().await.expect("keys");
        assert!(keys.previous.is_none());
    }

    #[tokio::test]
    async fn no_secret_and_no_answer_are_errors() {
        let missing = secrets_manager(&[], 200).await.read().await.err().expect("no secret").to_string();
        assert!(missing.contains("no such secret"), "{missing}");
        let down = secrets_manager(&[("AWSCURRENT", "a")], 500).await.read().await.err().expect("down").to_string();
        assert!(down.contains("InternalServiceError"), "{down}");
    }
}
