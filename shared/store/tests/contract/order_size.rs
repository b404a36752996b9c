//! The size of an order, by which DynamoDB charges: up to 1,024 bytes are one write unit, twice in a transaction.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use souk_domain::address::{ShippingAddress, StructuredAddress};
use souk_domain::cart::Quantity;
use souk_domain::contact::Contact;
use souk_domain::order::Order;
use souk_domain::stock::{Allocation, ShardId};
use souk_store::{Inventory, PlacementOutcome, SaveOutcome, Table};
use souk_testkit::{Database, SeededRandom, user};

use crate::orders::{NOW, busy_cart, order};
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
