//! Paying and cancelling again and again: the payment provider keeps its fee for each payment.

use souk_e2e::Shop;

use crate::honest::Honest;

const LOOPS: usize = 8;

#[test]
#[ignore = "needs a stack with limits: cargo xtask test --stage abuse"]
fn paid_orders_cannot_be_cancelled_for_ever() {
    let shop = Shop::open();
    let (product, bought) = (shop.product("1.00", 1_000), shop.product("1.00", 1_000));
    let attack = || {
        let (attacker, mut cancelled, mut refused) = (shop.guest(), 0, 0);
        for _ in 0..LOOPS {
            let order_id = attacker.order(&product, 1);
            attacker.pay(&order_id, &shop.success).is(200);
            let answer = attacker.call("POST", &format!("/orders/{order_id}/cancel")).send();
            if answer.status == 200 {
                cancelled += 1;
            } else {
                answer.is_problem(409, "cancellation_limited");
                assert_eq!(attacker.order_detail(&order_id).text("status"), "paid");
                refused += 1;
            }
        }
        (cancelled, refused)
    };
    let ((cancelled, refused), honest) = Honest::beside(shop, &bought, attack);
    assert_eq!((cancelled, refused), (5, LOOPS - 5));
    honest.report("a guest pays and cancels 8 orders", &format!("{cancelled} cancelled, {refused} stay paid"));
}
