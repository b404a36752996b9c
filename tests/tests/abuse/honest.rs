//! An honest shopper who buys while an attack runs, and the table row about both.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use souk_e2e::{Product, Shop, print_line};

/// Pause between two purchases.
const PAUSE: Duration = Duration::from_millis(250);

/// What an honest shopper noticed.
pub(crate) struct Honest {
    times: Vec<Duration>,
    failures: Vec<String>,
}

impl Honest {
    /// Runs an attack while an honest shopper buys one unit of `product` again and again.
    /// The attack lasts for at least one purchase.
    pub(crate) fn beside<T: Send>(
        shop: &'static Shop,
        product: &Product,
        attack: impl FnOnce() -> T + Send,
    ) -> (T, Self) {
        let (is_over, mut honest) = (AtomicBool::new(false), Self { times: Vec::new(), failures: Vec::new() });
        let result = thread::scope(|scope| {
            let attack = scope.spawn(|| {
                let result = attack();
                is_over.store(true, Ordering::Relaxed);
                result
            });
            while honest.times.is_empty() || !(is_over.load(Ordering::Relaxed) || attack.is_finished()) {
                honest.buy(shop, product);
                thread::sleep(PAUSE);
            }
            attack.join().expect("the attack runs to its end")
        });
        (result, honest)
    }

    /// Each purchase is by a new guest from a new address, as of many shoppers, so that it stays within all limits.
    fn buy(&mut self, shop: &'static Shop, product: &Product) {
        let shopper = self.timed(|| shop.guest());
        let viewed = self.timed(|| shopper.get(&format!("/products/{}", product.id)));
        let body = serde_json::json!({"product_id": product.id, "quantity": 1});
        let added = self.timed(|| shopper.post_with_key("/cart/items", body.clone()));
        let placed = self.timed(|| shopper.try_place());
        for response in [&viewed, &added, &placed] {
            if !(200..300).contains(&response.status) {
                self.failures.push(response.to_string());
            }
        }
        if placed.status == 201 {
            let order = placed.is(201).text("order_id");
            let paid = self.timed(|| shopper.pay(&order, &shop.success));
            if paid.status != 200 {
                self.failures.push(paid.to_string());
            }
        }
    }

    fn timed<T>(&mut self, request: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let response = request();
        self.times.push(began.elapsed());
        response
    }

    /// Prints the row of an attack: what the attacker got, and what the shopper noticed.
    pub(crate) fn report(mut self, attack: &str, attacker_got: &str) {
        self.times.sort();
        let p99 = self.times[(self.times.len() - 1) * 99 / 100];
        let (failed, requests) = (self.failures.len(), self.times.len());
        print_line(&format!(
            "| {attack} | {attacker_got} | {failed} of {requests} failed, p99 {} ms |",
            p99.as_millis()
        ));
        assert!(self.failures.is_empty(), "the honest shopper noticed {attack}: {:?}", self.failures);
    }
}
