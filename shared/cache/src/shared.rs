//! A cache that all processes share: a Valkey or a Redis that keeps bytes, each with a version.
//!
//! | stored | meaning |
//! |---|---|
//! | `P<version>\n<value>` | the value of that version |
//! | `N<version>\n` | as of that version there is no value |
//! | `C<version>\n` | the value has changed to that version and must be read again; older values are refused |
//!
//! Every write carries a version, and a script in the cache refuses one that is older than the stored one. So a slow
//! reader, or one that read a stale replica, cannot overwrite a newer value.

use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, FromRedisValue, Pipeline, RedisResult};
use souk_domain::circuit_breaker::CircuitBreaker;
use souk_domain::effects::Random;
use souk_domain::rate_limit::{Grant, Rate};

/// Longest wait for the cache, connecting included. It answers in a millisecond; the rest is for a TLS handshake on the
/// seventh of a core that a function of 256 MB has.
const CALL_TIMEOUT: Duration = Duration::from_millis(250);
/// How long a change keeps older values out: longer than a read can take.
const CHANGE_TTL: Duration = Duration::from_secs(10);

/// Reads the version of the stored entry, and ends the script if it is newer than the one to write.
const READ_VERSION: &str = r"local stored = redis.call('GET', KEYS[1])
local version = stored and tonumber(string.match(stored, '^[PNC](%-?%d+)\n'))
if version and version > tonumber(ARGV[1]) then return 0 end
";
/// Stores a value that was read, unless a newer one is stored. ARGV: version, entry, its time to live in milliseconds.
const FILL: &str = "redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
";
/// Replaces a stored value. For a key without a value it only stores a note of the change, so that loading a catalogue
/// does not fill the cache. ARGV: as above, then the note and its time to live.
const CHANGE: &str = "if version and string.sub(stored, 1, 1) ~= 'C' then
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
else
redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5])
end
return 1
";

/// Takes tokens of a bucket, which is stored as the time in microseconds at which it will be full. A number as large as
/// that would lose digits if Lua wrote it. ARGV: the time, the interval of a token, that of all tokens, the wanted tokens.
const TAKE: &str = "local now, interval, capacity = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local tokens = math.min(tonumber(ARGV[4]), math.floor((now + capacity - full_at) / interval))
if tokens < 1 then return {0, full_at} end
full_at = full_at + tokens * interval
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', string.format('%.0f', math.ceil((full_at - now) / 1000) + 1000))
return {tokens, full_at}
";

/// A value to store.
#[derive(Debug)]
pub struct VersionedValue {
    /// Key, within the namespace of the cache.
    pub key: String,
    /// Version; the higher one is newer.
    pub version: i64,
    /// `None` if the value does not exist.
    pub value: Option<Vec<u8>>,
    /// Time to live.
    pub ttl: Duration,
}

/// The cached state of a key.
#[derive(Debug, PartialEq, Eq)]
pub enum CachedBytes {
    /// The value.
    Value(Vec<u8>),
    /// The value does not exist.
    Absent,
}

/// Why the cache did not answer, for the log. Callers continue without it.
#[derive(Debug, thiserror::Error)]
pub enum SharedCacheError {
    /// The circuit breaker is open after several failures in a row.
    #[error("the circuit breaker of the cache is open")]
    CircuitOpen,
    /// No response within the time-out.
    #[error("no answer from the cache within {} ms", CALL_TIMEOUT.as_millis())]
    TimedOut,
    /// It refused the call, or the connection broke.
    #[error("the cache failed: {0}")]
    Failed(String),
}

/// The client of a shared cache, with a circuit breaker.
pub struct SharedCache {
    client: redis::Client,
    connection: tokio::sync::Mutex<Option<MultiplexedConnection>>,
    breaker: Mutex<CircuitBreaker>,
    namespace: String,
}

impl SharedCache {
    /// The cache at `redis://host:port`, or `rediss://…` for TLS, which may carry a user and a password. Connects on
    /// first use. Keys start with `namespace`, so that several shops can share one cache. `random` gives the jitter of the
    /// circuit breaker, so that the trials of processes do not coincide.
    pub fn at(url: &str, namespace: &str, random: &dyn Random) -> Result<Self, SharedCacheError> {
        // If the process has installed a cryptography provider already, it stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = redis::Client::open(url).map_err(|error| SharedCacheError::Failed(described(&error)))?;
        Ok(Self {
            client,
            connection: tokio::sync::Mutex::default(),
            breaker: Mutex::new(CircuitBreaker::tolerant(random.below(u64::MAX))),
            namespace: namespace.to_owned(),
        })
    }

