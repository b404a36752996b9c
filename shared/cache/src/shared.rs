//! The cache that all processes share: a Valkey or a Redis.
//!
//! | value | meaning |
//! |---|---|
//! | `P<version>\n<json>` | the product of that version |
//! | `N<time>\n` | at that time there was no such product |
//! | `C<version>\n` | it has changed, to that version: read it again. Keeps what was read before out |
//!
//! Whoever writes says which version it saw, and a script in the cache refuses what is older than what is there. So a
//! reader that is slow, or that read a replica that was behind, cannot put an old document over a newer one.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, FromRedisValue, Pipeline, RedisResult};
use souk_domain::catalog::Product;
use souk_domain::circuit_breaker::CircuitBreaker;
use souk_domain::effects::Random;
use souk_domain::ids::ProductId;
use souk_domain::time::Timestamp;

/// Longest wait for the cache, connecting included. It answers in a millisecond; the rest is for a TLS handshake on the
/// seventh of a core that a function of 256 MB has.
const CALL_TIMEOUT: Duration = Duration::from_millis(250);
/// How long a document is kept, in milliseconds.
const KEEP_MS: u64 = 300_000;
/// Up to so much less, so that what was filled together does not expire together.
const KEEP_JITTER_MS: u64 = 60_000;
/// How long it is kept that there is no such product. Short: whoever asks too early must not wait long for the product.
const KEEP_NONE_MS: u64 = 10_000;
/// How long a change keeps older fills out: longer than a reading can take.
const KEEP_CHANGE_MS: u64 = 10_000;
/// Counts the forms of a value. Another form gets other keys.
const FORM: u32 = 1;

/// The version at the start of a value, as a script reads it.
const VERSION: &str = r"local seen = redis.call('GET', KEYS[1])
local version = seen and tonumber(string.match(seen, '^[PNC](%-?%d+)\n'))
if version and version > tonumber(ARGV[1]) then return 0 end
";
/// Writes what was read, unless something newer is there. ARGV: version, value, milliseconds to keep it.
const FILL: &str = "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
";
/// Replaces what somebody reads; of what nobody reads, only notes that it changed, so that loading a catalogue does not
/// fill the cache with it. ARGV: as above, then the note and how long to keep it.
const CHANGE: &str = "if version and string.sub(seen, 1, 1) ~= 'C' then
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
else
redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
end
return 1
";

/// A product, or its absence, and of when that is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State<'a> {
    pub(crate) product_id: &'a ProductId,
    pub(crate) product: Option<&'a Product>,
    /// Taken before it was read: the version of an absence.
    pub(crate) read_at: Timestamp,
}

/// What the cache holds of a product.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Product(Box<Product>),
    NoProduct,
    Nothing,
}

/// Why the cache did not answer, for the log. Callers do without it.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It has failed lately and is left alone for a moment.
    #[error("the cache is left alone for a moment")]
    Resting,
    /// It took too long.
    #[error("no answer from the cache within {} ms", CALL_TIMEOUT.as_millis())]
    TimedOut,
    /// It refused, or the connection broke.
    #[error("the cache failed: {0}")]
    Failed(String),
}

/// One shared cache.
pub struct SharedCache {
    client: redis::Client,
    connection: tokio::sync::Mutex<Option<MultiplexedConnection>>,
    breaker: Mutex<CircuitBreaker>,
    namespace: String,
}

impl SharedCache {
    /// The cache at `redis://host:port`, or `rediss://…` for TLS, which may carry a user and a password. Connects on
    /// first use. Keys start with `namespace`, so that several shops can share one.
    pub fn at(url: &str, namespace: &str) -> Result<Self, NoAnswer> {
        // Somebody may have chosen the process's cryptography before: then that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = redis::Client::open(url).map_err(|error| NoAnswer::Failed(described(&error)))?;
        Ok(Self {
            client,
            connection: tokio::sync::Mutex::default(),
            breaker: Mutex::default(),
            namespace: format!("{namespace}:p{FORM}"),
        })
    }

    /// What is kept of these products, in their order.
    pub(crate) async fn get(&self, product_ids: &[ProductId]) -> Result<Vec<Kept>, NoAnswer> {
        let mut pipe = Pipeline::with_capacity(product_ids.len());
        for product_id in product_ids {
            // One by one: in a cluster the keys of one MGET would have to lie together.
            pipe.cmd("GET").arg(self.key(product_id));
        }
        let values: Vec<Option<Vec<u8>>> = self.call(&pipe).await?;
        Ok(values.iter().map(|value| value.as_deref().map_or(Kept::Nothing, read)).collect())
    }

