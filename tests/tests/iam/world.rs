//! The shop and the data that scenarios share.

use std::sync::OnceLock;

use serde_json::{Value, json};
use souk_e2e::{Json, Product, SOON_SECONDS, Session, Shop, credentials, eventually, fresh_email, unique_word};

use crate::provider::Provider;

/// A fault of the provider that leaves the outcome of a payment unknown.
const NO_ANSWER: &str = "error_after";

/// The shop, and data that scenarios use again.
pub(crate) struct World {
    pub(crate) shop: &'static Shop,
    pub(crate) provider: Provider,
    account: OnceLock<Session>,
    product: OnceLock<Product>,
}

impl World {
    pub(crate) fn start(shop: &'static Shop) -> Self {
        let provider = Provider::start(shop);
        let world = Self { shop, provider, account: OnceLock::new(), product: OnceLock::new() };
        world.account();
        world.product();
        world
    }

    /// A verified account that no scenario changes.
    pub(crate) fn account(&self) -> &Session {
        self.account.get_or_init(|| self.shop.verified())
    }

    /// A product with much stock, which search finds.
    pub(crate) fn product(&self) -> &Product {
        self.product.get_or_init(|| {
            let product = self.shop.product("12.50", 1_000_000);
            self.find(&product.word, &product);
            product
        })
    }

    /// Waits until a search finds a product.
    pub(crate) fn find(&self, words: &str, product: &Product) {
        eventually(SOON_SECONDS, "search finds the product", || {
            let page = self.shop.anyone().get(&format!("/products?search={words}")).is(200);
            page.texts("products", "id").contains(&product.id).then_some(())
        });
    }

    /// A guest's cart with a unit of the product.
    pub(crate) fn guest_with_cart(&self) -> Session {
        let guest = self.shop.guest_session();
        guest.caller.add(self.product(), 1);
        guest
    }

    /// An order of a guest.
    pub(crate) fn order(&self) -> (Session, String) {
        let guest = self.guest_with_cart();
        let order_id = guest.caller.place();
        (guest, order_id)
    }

    /// An order of a guest that is paid.
    pub(crate) fn paid_order(&self, units: u32) -> (Session, String) {
        let guest = self.shop.guest_session();
        let order_id = guest.caller.order(self.product(), units);
        guest.caller.pay(&order_id, &self.shop.success).is(200);
        (guest, order_id)
    }

    /// An order of a guest that is delivered.
    pub(crate) fn delivered_order(&self, units: u32) -> (Session, String) {
        let (guest, order_id) = self.paid_order(units);
        self.shop.order_action(&order_id, "ship", souk_e2e::shipment()).is(200);
        self.shop.order_action(&order_id, "deliver", "").is(200);
        (guest, order_id)
    }

    /// An order of an account that is delivered.
    pub(crate) fn delivered_order_of(&self, account: &Session, units: u32) -> String {
        self.shop.delivered_order(&account.caller, self.product(), units)
    }

    /// An order whose payment the provider has not answered.
    pub(crate) fn unanswered_payment(&self) -> (Session, String) {
        let (guest, order_id) = self.order();
        self.provider.fail_next(&[Some(NO_ANSWER)]);
        guest.caller.pay(&order_id, &self.shop.success).is(202);
        (guest, order_id)
    }

    /// A verified account that placed an order when it was a guest.
    pub(crate) fn account_with_order_of_a_guest(&self) -> (Session, String) {
        let (guest, order_id) = self.order();
        let pending = self.register_guest(&fresh_email(), &guest);
        (self.shop.verify(&pending), order_id)
    }

    /// Registers a guest.
    pub(crate) fn register_guest(&self, email: &str, guest: &Session) -> Session {
        let mut body = credentials(email);
        body["guest_refresh_token"] = guest.refresh_token.clone().into();
        self.shop.session(email, &self.shop.anyone().post_with_key("/auth/register", body).is(201))
    }

