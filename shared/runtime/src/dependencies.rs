//! The stores, clients and settings of a function, made from its environment once, at start.

use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials as AwsCredentials;
use aws_smithy_http_client::tls;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use souk_cache::SharedCache;
use souk_catalog::{
    CachedCategories, CachedCollections, CachedProducts, CachedSynonyms, CatalogReader, ProductReader, SearchReader,
};
use souk_domain::effects::{Clock, Random};
use souk_domain::money::Currency;
use souk_domain::rate_limit::RateLimits;
use souk_search::{SearchIndex, SearchLimits};
use souk_store::{
    Accounts, AuditLog, AuditReader, Carts, Categories, Collections, Credentials, Inventory, Invitations, Limits,
    OneTimeTokens, OrderSteps, Orders, Products, RefundRequests, Registrations, Sessions, ShopperOrders, StaffGrants,
    StoreCredit, StoreCreditSteps, SynonymLists, Table, VerificationKeys,
};

use crate::bus::EventBus;
use crate::config::{Config, ConfigError};
use crate::effects::{SystemClock, SystemRandom};
use crate::http::audit::AuditContext;
use crate::http::{Limiter, RateStore};
use crate::objects::Objects;
use crate::queues::{DeadLetters, ErasureQueue, MailQueue, Queues};
use crate::stage::Stage;

/// Timeouts of one call to AWS. The whole operation with its retries takes less than the 10 s of an API function, so the cause
/// is in its log; if several are slow, the HTTP layer answers 503 in time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(2_500);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(6);
const MAX_ATTEMPTS: u32 = 3;
/// How long a search may take unless the environment says otherwise: a search that hangs holds an execution of the account
/// that long.
const SEARCH_TIMEOUT_MS: u64 = 500;
/// The variable with the address of the cache that processes share.
const CACHE_URL: &str = "CACHE_URL";

/// Configuration and AWS clients of this process.
///
/// Credentials and region are read from the environment, where Lambda puts them, without the SDK's provider chain: it
/// would lengthen every cold start.
pub struct Dependencies {
    config: Config,
    stage: Stage,
    sdk: SdkConfig,
    dynamodb: aws_sdk_dynamodb::Client,
}

impl Dependencies {
    /// Reads the environment and makes the AWS clients. Refuses an environment that the stage does not allow.
    pub fn from_env() -> Result<Self, ConfigError> {
        let config = Config::from_env();
        let stage = Stage::from_config(&config)?;
        stage.check(&config)?;
        let sdk = sdk_config(&config)?;
        let dynamodb = aws_sdk_dynamodb::Client::new(&sdk);
        Ok(Self { config, stage, sdk, dynamodb })
    }

    /// The environment.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// What this deployment is for.
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// The configuration of every AWS client.
    pub const fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    /// Randomness.
    pub fn random(&self) -> Arc<dyn Random> {
        Arc::new(SystemRandom)
    }

    /// The shop's currency.
    pub fn currency(&self) -> Result<Currency, ConfigError> {
        self.config.parsed("CURRENCY", Currency::USD)
    }

    /// The products table.
    pub fn products(&self) -> Result<Products, ConfigError> {
        Ok(Products::new(self.table("PRODUCTS_TABLE")?))
    }

    /// The products table behind its caches.
    pub fn cached_products(&self) -> Result<CachedProducts, ConfigError> {
        Ok(CachedProducts::new(self.products()?, self.shared_cache()?, self.clock(), self.random()))
    }

    /// Products and their stock, for shoppers.
    pub fn product_reader(&self) -> Result<ProductReader, ConfigError> {
        let (products, inventory) = (self.products()?, self.inventory()?);
        Ok(ProductReader::new(products, inventory, self.shared_cache()?, self.clock(), self.random()))
    }

    /// Searches and suggestions, for shoppers.
    pub fn search_reader(&self) -> Result<SearchReader, ConfigError> {
        Ok(SearchReader::new(self.search()?, self.clock()))
    }

    /// Lists of products, for shoppers.
    pub fn catalog_reader(&self) -> Result<CatalogReader, ConfigError> {
        Ok(CatalogReader {
            search: self.search_reader()?,
            products: self.product_reader()?,
            synonyms: CachedSynonyms::new(self.synonyms()?, self.clock()),
            table: self.products()?,
            categories: self.cached_categories()?,
            collections: self.cached_collections()?,
        })
    }

    /// The cache that processes share, if `CACHE_URL` names one. Several shops may share it: the name of the products
    /// table is its namespace.
    fn shared_cache(&self) -> Result<Option<SharedCache>, ConfigError> {
        let Some(url) = self.config.optional(CACHE_URL) else { return Ok(None) };
        let shared = CachedProducts::shared_cache(url, self.config.text("PRODUCTS_TABLE")?, &*self.random());
        shared.map(Some).map_err(|_| invalid_cache_url())
    }

