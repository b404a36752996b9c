//! Every change by staff leaves two entries in the audit log: before it is tried, and with its outcome.

use serde_json::json;
use souk_e2e::{
    Json, Product, Response, SOON_SECONDS, Session, Shop, eventually, fresh_email, return_items, routes, shipment,
};

/// Makes the list of routes, and a test for each.
macro_rules! routes_that_staff_change_something_with {
    ($($name:ident: $route:literal;)+) => {
        const TESTED: &[&str] = &[$($route),+];

        $(#[test]
        fn $name() {
            let world = World::new();
            let written = changes::$name(&world);
            world.is_on_record(&written);
        })+
    };
}

routes_that_staff_change_something_with! {
    an_import: "POST /admin/imports";
    a_count: "PUT /admin/inventory/{product_id}";
    an_adjustment: "POST /admin/inventory/{product_id}/adjustments";
    shards: "PUT /admin/inventory/{product_id}/shards";
    an_invitation: "POST /admin/invitations";
    a_cancellation: "POST /admin/orders/{order_id}/cancel";
    a_delivery: "POST /admin/orders/{order_id}/deliver";
    a_refund: "POST /admin/orders/{order_id}/refunds";
    a_refund_that_is_retried: "POST /admin/orders/{order_id}/refunds/{refund_id}/retry";
    an_accepted_return: "POST /admin/orders/{order_id}/returns/{return_id}/accept";
    a_rejected_return: "POST /admin/orders/{order_id}/returns/{return_id}/reject";
    a_shipment: "POST /admin/orders/{order_id}/ship";
    a_moved_category: "PUT /admin/categories/{category_id}";
    a_merged_category: "POST /admin/categories/{category_id}/merge";
    a_deleted_category: "DELETE /admin/categories/{category_id}";
    a_deleted_product: "DELETE /admin/products/{product_id}";
    a_changed_price: "PUT /admin/products/{product_id}";
    an_approved_refund: "POST /admin/refund-requests/{refund_request_id}/approval";
    ended_roles: "DELETE /admin/staff/{user_id}";
    granted_roles: "PUT /admin/staff/{user_id}";
    synonyms: "PUT /admin/synonyms";
    a_changed_collection: "PUT /admin/collections/{collection_id}";
    a_deleted_collection: "DELETE /admin/collections/{collection_id}";
    a_deleted_account: "DELETE /admin/accounts/{user_id}";
    a_reset_second_factor: "DELETE /admin/accounts/{user_id}/second-factor";
    an_export: "GET /admin/accounts/{user_id}/export";
}

#[test]
fn every_route_with_which_staff_change_something_has_a_test() {
    let changing = routes().into_iter().filter(|route| route.is_for_staff() && route.method != "GET");
    let missing: Vec<_> = changing
        .map(|route| format!("{} {}", route.method, route.path))
        .filter(|route| !TESTED.contains(&route.as_str()))
        .collect();
    assert!(missing.is_empty(), "no test reads the audit log after {missing:?}");
}

/// An administrator who makes one change.
struct World {
    shop: &'static Shop,
    actor: Session,
}

/// A change and the expected content of its entries.
struct Written {
    answer: Response,
    subject: String,
    /// A part of the value before; none if there was nothing or the action has no values.
    before: Option<String>,
    after: Option<String>,
}

impl World {
    fn new() -> Self {
        let shop = Shop::open();
        Self { shop, actor: shop.member(&["administrator"]) }
    }

    /// The actor's entries about a subject, newest first.
    fn entries(&self, subject: &str) -> Vec<Json> {
        let query = format!("subject={}&limit=50", subject.replace('#', "%23"));
        let log = self.shop.staff().get(&format!("/admin/audit?{query}")).is(200);
        log.list("entries").into_iter().filter(|entry| entry.text("actor") == self.actor.user_id).collect()
    }

    fn is_on_record(&self, written: &Written) {
        let Written { answer, subject, before, after } = written;
        assert!((200..300).contains(&answer.status), "{answer}");
        // Of some subjects other entries of the actor are older.
        let entries = self.entries(subject);
        let entries = entries.get(..2).unwrap_or_else(|| panic!("{subject} has {} entries", entries.len()));
        let [outcome, requested] = entries else { panic!("two entries of {subject}") };
        for entry in entries {
            assert!(!entry.text("source_address").is_empty() && !entry.text("session_id").is_empty(), "{entry}");
            for member in ["action", "request_id"] {
                assert_eq!(entry.text(member), requested.text(member), "{entry}");
            }
        }
        assert_eq!((requested.text("phase").as_str(), outcome.text("phase").as_str()), ("requested", "succeeded"));
        assert_eq!(outcome.whole("status"), i64::from(answer.status), "{outcome}");
        for (member, expected) in [("before", before), ("after", after)] {
            let value = outcome.at(member).map_or_else(|| "null".to_owned(), |value| value.raw().to_owned());
            let fits = expected.as_ref().map_or(value == "null", |expected| value.contains(expected.as_str()));
            assert!(fits, "{member} must have {expected:?}: {outcome}");
        }
        self.is_listed_for_the_actor(&requested.text("request_id"));
    }

