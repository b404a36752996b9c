//! How many clients the deployed stack serves at once. Machines differ by a factor of three and more, so a load test measures
//! first and then takes as many clients as the stack bears.

use std::time::{Duration, Instant};

use crate::at_once;
use crate::sale::Account;
use crate::shop::{Product, Shop};

/// The fewest clients, however slow the machine is: still a contention.
const FEWEST: usize = 4;
/// Far below the shop's own limit of 2.5 s for one attempt of a call to DynamoDB, of which an order makes several.
const COMFORTABLE: Duration = Duration::from_secs(1);
/// Each number of clients is tried so often: the first time starts processes of functions, the second finds them started.
const ROUNDS: usize = 2;

/// What a calibration found.
#[derive(Debug, Clone, Copy)]
pub struct Capacity {
    /// So many clients are served at once.
    pub clients: usize,
    /// The slowest request with so many clients.
    pub slowest: Duration,
}

impl Shop {
    /// Doubles the number of clients that fill a cart and place an order, until the slowest request is no longer comfortable
    /// or `most` is reached.
    pub fn capacity(&'static self, accounts: &[Account], most: usize) -> Capacity {
        let product = self.product("1.00", 9_999);
        let fewest = FEWEST.min(most).min(accounts.len());
        let mut found = Capacity { clients: fewest, slowest: Duration::ZERO };
        for clients in std::iter::successors(Some(fewest), |clients| Some(clients * 2)) {
            let clients = clients.min(most).min(accounts.len());
            let slowest = (0..ROUNDS).map(|_| slowest(&accounts[..clients], &product)).min().unwrap_or_default();
            if slowest > COMFORTABLE && clients > fewest {
                return found;
            }
            found = Capacity { clients, slowest };
            if clients == most.min(accounts.len()) || slowest > COMFORTABLE {
                return found;
            }
        }
        found
    }
}

/// Every account orders one unit, all at once; returns the time of the slowest request.
fn slowest(accounts: &[Account], product: &Product) -> Duration {
    let times = at_once(accounts.len(), |number| {
        let began = Instant::now();
        let mut cart = accounts[number].with_in_cart(&[(product.id.clone(), 1)]);
        let filled = began.elapsed();
        accounts[number].caller.place();
        cart.clear();
        filled.max(began.elapsed().saturating_sub(filled))
    });
    times.into_iter().max().unwrap_or_default()
}
