//! Card testing: a list of stolen cards is tried with small orders, to find out which of them work.

use souk_e2e::{Caller, Product, Shop};

use crate::honest::Honest;

/// Attempts that an order takes.
const PER_ORDER: usize = 10;

/// What the attacker got.
#[derive(Debug, Default)]
struct Tally {
    /// Attempts that reached the payment provider.
    tried: usize,
    /// Attempts that were refused before, for whatever reason.
    refused: usize,
    /// Answers that say why a card was declined.
    reasons: usize,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.tried += other.tried;
        self.refused += other.refused;
        self.reasons += other.reasons;
    }

    fn report(&self) -> String {
        let Self { tried, refused, reasons } = self;
        format!("{tried} attempts at the provider, {refused} refused, {reasons} reasons of declines")
    }
}

/// Tries these cards, with as many orders as that takes. It stops when no order can be placed.
fn try_cards(attacker: &Caller, product: &Product, cards: impl IntoIterator<Item = String>) -> Tally {
    let (mut tally, mut order, mut attempts) = (Tally::default(), None, PER_ORDER);
    for card in cards {
        if attempts == PER_ORDER {
            (order, attempts) = (new_order(attacker, product), 0);
        }
        let Some(order_id) = &order else {
            (tally.refused, attempts) = (tally.refused + 1, PER_ORDER);
            continue;
        };
        attempts += 1;
        let answer = attacker.pay(order_id, &card);
        match answer.status {
            402 => {
                tally.tried += 1;
                tally.reasons += usize::from(answer.body.contains("decline_code"));
            }
            429 => {
                assert!(!answer.header("retry-after").is_empty(), "{answer}");
                tally.refused += 1;
            }
            409 => tally.refused += 1,
            _ => panic!("{answer}"),
        }
    }
    tally
}

fn new_order(attacker: &Caller, product: &Product) -> Option<String> {
    let body = serde_json::json!({"product_id": product.id, "quantity": 1});
    let added = attacker.post_with_key("/cart/items", body);
    if added.status != 201 {
        return None;
    }
    let placed = attacker.try_place();
    (placed.status == 201).then(|| placed.is(201).text("order_id"))
}

fn card(number: usize) -> String {
    format!("sandbox_decline_{number}")
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn one_guest_tries_fifty_cards() {
    let shop = Shop::open();
    let (product, bought) = (shop.product("1.00", 1_000), shop.product("1.00", 1_000));
    let attack = || try_cards(&shop.guest(), &product, (0..50).map(card));
    let (tally, honest) = Honest::beside(shop, &bought, attack);
    assert!(tally.tried <= 20, "{tally:?}");
    assert!(tally.refused >= 30, "{tally:?}");
    assert_eq!(tally.reasons, 0);
    honest.report("one guest tries 50 cards", &tally.report());
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn many_guests_of_one_address_try_cards() {
    let shop = Shop::open();
    let (product, bought) = (shop.product("1.00", 1_000), shop.product("1.00", 1_000));
    let attack = || {
        let (first, mut tally) = (shop.guest(), Tally::default());
        for guest in 0..8 {
            let token = first.post("/auth/guest", "{}");
            if token.status != 201 {
                break;
            }
            // Another guest from the same address.
            let attacker = first.with_token(token.is(201).text("token"));
            tally.add(&try_cards(&attacker, &product, (0..PER_ORDER).map(|n| card(1_000 + 100 * guest + n))));
        }
        tally
    };
    let (tally, honest) = Honest::beside(shop, &bought, attack);
    assert!((1..=60).contains(&tally.tried), "{tally:?}");
    assert!(tally.refused > 0, "{tally:?}");
    assert_eq!(tally.reasons, 0);
    honest.report("eight guests of one address try 80 cards", &tally.report());
}

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn one_card_is_tried_by_many_guests() {
    let shop = Shop::open();
    let (product, bought) = (shop.product("1.00", 1_000), shop.product("1.00", 1_000));
    let attack = || {
        let (mut tally, card) = (Tally::default(), format!("sandbox_decline_{}", souk_e2e::unique_word()));
        for _ in 0..14 {
            // Another guest from another address.
            tally.add(&try_cards(&shop.guest(), &product, [card.clone()]));
        }
        tally
    };
    let (tally, honest) = Honest::beside(shop, &bought, attack);
    assert_eq!((tally.tried, tally.refused, tally.reasons), (10, 4, 0));
    honest.report("14 guests of 14 addresses try one card", &tally.report());
}