    /// The index of actors is eventually consistent.
    fn is_listed_for_the_actor(&self, request_id: &str) {
        let list = format!("/admin/audit?actor={}&limit=50", self.actor.user_id);
        eventually(SOON_SECONDS, "the log of the actor has both entries", || {
            let log = self.shop.staff().get(&list).is(200);
            let ids = log.texts("entries", "request_id");
            (ids.iter().filter(|id| *id == request_id).count() == 2).then_some(())
        });
    }

    fn order_action(&self, order_id: &str, action: &str, body: impl std::fmt::Display) -> Response {
        self.actor.caller.post(&format!("/admin/orders/{order_id}/{action}"), body)
    }
}

fn of_order(answer: Response, order_id: &str, before: &str, after: &str) -> Written {
    written(answer, format!("order#{order_id}"), Some(before), Some(after))
}

fn of_product(answer: Response, product: &Product, before: Option<&str>, after: Option<&str>) -> Written {
    written(answer, format!("product#{}", product.id), before, after)
}

fn written(answer: Response, subject: impl Into<String>, before: Option<&str>, after: Option<&str>) -> Written {
    let (before, after) = (before.map(str::to_owned), after.map(str::to_owned));
    Written { answer, subject: subject.into(), before, after }
}

/// The change of each test.
mod changes {
    use super::*;

    pub(super) fn an_import(world: &World) -> Written {
        let line = format!(
            r#"{{"sku": "test-{}", "name": "Widget", "price": 2.00, "available": 9}}"#,
            souk_e2e::unique_word()
        );
        let answer = world.actor.caller.call("POST", "/admin/imports").body("application/x-ndjson", line).send();
        written(answer, "imports", None, Some("1"))
    }