    /// The categories table.
    pub fn categories(&self) -> Result<Categories, ConfigError> {
        Ok(Categories::new(self.table("CATEGORIES_TABLE")?))
    }

    /// The category tree, for shoppers.
    pub fn cached_categories(&self) -> Result<CachedCategories, ConfigError> {
        Ok(CachedCategories::new(self.categories()?, self.clock()))
    }

    /// The collections, which are in the categories table.
    pub fn collections(&self) -> Result<Collections, ConfigError> {
        Ok(Collections::new(self.table("CATEGORIES_TABLE")?))
    }

    /// The collections, for shoppers.
    pub fn cached_collections(&self) -> Result<CachedCollections, ConfigError> {
        Ok(CachedCollections::new(self.collections()?, self.clock()))
    }

    /// The synonyms table.
    pub fn synonyms(&self) -> Result<SynonymLists, ConfigError> {
        Ok(SynonymLists::new(self.table("SYNONYMS_TABLE")?))
    }

    /// The inventory table, written as this region.
    pub fn inventory(&self) -> Result<Inventory, ConfigError> {
        Ok(Inventory::new(self.table("INVENTORY_TABLE")?, self.config.text("AWS_REGION")?))
    }

    /// The carts table.
    pub fn carts(&self) -> Result<Carts, ConfigError> {
        Ok(Carts::new(self.table("CARTS_TABLE")?))
    }

    /// The orders table.
    pub fn orders(&self) -> Result<Orders, ConfigError> {
        Ok(Orders::new(self.table("ORDERS_TABLE")?))
    }

    /// The product index of the search domain.
    pub fn search(&self) -> Result<SearchIndex, ConfigError> {
        let endpoint = self.config.text("SEARCH_ENDPOINT")?;
        let index = SearchIndex::connect(&self.sdk, endpoint, self.search_limits()?, self.random());
        Ok(index.with_shards(self.config.parsed("SEARCH_SHARDS", 1)?))
    }

    /// The time limits of searches and suggestions.
    pub fn search_limits(&self) -> Result<SearchLimits, ConfigError> {
        Ok(SearchLimits::of_search(self.config.parsed("SEARCH_TIMEOUT_MS", SEARCH_TIMEOUT_MS)?))
    }

    /// The accounts table.
    pub fn accounts(&self) -> Result<Accounts, ConfigError> {
        Ok(Accounts::new(self.table("ACCOUNTS_TABLE")?))
    }

    /// The credentials table.
    pub fn credentials(&self) -> Result<Credentials, ConfigError> {
        Ok(Credentials::new(self.table("CREDENTIALS_TABLE")?))
    }

    /// The registrations table.
    pub fn registrations(&self) -> Result<Registrations, ConfigError> {
        Ok(Registrations::new(self.table("REGISTRATIONS_TABLE")?))
    }

    /// The table of one-time tokens.
    pub fn one_time_tokens(&self) -> Result<OneTimeTokens, ConfigError> {
        Ok(OneTimeTokens::new(self.table("ONE_TIME_TOKENS_TABLE")?))
    }

    /// The table of staff grants.
    pub fn staff_grants(&self) -> Result<StaffGrants, ConfigError> {
        Ok(StaffGrants::new(self.table("STAFF_GRANTS_TABLE")?))
    }

    /// The table of invitations to the staff.
    pub fn invitations(&self) -> Result<Invitations, ConfigError> {
        Ok(Invitations::new(self.table("INVITATIONS_TABLE")?))
    }

    /// The store credit table.
    pub fn store_credit(&self) -> Result<StoreCredit, ConfigError> {
        Ok(StoreCredit::new(self.table("STORE_CREDIT_TABLE")?))
    }

    /// Dependencies of the audit of changes by staff.
    pub fn audit_context(&self) -> Result<AuditContext, ConfigError> {
        let log = AuditLog::new(self.table("AUDIT_TABLE")?);
        Ok(AuditContext { log, clock: self.clock(), random: self.random() })
    }

    /// The audit table, to read entries.
    pub fn audit_reader(&self) -> Result<AuditReader, ConfigError> {
        Ok(AuditReader::new(self.table("AUDIT_TABLE")?))
    }

    /// The table of refunds that wait for a second person.
    pub fn refund_requests(&self) -> Result<RefundRequests, ConfigError> {
        Ok(RefundRequests::new(self.table("REFUND_REQUESTS_TABLE")?))
    }

    /// The table of keys that verify access tokens.
    pub fn verification_keys(&self) -> Result<VerificationKeys, ConfigError> {
        Ok(VerificationKeys::new(self.table("VERIFICATION_KEYS_TABLE")?))
    }

    /// The sessions table.
    pub fn sessions(&self) -> Result<Sessions, ConfigError> {
        Ok(Sessions::new(self.table("SESSIONS_TABLE")?))
    }

    /// The limits table.
    pub fn limits(&self) -> Result<Limits, ConfigError> {
        Ok(Limits::new(self.table("LIMITS_TABLE")?))
    }

