//! The fake Stripe as a process that is killed: no response is lost, and no key captures twice.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use serde_json::Value;

/// A process that is killed when the value is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill(); // SIGKILL
        let _ = self.0.wait();
    }
}

struct Client {
    http: reqwest::Client,
    url: String,
}

impl Client {
    fn of(address: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().expect("a client");
        Self { http, url: format!("http://{address}") }
    }

    async fn get(&self, path: &str) -> Option<Value> {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = request.header("authorization", "Bearer sk_test_1").header("stripe-version", "x");
        let text = request.send().await.ok()?.text().await.ok()?;
        serde_json::from_str(&text).ok()
    }

    async fn pay(&self, key: &str) -> Option<String> {
        let body = "amount=500&currency=usd&payment_method=pm_card_visa&payment_method_types[]=card&confirm=true";
        let request = self.http.post(format!("{}/v1/payment_intents", self.url)).body(body);
        let request = request.header("authorization", "Bearer sk_test_1").header("stripe-version", "x");
        let text = request.header("idempotency-key", key).send().await.ok()?.text().await.ok()?;
        let intent: Value = serde_json::from_str(&text).ok()?;
        intent["id"].as_str().map(str::to_owned)
    }

    async fn until_ready(&self) {
        for _ in 0..2_400 {
            if self.get("/_control/state").await.is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the fake does not answer");
    }
}

fn start(address: &str, journal: &Path) -> Process {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stripe-fake"));
    Process(command.arg(address).arg("--journal").arg(journal).spawn().expect("started"))
}

#[tokio::test]
async fn a_kill_loses_nothing() {
    let address = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").to_string();
    let journal = std::env::temp_dir().join(format!("stripe-fake-{}.journal", std::process::id()));
    let client = Client::of(&address);
    let mut answered = Vec::new();
    for round in 0..3 {
        let process = start(&address, &journal);
        client.until_ready().await;
        for number in 0..10 {
            let key = format!("{round}-{number}");
            answered.push((key.clone(), client.pay(&key).await.expect("paid")));
        }
        drop(process);
        // As if the kill had come in the middle of a line.
        let file = std::fs::OpenOptions::new().append(true).open(&journal);
        file.expect("a journal").write_all(b"{\"intents\":[{\"id\":").expect("half a line");
    }
    let _process = start(&address, &journal);
    client.until_ready().await;
    for (key, id) in &answered {
        assert_eq!(client.pay(key).await.as_ref(), Some(id), "the same answer for {key}");
    }
    let state = client.get("/_control/state").await.expect("a state");
    assert_eq!(state["payment_intents"].as_array().map(Vec::len), Some(answered.len()));
    std::fs::remove_file(&journal).expect("removed");
}