    pub(super) fn a_count(world: &World) -> Written {
        let product = world.shop.product("1.00", 41);
        let answer = world.actor.caller.put(&format!("/admin/inventory/{}", product.id), r#"{"available": 12}"#);
        of_product(answer, &product, Some("41"), Some("12"))
    }

    pub(super) fn an_adjustment(world: &World) -> Written {
        let product = world.shop.product("1.00", 41);
        let path = format!("/admin/inventory/{}/adjustments", product.id);
        let answer = world.actor.caller.post_with_key(&path, r#"{"delta": -2, "reason": "damaged"}"#);
        of_product(answer, &product, Some("41"), Some("39"))
    }

    pub(super) fn shards(world: &World) -> Written {
        let product = world.shop.product("1.00", 41);
        let path = format!("/admin/inventory/{}/shards", product.id);
        of_product(world.actor.caller.put(&path, r#"{"shards": 4}"#), &product, Some("1"), Some("4"))
    }

    pub(super) fn an_invitation(world: &World) -> Written {
        let body = json!({"email": fresh_email(), "roles": ["support"]});
        // Without the address, because audit entries cannot be deleted.
        written(world.actor.caller.post("/admin/invitations", body), "invitations", None, Some("support"))
    }

    pub(super) fn a_cancellation(world: &World) -> Written {
        let product = world.shop.product("1.00", 5);
        let order_id = world.shop.paid_order(&world.shop.shopper(), &product, 1);
        of_order(world.order_action(&order_id, "cancel", ""), &order_id, "paid", "cancelled")
    }

    pub(super) fn a_shipment(world: &World) -> Written {
        let product = world.shop.product("1.00", 5);
        let order_id = world.shop.paid_order(&world.shop.shopper(), &product, 1);
        of_order(world.order_action(&order_id, "ship", shipment()), &order_id, "paid", "00340434161094042557")
    }

    pub(super) fn a_delivery(world: &World) -> Written {
        let product = world.shop.product("1.00", 5);
        let order_id = world.shop.paid_order(&world.shop.shopper(), &product, 1);
        world.shop.order_action(&order_id, "ship", shipment()).is(200);
        of_order(world.order_action(&order_id, "deliver", ""), &order_id, "shipped", "delivered")
    }

    pub(super) fn a_refund(world: &World) -> Written {
        let (order_id, answer) = refunded(world);
        of_order(answer, &order_id, "delivered", "\"amount_minor\":100")
    }

    fn refunded(world: &World) -> (String, Response) {
        let product = world.shop.product("5.00", 5);
        let order_id = world.shop.delivered_order(&world.shop.shopper(), &product, 1);
        let body = r#"{"amount": 1.00, "refund_to": "original", "reason": "late"}"#;
        let answer = world.actor.caller.post_with_key(&format!("/admin/orders/{order_id}/refunds"), body);
        (order_id, answer)
    }

    pub(super) fn a_refund_that_is_retried(world: &World) -> Written {
        let (order_id, answer) = refunded(world);
        let action = format!("refunds/{}/retry", answer.is(201).text("refund_id"));
        let answer = world.order_action(&order_id, &action, r#"{"refund_to": "store_credit"}"#);
        of_order(answer, &order_id, "refunds", "refunds")
    }

    fn with_return(world: &World) -> String {
        let (product, shopper) = (world.shop.product("5.00", 5), world.shop.shopper());
        let order_id = world.shop.delivered_order(&shopper, &product, 1);
        shopper.post_with_key(&format!("/orders/{order_id}/returns"), return_items(&product, 1)).is(201);
        order_id
    }

    pub(super) fn an_accepted_return(world: &World) -> Written {
        let order_id = with_return(world);
        let answer = world.order_action(&order_id, "returns/1/accept", r#"{"refund_to": "original"}"#);
        of_order(answer, &order_id, "requested", "accepted")
    }

    pub(super) fn a_rejected_return(world: &World) -> Written {
        let order_id = with_return(world);
        let answer = world.order_action(&order_id, "returns/1/reject", r#"{"reason": "it was worn"}"#);
        of_order(answer, &order_id, "requested", "it was worn")
    }

    pub(super) fn a_changed_price(world: &World) -> Written {
        let product = world.shop.product("1234.00", 5);
        let body = r#"{"name": "Widget", "price": 5678.00}"#;
        let answer = world.actor.caller.put(&format!("/admin/products/{}", product.id), body);
        of_product(answer, &product, Some("123400"), Some("567800"))
    }

    /// Two new categories: the id of the first, and of the second.
    fn two_categories(world: &World) -> [String; 2] {
        let unique = souk_e2e::unique_word();
        ["one", "two"].map(|name| {
            let id = format!("{name}-{unique}");
            world.shop.staff().put(&format!("/admin/categories/{id}"), json!({"name": id})).is(201);
            id
        })
    }

    pub(super) fn a_moved_category(world: &World) -> Written {
        let [one, two] = two_categories(world);
        let body = json!({"name": format!("Moved {one}"), "parent_id": two});
        let answer = world.actor.caller.put(&format!("/admin/categories/{one}"), body);
        let after = format!("\"name\":\"Moved {one}\"");
        written(answer, format!("category#{one}"), Some(&format!("\"name\":\"{one}\"")), Some(&after))
    }

    pub(super) fn a_merged_category(world: &World) -> Written {
        let [one, two] = two_categories(world);
        let answer = world.actor.caller.post(&format!("/admin/categories/{one}/merge"), json!({"into": two}));
        written(answer, format!("category#{one}"), Some(&one), Some(&format!("\"into\":\"{two}\"")))
    }

    pub(super) fn a_deleted_category(world: &World) -> Written {
        let [one, _] = two_categories(world);
        let answer = world.actor.caller.delete(&format!("/admin/categories/{one}"));
        written(answer, format!("category#{one}"), Some(&one), Some("\"merged\":false"))
    }

    pub(super) fn a_deleted_product(world: &World) -> Written {
        let product = world.shop.product("1234.00", 5);
        let answer = world.actor.caller.delete(&format!("/admin/products/{}", product.id));
        of_product(answer, &product, Some("123400"), None)
    }

    pub(super) fn an_approved_refund(world: &World) -> Written {
        let product = world.shop.product("2500.00", 5);
        let order_id = world.shop.delivered_order(&world.shop.shopper(), &product, 1);
        let body = r#"{"amount": 1500.00, "refund_to": "original", "reason": "late"}"#;
        // The staff account of the stack asks, and the actor approves.
        let path = format!("/admin/orders/{order_id}/refunds");
        let waiting = world.shop.staff().post_with_key(&path, body).is(202).text("refund_request_id");
        let answer =
            world.actor.caller.post(&format!("/admin/refund-requests/{waiting}/approval"), r#"{"amount": 1500.00}"#);
        of_order(answer, &order_id, "delivered", &world.actor.user_id)
    }

    pub(super) fn a_reset_second_factor(world: &World) -> Written {
        let account = world.shop.verified();
        account.enrol();
        let answer = world.actor.caller.delete(&format!("/admin/accounts/{}/second-factor", account.user_id));
        written(answer, format!("account#{}", account.user_id), Some("true"), Some("false"))
    }

    pub(super) fn granted_roles(world: &World) -> Written {
        let account = world.shop.verified();
        world.shop.grant(&account.user_id, &["support"]);
        let path = format!("/admin/staff/{}", account.user_id);
        let answer = world.actor.caller.put(&path, json!({"roles": ["stock"]}));
        written(answer, format!("account#{}", account.user_id), Some("support"), Some("stock"))
    }

    pub(super) fn ended_roles(world: &World) -> Written {
        let account = world.shop.verified();
        world.shop.grant(&account.user_id, &["support"]);
        let answer = world.actor.caller.delete(&format!("/admin/staff/{}", account.user_id));
        written(answer, format!("account#{}", account.user_id), Some("support"), None)
    }

    pub(super) fn synonyms(world: &World) -> Written {
        let known = world.shop.staff().get("/admin/synonyms").is(200);
        let unique = souk_e2e::unique_word();
        let groups = known.at("groups").map_or_else(|| "[]".to_owned(), |groups| groups.raw().to_owned());
        let mut groups: Vec<Vec<String>> = serde_json::from_str(&groups).expect("groups of words");
        groups.push(vec![unique.clone(), format!("{unique}s")]);
        let body = json!({"groups": groups, "version": known.whole("version")});
        let answer = world.actor.caller.put("/admin/synonyms", &body);
        groups.pop();
        let undo = json!({"groups": groups, "version": answer.is(200).whole("version")});
        world.shop.staff().put("/admin/synonyms", undo).is(200);
        written(answer, "synonyms", Some("groups"), Some(&unique))
    }

    /// The id of a new collection, its path, and its version.
    fn collection(world: &World) -> (String, String, i64) {
        let id = format!("test-{}", souk_e2e::unique_word());
        let path = format!("/admin/collections/{id}");
        let body = json!({"name": "Before", "brands": [&id], "version": 0});
        let version = world.shop.staff().put(&path, body).is(201).whole("version");
        (id, path, version)
    }

    pub(super) fn a_changed_collection(world: &World) -> Written {
        let (id, path, version) = collection(world);
        let body = json!({"name": "After", "brands": [&id], "version": version});
        let answer = world.actor.caller.put(&path, body);
        assert_eq!(world.shop.staff().delete(&path).status, 204);
        written(answer, format!("collection#{id}"), Some("Before"), Some("After"))
    }

    pub(super) fn a_deleted_collection(world: &World) -> Written {
        let (id, path, _) = collection(world);
        written(world.actor.caller.delete(&path), format!("collection#{id}"), Some("Before"), None)
    }

    pub(super) fn a_deleted_account(world: &World) -> Written {
        let account = world.shop.verified();
        let answer = world.actor.caller.delete(&format!("/admin/accounts/{}", account.user_id));
        written(answer, format!("account#{}", account.user_id), Some("created_at"), None)
    }

    /// It changes nothing, but the log records who exported the data of a person.
    pub(super) fn an_export(world: &World) -> Written {
        let account = world.shop.verified();
        let answer = world.actor.caller.get(&format!("/admin/accounts/{}/export", account.user_id));
        written(answer, format!("account#{}", account.user_id), None, None)
    }
}

#[test]
fn forbidden_changes_of_staff_have_entries_and_those_of_guests_do_not() {
    let shop = Shop::open();
    let (product, member) = (shop.product("1.00", 5), shop.new_member(&["support"]));
    let path = format!("/admin/inventory/{}", product.id);
    member.caller.put(&path, r#"{"available": 12}"#).is_problem(403, "forbidden");
    let guest = shop.guest();
    guest.put(&path, r#"{"available": 12}"#).is_problem(403, "forbidden");
    let log = shop.staff().get(&format!("/admin/audit?subject=product%23{}&limit=50", product.id)).is(200);
    let of_member: Vec<_> =
        log.list("entries").into_iter().filter(|entry| entry.text("actor") == member.user_id).collect();
    let [outcome, requested] = &of_member[..] else { panic!("two entries of the member: {log}") };
    assert_eq!((requested.text("phase").as_str(), outcome.text("phase").as_str()), ("requested", "refused"));
    assert_eq!((outcome.whole("status"), outcome.text("code").as_str()), (403, "forbidden"));
    // Callers without any permission write nothing: everyone can get a token, and could fill the log.
    assert!(log.texts("entries", "actor").iter().all(|actor| [&member.user_id, &shop.staff_user_id].contains(&actor)));
}

#[test]
fn administrators_read_the_audit_log_and_no_route_changes_it() {
    let changing = routes().into_iter().filter(|route| route.path.contains("audit") && route.method != "GET");
    assert_eq!(changing.count(), 0);
    let shop = Shop::open();
    let product = shop.product("1.00", 5);
    let list = format!("/admin/audit?subject=product%23{}", product.id);
    assert!(!shop.staff().get(&list).is(200).list("entries").is_empty());
    for (roles, status) in [(["support"], 403), (["refunds"], 403)] {
        assert_eq!(shop.staff_with(&roles).get(&list).status, status);
    }
}