    /// The limits of callers: `RATE_LIMITS`, or none with `LIMITS=off`. The buckets are in the cache that processes share,
    /// if the function has one, else in the limits table.
    pub fn limiter(&self) -> Result<Limiter, ConfigError> {
        const RATE_LIMITS: &str = "RATE_LIMITS";
        if !self.config.has_limits() {
            return Ok(Limiter::off());
        }
        let rates = self.config.text(RATE_LIMITS)?.parse::<RateLimits>();
        let rates = rates.map_err(|e| ConfigError::Invalid { name: RATE_LIMITS, reason: e.to_string() })?;
        let store = match self.config.optional(CACHE_URL) {
            Some(url) => RateStore::Cache(Box::new(
                SharedCache::at(url, self.config.text("LIMITS_TABLE")?, &*self.random())
                    .map_err(|_| invalid_cache_url())?,
            )),
            None => RateStore::Table(self.limits()?),
        };
        Ok(Limiter::new(rates, store, self.config.text("NETWORK_SALT")?, self.clock(), &*self.random()))
    }

    /// The event bus for other systems.
    pub fn event_bus(&self) -> Result<EventBus, ConfigError> {
        let client = aws_sdk_eventbridge::Client::new(&self.sdk);
        Ok(EventBus::new(client, self.config.text("EVENT_BUS")?, self.random()))
    }

    /// The queues between the steps of an order's life.
    pub fn queues(&self) -> Result<Queues, ConfigError> {
        let url = |variable| self.config.text(variable).map(str::to_owned);
        Ok(Queues {
            client: aws_sdk_sqs::Client::new(&self.sdk),
            order_queue_url: url("ORDER_QUEUE_URL")?,
            payment_queue_url: url("PAYMENT_QUEUE_URL")?,
            refund_queue_url: url("REFUND_QUEUE_URL")?,
        })
    }

    /// The mail queue.
    pub fn mail_queue(&self) -> Result<MailQueue, ConfigError> {
        Ok(MailQueue::new(&self.sdk, self.config.text("MAIL_QUEUE_URL")?))
    }

    /// The erasure queue.
    pub fn erasure_queue(&self) -> Result<ErasureQueue, ConfigError> {
        Ok(ErasureQueue::new(&self.sdk, self.config.text("ERASURE_QUEUE_URL")?))
    }

    /// The dead-letter queue of the stream consumers.
    pub fn dead_letters(&self) -> Result<DeadLetters, ConfigError> {
        Ok(DeadLetters::new(&self.sdk, self.config.text("STREAM_DEAD_LETTERS_URL")?))
    }

    /// The bucket for uploads of catalogues.
    pub fn imports(&self) -> Result<Objects, ConfigError> {
        Ok(Objects::new(&self.sdk, self.config.text("IMPORTS_BUCKET")?, self.random()))
    }

    /// The orders of callers, with those of their guests.
    pub fn shopper_orders(&self) -> Result<ShopperOrders, ConfigError> {
        Ok(ShopperOrders::new(self.orders()?, self.accounts()?))
    }

    /// The steps of orders, which also move stock.
    pub fn order_steps(&self) -> Result<OrderSteps, ConfigError> {
        Ok(OrderSteps::new(self.orders()?, self.inventory()?))
    }

    /// Steps of orders that also move store credit.
    pub fn store_credit_steps(&self) -> Result<StoreCreditSteps, ConfigError> {
        Ok(StoreCreditSteps::new(self.order_steps()?, self.store_credit()?))
    }

    /// The table that a variable names. All tables share one client.
    fn table(&self, variable: &'static str) -> Result<Table, ConfigError> {
        Ok(Table::new(self.dynamodb.clone(), self.config.text(variable)?, self.random()))
    }
}

fn invalid_cache_url() -> ConfigError {
    let expected = "must be redis://host:port, or rediss://… for TLS".to_owned();
    ConfigError::Invalid { name: CACHE_URL, reason: expected }
}

fn sdk_config(config: &Config) -> Result<SdkConfig, ConfigError> {
    let credentials = AwsCredentials::new(
        config.text("AWS_ACCESS_KEY_ID")?,
        config.text("AWS_SECRET_ACCESS_KEY")?,
        config.optional("AWS_SESSION_TOKEN").map(str::to_owned),
        None,
        "lambda-environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let http_client = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    let mut builder = SdkConfig::builder()
        .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
        .region(Region::new(config.text("AWS_REGION")?.to_owned()))
        .http_client(http_client)
        .sleep_impl(aws_sdk_dynamodb::config::SharedAsyncSleep::new(aws_smithy_async::rt::sleep::TokioSleep::new()))
        .retry_config(RetryConfig::standard().with_max_attempts(MAX_ATTEMPTS))
        .timeout_config(timeouts);
    if let Some(url) = config.optional("AWS_ENDPOINT_URL") {
        builder = builder.endpoint_url(url);
    }
    Ok(builder.build())
}
