//! A client that does what clients should: every request that it retries carries an idempotency key, and temporary
//! failures are retried a bounded number of times with exponential backoff and jitter.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use souk_e2e::retry::{self, ATTEMPTS};
use souk_e2e::{Call, Caller, Product, Response, checkout, unique_word};
use souk_rng::SeededRng;

/// Temporary refusals of a payment.
const IN_PROGRESS: [&str; 2] = ["request_in_progress", "payment_in_progress"];

/// A shopper's client.
pub(crate) struct Client<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) rng: SeededRng,
    /// Retries of all clients.
    pub(crate) retries: &'a AtomicUsize,
}

/// The result of a payment as the client received it.
pub(crate) enum Paid {
    /// The money was captured.
    Completed,
    /// The shopper has to visit this address.
    Action(String),
    /// Declined; another card may succeed.
    Declined,
    /// It is being processed, or the order is not payable any more, or no response came.
    Unknown,
}

impl Client<'_> {
    /// Puts exactly this basket into the cart; false if that failed.
    pub(crate) fn fill_cart(&mut self, basket: &[(&Product, u32)]) -> bool {
        let emptied = self.send(|caller| caller.call("DELETE", "/cart")).is_some_and(|answer| expect(&answer, &[200]));
        emptied
            && basket.iter().all(|(product, quantity)| {
                let body = json!({"product_id": product.id, "quantity": quantity});
                let key = unique_word();
                let add =
                    |caller: &Caller| caller.call("POST", "/cart/items").header("idempotency-key", &key).json(&body);
                self.send(add).is_some_and(|answer| expect(&answer, &[201]))
            })
    }

    /// Places an order and returns its id; `Err(true)` if there was insufficient stock.
    pub(crate) fn place(&mut self) -> Result<String, bool> {
        let key = unique_word();
        let place = |caller: &Caller| caller.call("POST", "/orders").header("idempotency-key", &key).json(checkout());
        match self.send(place) {
            Some(answer) if answer.status == 201 => Ok(answer.is(201).text("order_id")),
            Some(answer) => answer.is_problem(409, "insufficient_stock").at("code").map_or(Err(false), |_| Err(true)),
            None => Err(false),
        }
    }

    /// One attempt to pay.
    pub(crate) fn pay(&mut self, order_id: &str, token: &str) -> Paid {
        let (path, key, body) = (format!("/orders/{order_id}/pay"), unique_word(), json!({"payment_token": token}));
        let pay = |caller: &Caller| caller.call("POST", &path).header("idempotency-key", &key).json(&body);
        let Some(answer) = self.send(pay) else { return Paid::Unknown };
        expect(&answer, &[200, 202, 402, 409]);
        let body = answer.is(answer.status);
        match answer.status {
            200 => Paid::Completed,
            202 => body.at("action_url").map_or(Paid::Unknown, |url| Paid::Action(url.text(""))),
            402 => Paid::Declined,
            _ => Paid::Unknown,
        }
    }

    /// Cancels an order; false if the shop did not confirm it.
    pub(crate) fn cancel(&mut self, order_id: &str) -> bool {
        let path = format!("/orders/{order_id}/cancel");
        let answer = self.send(|caller| caller.call("POST", &path));
        answer.is_some_and(|answer| expect(&answer, &[200, 409]) && answer.status == 200)
    }

    /// Sends with retries; none if every attempt failed temporarily.
    fn send(&mut self, call: impl Fn(&Caller) -> Call) -> Option<Response> {
        for attempt in 0..ATTEMPTS {
            let answer = call(self.caller).try_send().ok();
            if answer.as_ref().is_some_and(|answer| !is_temporary(answer)) {
                return answer;
            }
            if attempt + 1 < ATTEMPTS {
                self.retries.fetch_add(1, Ordering::Relaxed);
                retry::wait(attempt, answer.as_ref(), &mut self.rng);
            }
        }
        None
    }
}

/// Whether a retry may succeed. A 500 that is not a problem of the shop comes from the gateway, whose function was
/// killed.
fn is_temporary(answer: &Response) -> bool {
    match answer.status {
        500 => answer.header("content-type") != "application/problem+json",
        429 | 502 | 503 | 504 => true,
        409 => IN_PROGRESS.contains(&answer.is(409).text("code").as_str()),
        _ => false,
    }
}

/// Fails with the whole response on another status.
fn expect(answer: &Response, statuses: &[u16]) -> bool {
    assert!(statuses.contains(&answer.status), "{answer}");
    true
}
