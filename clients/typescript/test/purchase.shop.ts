// A purchase in a running shop (`SOUK_API_URL`), with the package as it is built, and a proxy between them.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { createSouk, isProblem } from "@souk/client";

import { FaultyProxy } from "./proxy.ts";

const API = process.env["SOUK_API_URL"] ?? "";
const CHECKOUT = {
  payment_method: "credit_card",
  shipping_address: "1 Main Street, Springfield",
  contact: { email: "ann@example.com" },
} as const;

test("a shopper buys on a bad network", async () => {
  assert.notEqual(API, "", "SOUK_API_URL is the address of the shop");
  await using proxy = await FaultyProxy.before(API);
  const souk = createSouk({ baseUrl: proxy.url });
  await souk.register({ email: `${randomUUID()}@example.com`, password: "correct horse battery staple" });
  const before = await souk.tokens();

  const tooMany = { status: 429, headers: { "retry-after": "1" }, body: { message: "Too Many Requests" } };
  proxy.provoke("GET /products", { answer: tooMany });
  const found = await souk.get("/products", { params: { query: { search: "backpack", in_stock: true } } });
  const product = found.products.find(({ stock_quantity }) => (stock_quantity ?? 0) >= 2);
  assert.ok(product !== undefined, "the sample catalogue has backpacks in stock");

  const ids = found.products.slice(0, 2).map(({ id }) => id);
  const inventory = await souk.get("/inventory", { params: { query: { product_ids: ids } } });
  assert.deepEqual(inventory.items.map(({ product_id }) => product_id), ids);

  const attr = { "attr.Colour": ["red", "black"] };
  const filtered = await souk.get("/products", { params: { query: { search: "backpack", in_stock: true, attr } } });
  assert.ok(filtered.total > 0 && filtered.total < found.total, "some backpacks are red or black");

  proxy.provoke("POST /cart/items", "token refused", "answer lost");
  const { cart } = await souk.post("/cart/items", { body: { product_id: product.id, quantity: 2 } });
  assert.deepEqual(cart.items.map(({ product_id, quantity }) => [product_id, quantity]), [[product.id, 2]]);
  assert.notEqual((await souk.tokens())?.token, before?.token, "the token was refreshed");

  proxy.provoke("POST /orders", "answer lost", "answer cut");
  const placed = await souk.post("/orders", { body: CHECKOUT });
  assert.equal(placed.status, "pending_payment");
  const keys = proxy.to("POST /orders").map(({ key }) => key);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);

  const params = { path: { order_id: placed.order_id } };
  proxy.provoke(`POST /orders/${placed.order_id}/pay`, "answer lost");
  const payment = await souk.post("/orders/{order_id}/pay", { params, body: { payment_token: "sandbox_success" } });
  assert.equal(payment.status, "completed");

  const order = await souk.get("/orders/{order_id}", { params });
  assert.equal(order.status, "paid");
  assert.equal(minor(order.total_amount), 2 * minor(product.price));
  const { orders } = await souk.get("/orders");
  assert.deepEqual(orders.map(({ order_id }) => order_id), [placed.order_id]);
  assert.equal(proxy.to("POST /auth/refresh").length, 1);
  assert.equal(proxy.unmet, 0);

  await assert.rejects(souk.post("/orders", { body: CHECKOUT }), (error) => isProblem(error, "cart_empty"));
  await souk.logOut();
});

/** Whole cents, which are exact. */
function minor(amount: number): number {
  return Math.round(amount * 100);
}