    /// The values of these keys, in their order.
    pub async fn get<K: AsRef<str>>(&self, keys: &[K]) -> Result<Vec<Option<CachedBytes>>, SharedCacheError> {
        let mut pipe = Pipeline::with_capacity(keys.len());
        for key in keys {
            // One by one: in a cluster, the keys of one MGET would have to be in the same slot.
            pipe.cmd("GET").arg(self.full_key(key.as_ref()));
        }
        let stored: Vec<Option<Vec<u8>>> = self.call(&pipe).await?;
        Ok(stored.into_iter().map(|stored| stored.as_deref().and_then(read)).collect())
    }

    /// Stores values that were read, unless newer ones are stored.
    pub async fn fill(&self, values: &[VersionedValue]) -> Result<(), SharedCacheError> {
        let script = [READ_VERSION, FILL].concat();
        let mut pipe = Pipeline::with_capacity(values.len());
        for value in values {
            self.eval(&mut pipe, &script, value).ignore();
        }
        self.call(&pipe).await
    }

    /// Ensures that no older value is stored, now or later: replaces stored values, and stores a note of the change for
    /// the other keys.
    pub async fn change(&self, values: &[VersionedValue]) -> Result<(), SharedCacheError> {
        let script = [READ_VERSION, CHANGE].concat();
        let mut pipe = Pipeline::with_capacity(values.len());
        for value in values {
            let note = format!("C{}\n", value.version);
            self.eval(&mut pipe, &script, value).arg(note).arg(millis(CHANGE_TTL)).ignore();
        }
        self.call(&pipe).await
    }

    /// Takes the wanted tokens of a bucket, or as many as are available. `now` is in microseconds since the Unix epoch.
    pub async fn take(&self, key: &str, rate: Rate, wanted: u32, now: i64) -> Result<Grant, SharedCacheError> {
        let mut pipe = Pipeline::with_capacity(1);
        let command = pipe.cmd("EVAL").arg(TAKE).arg(1).arg(self.full_key(key));
        command.arg(now).arg(rate.interval_micros()).arg(rate.capacity_micros()).arg(wanted);
        let answers: Vec<Vec<i64>> = self.call(&pipe).await?;
        match answers.first().map(Vec::as_slice) {
            Some(&[tokens, full_at]) => Ok(Grant { tokens: u32::try_from(tokens).unwrap_or(0), full_at }),
            _ => Err(SharedCacheError::Failed("an answer without tokens".to_owned())),
        }
    }

    fn eval<'p>(&self, pipe: &'p mut Pipeline, script: &str, value: &VersionedValue) -> &'p mut Pipeline {
        let kind = if value.value.is_some() { 'P' } else { 'N' };
        let mut stored = format!("{kind}{}\n", value.version).into_bytes();
        stored.extend_from_slice(value.value.as_deref().unwrap_or_default());
        let command = pipe.cmd("EVAL").arg(script).arg(1).arg(self.full_key(&value.key));
        command.arg(value.version).arg(stored).arg(millis(value.ttl))
    }

    fn full_key(&self, key: &str) -> String {
        format!("{}:{key}", self.namespace)
    }

    async fn call<T: FromRedisValue + Send>(&self, pipe: &Pipeline) -> Result<T, SharedCacheError> {
        if !self.breaker().allows_call(Instant::now()) {
            return Err(SharedCacheError::CircuitOpen);
        }
        // Boxed: the types of the client's futures are too deep for the compiler inside those of a handler.
        let sent: Pin<Box<dyn Future<Output = RedisResult<T>> + Send + '_>> = Box::pin(self.send(pipe));
        let failure = match tokio::time::timeout(CALL_TIMEOUT, sent).await {
            Ok(Ok(answer)) => {
                self.breaker().record_success();
                return Ok(answer);
            }
            Ok(Err(error)) => SharedCacheError::Failed(described(&error)),
            Err(_) => SharedCacheError::TimedOut,
        };
        self.breaker().record_failure(Instant::now());
        self.disconnect();
        Err(failure)
    }

    /// Sends once, and once more if an earlier connection turns out to be closed, as idle ones are.
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

    /// Drops the connection. If it is locked, another caller is already making a new one.
    fn disconnect(&self) {
        if let Ok(mut connection) = self.connection.try_lock() {
            *connection = None;
        }
    }

    fn breaker(&self) -> std::sync::MutexGuard<'_, CircuitBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// None for the note of a change and for what cannot be read: the caller reads the source, and overwrites it.
fn read(stored: &[u8]) -> Option<CachedBytes> {
    let end = stored.iter().position(|byte| *byte == b'\n')?;
    match stored[0] {
        b'P' => Some(CachedBytes::Value(stored[end + 1..].to_vec())),
        b'N' => Some(CachedBytes::Absent),
        _ => None,
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Not the whole error: it may name the address.
fn described(error: &redis::RedisError) -> String {
    error.code().map_or_else(|| error.category().to_owned(), |code| format!("{}: {code}", error.category()))
}
