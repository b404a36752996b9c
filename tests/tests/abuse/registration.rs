//! A flood of registrations from one network is refused before it costs a hash.

use souk_e2e::{Shop, credentials, fresh_email};

use crate::honest::Honest;

/// More than a network may register in 15 minutes (`souk_identity::REGISTRATIONS_PER_ADDRESS`).
const REGISTRATIONS: usize = 70;

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn a_flood_of_registrations_costs_few_hashes() {
    let shop = Shop::open();
    let product = shop.product("9.99", 1_000);
    let attacker = shop.anyone();
    let (registered, honest) = Honest::beside(shop, &product, || {
        let statuses = (0..REGISTRATIONS).map(|_| attacker.post("/auth/register", credentials(&fresh_email())).status);
        statuses.filter(|status| *status == 201).count()
    });
    assert!(registered <= 50, "{registered}");
    // By the class `auth`, which fills up again within a minute, or by the registrations of the network.
    attacker.post("/auth/register", credentials(&fresh_email())).is(429);
    // A registration from another network succeeds.
    shop.anyone().post("/auth/register", credentials(&fresh_email())).is(201);
    honest.report("registering from one network", &format!("{registered} of {REGISTRATIONS} registrations"));
}
