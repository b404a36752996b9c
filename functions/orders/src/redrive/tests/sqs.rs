//! A fake SQS for these tests, and MiniStack's if it is configured.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use souk_testkit::{FakeAws, sdk_config};

use super::unique;

/// An implementation of SQS, with the queues of one test.
pub(super) struct Sqs {
    pub(super) client: aws_sdk_sqs::Client,
    urls: Mutex<HashMap<String, String>>,
    refused: Arc<Mutex<Option<String>>>,
    _fake: Option<FakeAws>,
}

/// A message in a queue, hidden after it was received.
struct Held {
    id: usize,
    body: Value,
    hidden: bool,
}

impl Sqs {
    /// The fake, and the MiniStack that `SOUK_CONTRACT_DYNAMODB` names.
    pub(super) fn each() -> Vec<Self> {
        let mut all = vec![Self::fake()];
        if let Ok(endpoint) = std::env::var("SOUK_CONTRACT_DYNAMODB") {
            all.push(Self {
                client: aws_sdk_sqs::Client::new(&sdk_config(&endpoint)),
                urls: Mutex::default(),
                refused: Arc::default(),
                _fake: None,
            });
        }
        all
    }

    pub(super) fn fake() -> Self {
        let refused = Arc::new(Mutex::new(None));
        let mut queues: HashMap<String, Vec<Held>> = HashMap::new();
        let mut sent = 0;
        let closed = Arc::clone(&refused);
        let fake = FakeAws::start(move |action, request| {
            let url = request["QueueUrl"].as_str().unwrap_or_default().to_owned();
            let queue = queues.entry(url.clone()).or_default();
            let handle = |request: &Value| request["ReceiptHandle"].as_str().and_then(|id| id.parse::<usize>().ok());
            let answer = match action {
                "CreateQueue" => json!({"QueueUrl": request["QueueName"]}),
                "SendMessage" if closed.lock().expect("a lock").as_ref() == Some(&url) => {
                    return (403, json!({"__type": "AccessDeniedException", "message": "no"}));
                }
                "SendMessage" => {
                    sent += 1;
                    queue.push(Held { id: sent, body: request["MessageBody"].clone(), hidden: false });
                    json!({"MessageId": sent.to_string()})
                }
                "ReceiveMessage" => {
                    let most = request["MaxNumberOfMessages"].as_u64().expect("a number");
                    let most = usize::try_from(most).expect("few");
                    let shown = queue.iter_mut().filter(|held| !held.hidden).take(most).map(|held| {
                        held.hidden = true;
                        let id = held.id.to_string();
                        let attributes = json!({"SentTimestamp": "1795503420000"});
                        json!({"MessageId": id, "ReceiptHandle": id, "Body": held.body, "Attributes": attributes})
                    });
                    json!({"Messages": shown.collect::<Vec<_>>()})
                }
                "DeleteMessage" => {
                    queue.retain(|held| Some(held.id) != handle(request));
                    json!({})
                }
                "ChangeMessageVisibility" => {
                    let held = queue.iter_mut().find(|held| Some(held.id) == handle(request));
                    held.expect("a message").hidden = false;
                    json!({})
                }
                "GetQueueAttributes" => {
                    let hidden = queue.iter().filter(|held| held.hidden).count();
                    json!({"Attributes": {
                        "ApproximateNumberOfMessages": (queue.len() - hidden).to_string(),
                        "ApproximateNumberOfMessagesNotVisible": hidden.to_string(),
                    }})
                }
                other => panic!("{other} is not played here"),
            };
            (200, answer)
        });
        let client = aws_sdk_sqs::Client::new(&fake.sdk_config());
        Self { client, urls: Mutex::default(), refused, _fake: Some(fake) }
    }

    pub(super) async fn create_queue(&self, name: &str) -> String {
        let answer = self.client.create_queue().queue_name(unique(name)).send().await.expect("made");
        let url = answer.queue_url.expect("a URL");
        self.urls.lock().expect("a lock").insert(name.to_owned(), url.clone());
        url
    }

    pub(super) async fn send(&self, name: &str, body: String) {
        self.client.send_message().queue_url(self.url(name)).message_body(body).send().await.expect("sent");
    }

    /// Bodies of the visible messages of a queue, which are hidden afterwards.
    pub(super) async fn bodies(&self, name: &str) -> Vec<String> {
        let request = self.client.receive_message().queue_url(self.url(name)).max_number_of_messages(10);
        let messages = request.send().await.expect("received").messages.unwrap_or_default();
        messages.into_iter().map(|message| message.body.unwrap_or_default()).collect()
    }

    /// Makes a queue reject messages from now on.
    pub(super) fn refuse(&self, name: &str) {
        *self.refused.lock().expect("a lock") = Some(self.url(name));
    }

    fn url(&self, name: &str) -> String {
        self.urls.lock().expect("a lock")[name].clone()
    }
}
