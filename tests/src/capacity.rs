//! The number of concurrent clients that the deployed stack serves. Machines differ by a factor of three and more, so a
//! load test measures first and then uses as many clients as the stack serves.

use std::time::{Duration, Instant};

use crate::concurrency::concurrently;
use crate::guest::Guest;
use crate::product::Product;
use crate::shop::Shop;

/// Minimum number of clients, also on a slow machine, so that there is contention.
const FEWEST: usize = 4;
/// The slowest request that is acceptable. A request makes several calls to DynamoDB, and the shop gives up an attempt
/// of one after 2.5 s: the load may become slower by that factor until attempts time out.
const ACCEPTABLE: Duration = Duration::from_secs(1);
/// Orders of each client in a measurement. As many clients as in the load are busy until the first of them has
/// finished.
const ORDERS_EACH: usize = 4;

/// The result of the measurement.
#[derive(Debug, Clone, Copy)]
pub struct Capacity {
    /// The number of concurrent clients.
    pub clients: usize,
    /// The time of the slowest request with that many clients.
    pub slowest: Duration,
}

impl Shop {
    /// Doubles the number of clients that fill a cart and place an order, until the slowest request is no longer
    /// acceptable or `most` is reached.
    pub fn capacity(&'static self, guests: &[Guest], most: usize) -> Capacity {
        let product = self.product("1.00", 99_999);
        let most = most.min(guests.len());
        let mut clients = FEWEST.min(most);
        let mut capacity = Capacity { clients, slowest: slowest_request(&guests[..clients], &product) };
        while clients < most && capacity.slowest <= ACCEPTABLE {
            clients = (clients * 2).min(most);
            let slowest = slowest_request(&guests[..clients], &product);
            if slowest > ACCEPTABLE {
                break;
            }
            capacity = Capacity { clients, slowest };
        }
        capacity
    }
}

/// The time of the slowest request when every guest places orders of one unit, all at once. The first order of each
/// does not count: it starts processes of functions.
fn slowest_request(guests: &[Guest], product: &Product) -> Duration {
    concurrently(guests.len(), |number| order(&guests[number], product));
    let times = concurrently(guests.len(), |number| {
        (0..ORDERS_EACH).map(|_| order(&guests[number], product)).max().unwrap_or_default()
    });
    times.into_iter().max().unwrap_or_default()
}

/// Fills the cart and places an order; returns the time of the slower request, attempts after a 503 included.
fn order(guest: &Guest, product: &Product) -> Duration {
    let began = Instant::now();
    let mut cart = guest.fill_cart(&[(product.id.clone(), 1)]);
    let filled = began.elapsed();
    let order_id = guest.caller.place();
    cart.clear();
    let slower = filled.max(began.elapsed().saturating_sub(filled));
    // The unpaid orders of a guest are bounded.
    guest.caller.post(&format!("/orders/{order_id}/cancel"), "{}").is(200);
    slower
}
