//! The size of an order, by which DynamoDB charges: up to 1,024 bytes are one write unit, twice in a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::address::{ShippingAddress, StructuredAddress};
use souk_domain::cart::UnpaidOrder;
use souk_domain::contact::Contact;
use souk_domain::order::MAX_LINES;
use souk_domain::order::Order;
use souk_domain::quantity::Quantity;
use souk_domain::stock::{Allocation, ShardId};
use souk_store::{Inventory, PlacementOutcome, SaveOutcome, Table};
use souk_testkit::{Database, SeededRandom, user};

use crate::orders::{NOW, busy_cart, order, order_id};
use crate::{Stores, sku};

/// The most that a placed order of one line may take: its payment and its later steps add to it, and a shop may have
/// longer ids and addresses than this test.
const MAX_BYTES: usize = 1_024 - 100;
/// One of the longest names of a region.
const REGION: &str = "ap-northeast-1";

/// The size as DynamoDB counts it: names and values; for a list or map 3 bytes, and 1 more for each entry.
fn size(item: &HashMap<String, AttributeValue>) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        AttributeValue::Bool(_) | AttributeValue::Null(_) => 1,
        AttributeValue::M(members) => 3 + members.len() + size(members),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(values) => 3 + values.len() + values.iter().map(value_size).sum::<usize>(),
        other => panic!("not in an order: {other:?}"),
    }
}

/// An order of one line with every optional part of an address and a contact.
fn typical_order(stores: &Stores) -> Order {
    let mut order = order(1, &["HP-CB336EE-364XL-BLK"], stores, 1);
    order.lines[0].allocation = vec![Allocation { shard: ShardId::new(REGION, 12), quantity: 1 }];
    let address = StructuredAddress {
        name: "Maximiliane Mustermann-Schmidt".to_owned(),
        line1: "Heinrich-von-Kleist-Allee 128".to_owned(),
        line2: Some("c/o Example GmbH, 3rd floor".to_owned()),
        city: "Frankfurt am Main".to_owned(),
        region: Some("Hessen".to_owned()),
        postal_code: Some("60311".to_owned()),
        country: "DE".to_owned(),
        phone: Some("+49 1512 3456789".to_owned()),
    };
    order.shipping_address = ShippingAddress::Structured(Box::new(address));
    let email = "maximiliane.mustermann@mail.example.info";
    assert_eq!(email.len(), 40);
    let phone = "+49 1512 3456789".parse().ok();
    order.contact = Some(Contact { email: email.parse().expect("an address"), phone });
    order
}

#[tokio::test]
async fn an_order_with_its_contact_costs_six_write_units_with_room_to_spare() {
    for database in Database::each().await {
        let mut stores = Stores::on(&database);
        let random = std::sync::Arc::new(SeededRandom::new(1));
        stores.inventory =
            Inventory::new(Table::new(database.client.clone(), database.table("inventory"), random), REGION);
        let order = typical_order(&stores);
        let product = order.lines[0].product_id.clone();
        stores.stock(product.as_str(), 9).await;
        // The stock is in the first shard, and the order names a longer one.
        let mut placed = order.clone();
        placed.lines[0].allocation[0].shard = stores.inventory.shard(0);
        let mut cart = busy_cart(1);
        cart.add(sku(product.as_str()), Quantity::new(1).expect("one"), None, NOW).expect("added");
        assert_eq!(stores.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
        let PlacementOutcome::Placed { write_units } = stores.place(&placed, &cart).await else { panic!("not placed") };
        assert!(write_units > 0.0 && write_units <= 6.0, "{}: {write_units} write units", database.implementation);

        let read = database.client.get_item().table_name(database.table("orders")).consistent_read(true);
        let read = read.key("user_id", AttributeValue::S(user(1).to_string()));
        let read = read.key("order_id", AttributeValue::S(placed.order_id.to_string()));
        let item = read.send().await.expect("read").item.expect("an order");
        let longer_shard =
            order.lines[0].allocation[0].shard.as_str().len() - placed.lines[0].allocation[0].shard.as_str().len();
        let bytes = size(&item) + longer_shard;
        let mut parts: Vec<_> = item.iter().map(|(name, value)| (name.len() + value_size(value), name)).collect();
        parts.sort_unstable_by(|a, b| b.cmp(a));
        eprintln!("{}: {bytes} bytes of {MAX_BYTES}: {parts:?}", database.implementation);
        assert!(bytes <= MAX_BYTES, "{bytes} bytes: {parts:?}");
        let found = stores.orders.get(&user(1), &placed.order_id).await.expect("read");
        assert_eq!(found, Some(placed));
    }
}

/// The most orders that a cart remembers as unpaid.
const REMEMBERED: u64 = 12;

/// The bounds on unpaid orders write nothing but the cart, which a checkout writes anyway: what docs/cost.md says holds
/// with the longest list, after the smallest checkout and the largest one.
#[tokio::test]
async fn remembered_orders_cost_no_write_units() {
    for database in Database::each().await {
        let stores = Stores::on(&database);
        let names: Vec<_> = (0..MAX_LINES).map(|number| format!("{number:064}")).collect();
        for name in &names {
            stores.stock(name, 9).await;
        }
        for (shopper, lines) in [(1, 1), (2, MAX_LINES)] {
            let products: Vec<_> = names[..lines].iter().map(String::as_str).collect();
            let placed = order(shopper, &products, &stores, u64::from(shopper));
            let mut cart = busy_cart(shopper);
            for product in &products {
                cart.add(sku(product), Quantity::new(1).expect("one"), None, NOW).expect("added");
            }
            for number in 0..REMEMBERED {
                let unpaid = Order { order_id: order_id(NOW, 100 + number), ..placed.clone() };
                cart.unpaid_orders.push(UnpaidOrder::of(&unpaid));
            }
            assert_eq!(stores.carts.save(&mut cart).await.expect("saved"), SaveOutcome::Saved);
            let user_id = AttributeValue::S(user(shopper).to_string());
            let read_cart = database.client.get_item().table_name(database.table("carts")).consistent_read(true);
            let read_cart = read_cart.key("user_id", user_id.clone());
            let filled = read_cart.clone().send().await.expect("read").item.expect("a cart");
            let PlacementOutcome::Placed { write_units } = stores.place(&placed, &cart).await else {
                panic!("not placed")
            };
            let item = read_cart.send().await.expect("read").item.expect("a cart");
            assert!(size(&item) <= 1_024, "{} bytes of the cart: {item:?}", size(&item));
            let found = stores.carts.get(&user(shopper)).await.expect("read");
            assert_eq!(found.unpaid_orders.order_ids().count(), 12, "the list was saved");

            let read = database.client.get_item().table_name(database.table("orders")).consistent_read(true);
            let read = read.key("user_id", user_id);
            let read = read.key("order_id", AttributeValue::S(placed.order_id.to_string()));
            let order_item = read.send().await.expect("read").item.expect("an order");
            // DynamoDB counts the larger one of the cart before and after.
            let cart_units = size(&filled).max(size(&item)).div_ceil(1_024);
            let units = 2 * lines + 2 * size(&order_item).div_ceil(1_024) + 2 * cart_units;
            let most = f64::from(u32::try_from(units).expect("few"));
            eprintln!("{}: {lines} lines cost {write_units} write units of {most}", database.implementation);
            assert!(write_units > 0.0 && write_units <= most, "{lines} lines cost {write_units} of {most}");
            assert!(lines > 1 || write_units <= 6.0, "one line costs {write_units}");
        }
    }
}
