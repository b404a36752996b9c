//! The payment provider: the fake Stripe as a process, killed and restarted on the same journal.

use std::env;
use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use souk_e2e::{Json, Shop, eventually};
use ureq::Agent;

/// How long it may take to start or to answer a question of the test. Wide: it guards against a provider that hangs.
const WAIT_SECONDS: u64 = 120;

/// The provider. It ends with the value.
pub(crate) struct Provider {
    program: PathBuf,
    address: String,
    journal: PathBuf,
    webhook: String,
    secret: String,
    agent: Agent,
    process: Mutex<Option<Child>>,
}

impl Provider {
    /// A new one, without payments, as the environment describes it.
    pub(crate) fn start(shop: &Shop) -> Self {
        let variable = |name: &str| {
            env::var(name)
                .unwrap_or_else(|_| panic!("{name} is not set; `cargo xtask test` runs this with a stack of its own"))
        };
        let agent = Agent::config_builder().http_status_as_error(false).proxy(None);
        let agent =
            agent.timeout_global(Some(Duration::from_secs(WAIT_SECONDS))).max_idle_connections(0).build().into();
        let provider = Self {
            program: variable("SOUK_CHAOS_STRIPE_FAKE").into(),
            address: variable("SOUK_CHAOS_PROVIDER"),
            journal: shop.home().join("stripe-journal.jsonl"),
            webhook: format!("{}/webhooks/stripe", shop.api_url()),
            secret: variable("SOUK_CHAOS_WEBHOOK_SECRET"),
            agent,
            process: Mutex::new(None),
        };
        let _ = fs::remove_file(&provider.journal); // of an earlier run
        provider.restart();
        provider
    }

    /// Starts it on its journal.
    pub(crate) fn restart(&self) {
        let mut command = Command::new(&self.program);
        command.arg(&self.address).arg("--journal").arg(&self.journal);
        command.args(["--webhook", &self.webhook, "--secret", &self.secret]);
        let process =
            command.spawn().unwrap_or_else(|error| panic!("{} does not start: {error}", self.program.display()));
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
        eventually(WAIT_SECONDS, "the provider answers", || TcpStream::connect(&self.address).ok());
    }

    /// SIGKILL.
    pub(crate) fn kill(&self) {
        if let Some(mut process) = self.process.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = process.kill(); // it may have ended by itself
            let _ = process.wait();
        }
    }

    /// Faults of the next write requests, one each; `None` is a request without a fault.
    pub(crate) fn fail_next(&self, faults: &[Option<&str>]) {
        let url = format!("http://{}/_control/faults", self.address);
        let response = self.agent.post(url).send(json!({"next": faults}).to_string()).expect("the provider answers");
        assert_eq!(response.status(), 200);
    }

    /// The shopper completes or fails the required action. It may fail without harm while the provider is down or the
    /// payment is final.
    pub(crate) fn authenticate(&self, action_url: &str, outcome: &str) {
        let _ = self.agent.get(format!("{action_url}?outcome={outcome}")).call();
    }

    /// Whether no payment is open and no webhook undelivered.
    pub(crate) fn is_quiet(&self) -> bool {
        let state = self.state();
        let waits = |status: &String| ["requires_action", "processing"].contains(&status.as_str());
        !state.texts("payment_intents", "status").iter().any(waits) && state.whole("messages_waiting") == 0
    }

    /// All payments and refunds, and the number of undelivered webhooks.
    pub(crate) fn state(&self) -> Json {
        let response = self.agent.get(format!("http://{}/_control/state", self.address)).call();
        let text = response.expect("the provider answers").body_mut().read_to_string().expect("an answer");
        Json::parse(&text).expect("JSON")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.kill();
    }
}