    /// Keeps what was read of products, unless something newer is there.
    pub(crate) async fn fill(&self, states: &[State<'_>], random: &dyn Random) -> Result<(), NoAnswer> {
        let mut pipe = Pipeline::with_capacity(states.len());
        for state in states {
            let (version, value, keep_ms) = state.written(random);
            let script = [VERSION, FILL].concat();
            pipe.cmd("EVAL").arg(script).arg(1).arg(self.key(state.product_id)).arg(version).arg(value).arg(keep_ms);
            pipe.ignore();
        }
        self.call(&pipe).await
    }

    /// Makes sure that nothing older than this is kept or will be.
    pub(crate) async fn change(&self, states: &[State<'_>], random: &dyn Random) -> Result<(), NoAnswer> {
        let mut pipe = Pipeline::with_capacity(states.len());
        for state in states {
            let (version, value, keep_ms) = state.written(random);
            let script = [VERSION, CHANGE].concat();
            pipe.cmd("EVAL").arg(script).arg(1).arg(self.key(state.product_id)).arg(version).arg(value).arg(keep_ms);
            pipe.arg(format!("C{version}\n")).arg(KEEP_CHANGE_MS).ignore();
        }
        self.call(&pipe).await
    }

    fn key(&self, product_id: &ProductId) -> String {
        format!("{}:{}", self.namespace, product_id.as_str())
    }

    async fn call<T: FromRedisValue + Send>(&self, pipe: &Pipeline) -> Result<T, NoAnswer> {
        if !self.breaker().allows_call(Instant::now()) {
            return Err(NoAnswer::Resting);
        }
        // Behind a pointer: the types of the client's futures are too deep for the compiler inside a handler's.
        let sent: Pin<Box<dyn Future<Output = RedisResult<T>> + Send + '_>> = Box::pin(self.send(pipe));
        let failure = match tokio::time::timeout(CALL_TIMEOUT, sent).await {
            Ok(Ok(answer)) => {
                self.breaker().record_success();
                return Ok(answer);
            }
            Ok(Err(error)) => NoAnswer::Failed(described(&error)),
            Err(_) => NoAnswer::TimedOut,
        };
        self.breaker().record_failure(Instant::now());
        self.disconnect();
        Err(failure)
    }

    /// Sends once; once more when a connection from before turns out to have been closed meanwhile, as idle ones are.
    async fn send<T: FromRedisValue + Send>(&self, pipe: &Pipeline) -> RedisResult<T> {
        let (mut connection, fresh) = self.connect().await?;
        match pipe.query_async(&mut connection).await {
            Err(error) if !fresh && error.is_unrecoverable_error() => {
                self.disconnect();
                let (mut connection, _) = self.connect().await?;
                pipe.query_async(&mut connection).await
            }
            answered => answered,
        }
    }

    /// The connection, and whether it was made just now.
    async fn connect(&self) -> RedisResult<(MultiplexedConnection, bool)> {
        let mut current = self.connection.lock().await;
        if let Some(connection) = &*current {
            return Ok((connection.clone(), false));
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CALL_TIMEOUT))
            .set_response_timeout(Some(CALL_TIMEOUT));
        let connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        *current = Some(connection.clone());
        Ok((connection, true))
    }

    /// Forgets the connection. When somebody holds it locked, a new one is being made already.
    fn disconnect(&self) {
        if let Ok(mut connection) = self.connection.try_lock() {
            *connection = None;
        }
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, CircuitBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State<'_> {
    /// Version, value, and for how many milliseconds.
    fn written(&self, random: &dyn Random) -> (i64, Vec<u8>, u64) {
        let Some(product) = self.product else {
            let version = self.read_at.as_millis();
            return (version, format!("N{version}\n").into_bytes(), KEEP_NONE_MS);
        };
        let mut value = format!("P{}\n", product.version).into_bytes();
        // Our own type, with string keys: it always serialises.
        serde_json::to_writer(&mut value, product).expect("a product serialises");
        (product.version, value, KEEP_MS - random.below(KEEP_JITTER_MS))
    }
}

/// What cannot be read counts as nothing: it is read from the table, and overwritten.
fn read(value: &[u8]) -> Kept {
    match value.first() {
        Some(b'N') => Kept::NoProduct,
        Some(b'P') => {
            let json = value.iter().position(|byte| *byte == b'\n').map(|end| &value[end..]).unwrap_or_default();
            serde_json::from_slice(json).map_or(Kept::Nothing, |product| Kept::Product(Box::new(product)))
        }
        _ => Kept::Nothing,
    }
}

/// Not the whole error: it may name the address.
fn described(error: &redis::RedisError) -> String {
    error.code().map_or_else(|| error.category().to_owned(), |code| format!("{}: {code}", error.category()))
}