    /// Invokes the consumer of a queue with one message, which it must process.
    pub(crate) fn deliver(&self, function: &str, body: &Value) {
        let record = json!({
            "messageId": unique_word(),
            "receiptHandle": "handle",
            "body": body.to_string(),
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1795503420000",
                "SenderId": "AROAEXAMPLE:test",
                "ApproximateFirstReceiveTimestamp": "1795503420000",
            },
            "messageAttributes": {},
            "md5OfBody": "9b60577d540788b90b927e76c32e83bd",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:test",
            "awsRegion": "us-east-1",
        });
        self.consume(function, &record);
    }

    /// Invokes the consumer of a stream with one change, which it must process. `images` are before and after.
    pub(crate) fn change(&self, function: &str, table: &str, keys: &Value, images: [Option<&Value>; 2]) {
        let [before, after] = images;
        let mut change = json!({
            "ApproximateCreationDateTime": 1_795_503_420,
            "Keys": keys,
            "SequenceNumber": unique_word().bytes().fold(1_u64, |number, byte| number * 26 + u64::from(byte - b'a')).to_string(),
            "SizeBytes": 512,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        });
        for (name, image) in [("OldImage", before), ("NewImage", after)] {
            if let Some(image) = image {
                change[name] = image.clone();
            }
        }
        let record = json!({
            "eventID": unique_word(),
            "eventName": if before.is_some() { "MODIFY" } else { "INSERT" },
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": change,
            "eventSourceARN": format!("arn:aws:dynamodb:us-east-1:000000000000:table/{table}/stream/2026-11-24T07:00:00.000"),
        });
        self.consume(function, &record);
    }

    fn consume(&self, function: &str, record: &Value) {
        let answer = self.shop.invoke(function, &json!({"Records": [record]}));
        assert!(answer.list("batchItemFailures").is_empty(), "{function} failed: {answer}");
    }

    /// The message about a new object in the imports bucket.
    pub(crate) fn object_created(&self, key: &str) -> Value {
        let bucket = self.shop.variable("import-upload", "IMPORTS_BUCKET");
        json!({"Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": "2026-11-24T06:57:00.000Z",
            "eventName": "ObjectCreated:Put",
            "userIdentity": {"principalId": "test"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {"x-amz-request-id": "x", "x-amz-id-2": "x"},
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "uploads",
                "bucket": {"name": bucket, "ownerIdentity": {"principalId": "x"}, "arn": format!("arn:aws:s3:::{bucket}")},
                "object": {"key": key, "size": 83, "eTag": "d41d8cd98f00b204e9800998ecf8427e", "sequencer": "0055AED6DCD90281E5"},
            },
        }]})
    }

    /// Sets a variable of a function until the value is dropped.
    pub(crate) fn with_variable<'a>(&'a self, function: &'a str, name: &str, value: &str) -> ChangedVariable<'a> {
        let environment = as_value(&self.shop.function(function).at("Environment").expect("an environment"));
        let mut changed = environment.clone();
        changed["Variables"][name] = value.into();
        let guard = ChangedVariable { shop: self.shop, function, environment };
        self.shop.configure(function, &json!({"Environment": changed}));
        guard
    }

    /// Stops the invocations of a function until the value is dropped.
    pub(crate) fn without<'a>(&self, function: &'a str) -> Stopped<'a> {
        self.shop.allow_invocations(function, false);
        Stopped { shop: self.shop, function }
    }

    /// The name of a table, from a function that uses it.
    pub(crate) fn table(&self, function: &str, variable: &str) -> String {
        self.shop.variable(function, variable)
    }

    /// The key and the item of an order.
    pub(crate) fn order_item(&self, user_id: &str, order_id: &str) -> (Value, Value) {
        let key = json!({"user_id": {"S": user_id}, "order_id": {"S": order_id}});
        let request = json!({"TableName": self.table("reconcile", "ORDERS_TABLE"), "Key": key, "ConsistentRead": true});
        let item = self.shop.action("dynamodb", "DynamoDB_20120810.GetItem", &request);
        (key, as_value(&item.at("Item").expect("an order")))
    }

    /// Ends the hold of an order long ago.
    pub(crate) fn end_hold(&self, user_id: &str, order_id: &str) {
        let update = json!({
            "TableName": self.table("reconcile", "ORDERS_TABLE"),
            "Key": {"user_id": {"S": user_id}, "order_id": {"S": order_id}},
            "UpdateExpression": "SET hold_expires_at = :past",
            "ExpressionAttributeValues": {":past": {"N": "1700000000000"}},
        });
        self.shop.action("dynamodb", "DynamoDB_20120810.UpdateItem", &update);
    }
}

/// Restores the variables of a function when it is dropped.
pub(crate) struct ChangedVariable<'a> {
    shop: &'static Shop,
    function: &'a str,
    environment: Value,
}

impl Drop for ChangedVariable<'_> {
    fn drop(&mut self) {
        self.shop.configure(self.function, &json!({"Environment": self.environment}));
    }
}

/// Allows the invocations of a function again when it is dropped.
pub(crate) struct Stopped<'a> {
    shop: &'static Shop,
    function: &'a str,
}

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        self.shop.allow_invocations(self.function, true);
    }
}

/// The same JSON, to be built upon.
fn as_value(json: &Json) -> Value {
    serde_json::from_str(json.raw()).expect("JSON")
}
