// The client against a shop in memory, with a proxy between them that provokes what happens on networks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";

import {
  createSouk,
  type DeviceStore,
  GatewayError,
  isProblem,
  NetworkError,
  type SessionStore,
  type Souk,
  SoukError,
  type SoukOptions,
  SoukProblem,
  type Tokens,
} from "../src/index.ts";
import { FaultyProxy } from "./proxy.ts";
import { FakeShop, problem } from "./shop.ts";

const PASSWORD = "correct horse battery staple";
const CHECKOUT = {
  payment_method: "credit_card",
  shipping_address: "1 Main Street, Springfield",
  contact: { email: "ann@example.com" },
} as const;
const TOO_MANY = { answer: { status: 429, body: { message: "Too Many Requests" } } };
const UNAVAILABLE = {
  answer: {
    status: 503,
    headers: { "content-type": "application/problem+json", "retry-after": "1" },
    body: problem(503, "temporarily_unavailable").body,
  },
};

interface Fixture extends AsyncDisposable {
  shop: FakeShop;
  proxy: FaultyProxy;
  souk: Souk;
  /** The waits before retries, in milliseconds. Time passes in them only. */
  waits: number[];
}

/** A client with a session, before a proxy, before a shop. */
async function start(options: Partial<SoukOptions> = {}): Promise<Fixture> {
  const shop = await FakeShop.start();
  const proxy = await FaultyProxy.before(shop.url);
  const waits: number[] = [];
  let now = 0;
  const sleep = async (ms: number) => {
    waits.push(ms);
    now += ms;
  };
  const souk = createSouk({ baseUrl: proxy.url, now: () => now, random: () => 0.5, sleep, ...options });
  await souk.register({ email: "ann@example.com", password: PASSWORD });
  const close = async () => {
    await proxy[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  };
  return { shop, proxy, souk, waits, [Symbol.asyncDispose]: close };
}

test("concurrent calls with an expired token share one refresh", async () => {
  await using fixture = await start();
  const { shop, souk } = fixture;
  shop.expireToken();
  const carts = await Promise.all(Array.from({ length: 10 }, () => souk.get("/cart")));
  assert.deepEqual(carts.map((cart) => cart.currency), Array(10).fill("USD"));
  assert.equal(shop.refreshes, 1);
});

test("a slow store does not lead to a second refresh", async () => {
  let stored: Tokens | undefined;
  const slowly = () => setTimeout(5 * Math.random());
  const store: SessionStore = {
    get: async () => slowly().then(() => stored),
    set: async (tokens) => slowly().then(() => void (stored = tokens)),
  };
  await using fixture = await start({ store });
  fixture.shop.expireToken();
  await Promise.all(Array.from({ length: 10 }, () => fixture.souk.get("/cart")));
  assert.equal(fixture.shop.refreshes, 1);
});

test("a 401 of the gateway is refreshed as well", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  proxy.provoke("GET /cart", { answer: { status: 401, body: { message: "Unauthorized" } } });
  await souk.get("/cart");
  assert.equal(shop.refreshes, 1);
});

test("a token that is refused again after a refresh is not refreshed again", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  proxy.provoke("GET /cart", "token refused", "token refused");
  await assert.rejects(souk.get("/cart"), (error) => isProblem(error, "token_expired"));
  assert.equal(shop.refreshes, 1);
});

test("a refresh whose answer is lost is sent again, and gets the same tokens", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  shop.expireToken();
  proxy.provoke("POST /auth/refresh", "answer lost");
  await souk.get("/cart");
  assert.equal(proxy.to("POST /auth/refresh").length, 2);
  assert.equal(shop.refreshes, 1);
});

test("clients with one store that refresh at once keep their session", async () => {
  let stored: Tokens | undefined;
  const store: SessionStore = { get: () => stored, set: (tokens) => void (stored = tokens) };
  await using fixture = await start({ store });
  const { shop, proxy, souk } = fixture;
  const other = createSouk({ baseUrl: proxy.url, store });
  shop.expireToken();
  await Promise.all([souk.get("/cart"), other.get("/cart")]);
  assert.equal(shop.refreshes, 1);
  await Promise.all([souk.get("/cart"), other.get("/cart")]);
});

test("a refresh token that is used again too late ends the session", async () => {
  await using fixture = await start({ retry: { attempts: 2 } });
  const { shop, proxy, souk } = fixture;
  shop.expireToken();
  proxy.provoke("POST /auth/refresh", "answer lost", "answer lost");
  await assert.rejects(souk.get("/cart"), NetworkError);
  assert.notEqual(await souk.tokens(), undefined);
  shop.endGrace();
  await assert.rejects(souk.get("/cart"), (error) => isProblem(error, "refresh_token_reused"));
  assert.equal(await souk.tokens(), undefined);
  await souk.logIn({ email: "ann@example.com", password: PASSWORD });
  await souk.get("/cart");
});

test("a session that was ended elsewhere is not refreshed", async () => {
  await using fixture = await start();
  const { shop, souk } = fixture;
  shop.endSession();
  await assert.rejects(souk.get("/cart"), (error) => isProblem(error, "session_ended"));
  assert.equal(shop.refreshes, 0);
  assert.equal(await souk.tokens(), undefined);
});

test("a guest's cart goes with a registration and a log-in", async () => {
  await using fixture = await start();
  const { shop, souk } = fixture;
  await souk.createGuest();
  await souk.logIn({ email: "ann@example.com", password: PASSWORD });
  const [registration, login] = shop.logIns as { guest_refresh_token?: string }[];
  assert.equal(registration?.guest_refresh_token, undefined);
  assert.equal(login?.guest_refresh_token, "refresh-2");
});

test("a second factor is asked for with a challenge", async () => {
  await using fixture = await start();
  const { shop, souk } = fixture;
  await souk.logOut();
  const login = souk.logIn({ email: "staff@example.com", password: PASSWORD });
  const refused = await login.catch((error: unknown) => error);
  assert.ok(isProblem(refused, "second_factor_required"));
  const challenge = refused.members["challenge"];
  assert.ok(typeof challenge === "string");
  await souk.logIn({ challenge, code: "123456" });
  assert.deepEqual(shop.logIns.at(-1), { challenge: "challenge-1", code: "123456" });
  await souk.get("/cart");
});

/** The device token of each log-in. */
function devicesOf(shop: FakeShop): unknown[] {
  return (shop.logIns as { device_token?: string }[]).map(({ device_token }) => device_token);
}

test("the device token of a log-in is sent with the next one, also after a log-out", async () => {
  await using fixture = await start();
  const { shop, souk } = fixture;
  const ann = { email: "ann@example.com", password: PASSWORD };
  await souk.logIn(ann);
  await souk.logOut();
  await souk.logIn(ann);
  shop.endSession();
  await assert.rejects(souk.get("/cart"), (error) => isProblem(error, "session_ended"));
  await souk.logIn(ann);
  assert.deepEqual(devicesOf(shop), [undefined, undefined, "device-1", "device-2"]); // the first is the registration
});

test("a verified address and a new password make the device known", async () => {
  await using fixture = await start();
  const { shop, souk } = fixture;
  const ann = { email: "ann@example.com", password: PASSWORD };
  await souk.verifyAddress({ token: "of-the-mail", password: PASSWORD });
  await souk.logIn(ann);
  await souk.logOut();
  await souk.resetPassword({ token: "of-the-mail", password: PASSWORD });
  assert.equal(await souk.tokens(), undefined, "a new password starts no session");
  await souk.logIn(ann);
  assert.deepEqual(devicesOf(shop).slice(1), ["device-1", "device-3"]);
});

test("an answer without a device token, and a refused log-in, keep the one before", async () => {
  await using fixture = await start();
  const { shop, souk } = fixture;
  await souk.logIn({ email: "ann@example.com", password: PASSWORD });
  await souk.createGuest();
  await souk.logIn({ email: "pending@example.com", password: PASSWORD });
  const refused = await souk.logIn({ email: "staff@example.com", password: PASSWORD }).catch((error: unknown) => error);
  assert.ok(isProblem(refused, "second_factor_required"));
  await souk.logIn({ challenge: "challenge-1", code: "123456" });
  assert.deepEqual(devicesOf(shop).slice(2), ["device-1", "device-1", "device-1"]);
});

test("a device store outlives the client", async () => {
  let stored: string | undefined;
  const deviceStore: DeviceStore = { get: async () => stored, set: async (token) => void (stored = token) };
  await using fixture = await start({ deviceStore });
  const { shop, proxy, souk } = fixture;
  await souk.logIn({ email: "ann@example.com", password: PASSWORD });
  assert.equal(stored, "device-1");
  const other = createSouk({ baseUrl: proxy.url, deviceStore });
  await other.logIn({ email: "ann@example.com", password: PASSWORD });
  assert.deepEqual(devicesOf(shop).slice(1), [undefined, "device-1"]);
});

test("a log-in whose answer is lost leaves the device as it was", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  const ann = { email: "ann@example.com", password: PASSWORD };
  await souk.logIn(ann);
  proxy.provoke("POST /auth/login", "answer lost");
  await assert.rejects(souk.logIn(ann), NetworkError);
  await souk.logIn(ann);
  assert.deepEqual(devicesOf(shop).slice(2), ["device-1", "device-1"]);
});

test("a refresh that the gateway refuses for the moment is sent again", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  shop.expireToken();
  proxy.provoke("POST /auth/refresh", TOO_MANY);
  await souk.get("/cart");
  assert.equal(shop.refreshes, 1);
});

for (const [name, fault] of [
  ["a 503 of the shop", UNAVAILABLE],
  ["a 503 of the gateway", { answer: { status: 503, body: { message: "Service Unavailable" } } }],
  ["no answer", "no answer"],
] as const) {
  test(`a refresh that gets ${name} is sent again`, async () => {
    await using fixture = await start({ retry: { attemptMs: 1_000 } });
    const { shop, proxy, souk } = fixture;
    shop.expireToken();
    proxy.provoke("POST /auth/refresh", fault);
    await souk.get("/cart");
    assert.equal(proxy.to("POST /auth/refresh").length, 2);
    assert.equal(shop.refreshes, 1);
  });
}

test("a refresh that gets a 500 does not end the session", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  shop.expireToken();
  proxy.provoke("POST /auth/refresh", { answer: { status: 500, body: { message: "Internal Server Error" } } });
  await assert.rejects(souk.get("/cart"), SoukError);
  await souk.get("/cart");
  assert.equal(shop.refreshes, 1);
});

test("a call is not sent again in the session of another account", async () => {
  let hasSwitched = false;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    if (response.status === 401 && !hasSwitched) {
      hasSwitched = true;
      await fixture.souk.logIn({ email: "bob@example.com", password: PASSWORD });
    }
    return response;
  };
  await using fixture = await start({ fetch });
  const { shop, proxy, souk } = fixture;
  shop.expireToken();
  await assert.rejects(souk.post("/orders", { body: CHECKOUT }), (error) => isProblem(error, "token_expired"));
  assert.equal(proxy.to("POST /orders").length, 1);
  assert.equal(shop.refreshes, 0);
  shop.expireToken();
  await souk.post("/orders", { body: CHECKOUT });
  assert.equal(shop.refreshes, 1);
});

test("a log-out ends the session", async () => {
  await using fixture = await start();
  const { proxy, souk } = fixture;
  await souk.logOut();
  assert.equal(await souk.tokens(), undefined);
  assert.equal(proxy.to("POST /auth/logout").length, 1);
  await assert.rejects(souk.get("/cart"), SoukProblem);
  assert.equal(proxy.to("POST /auth/refresh").length, 0);
});

test("a 429 is retried after the time that it names", async () => {
  await using fixture = await start();
  const { proxy, souk, waits } = fixture;
  const { answer } = TOO_MANY;
  proxy.provoke("GET /cart", { answer: { ...answer, headers: { "retry-after": "7" } } }, TOO_MANY);
  await souk.get("/cart");
  assert.deepEqual(waits, [7_000 + 100, 200]); // half of 200, and half of 400
});

/** What a function answers to a caller whose bucket is empty. */
function rateLimited(seconds: number, code = "rate_limited") {
  const headers = { "content-type": "application/problem+json", "retry-after": `${seconds}` };
  return { answer: { status: 429, headers, body: problem(429, code).body } };
}

test("a limit of the shop is waited for, also by a call that may not be repeated", async () => {
  await using fixture = await start();
  const { shop, proxy, souk, waits } = fixture;
  proxy.provoke("POST /auth/login", rateLimited(3));
  await souk.logIn({ email: "ann@example.com", password: PASSWORD });
  assert.deepEqual(waits, [3_100]);
  assert.equal(shop.logIns.length, 2, "the registration, and one log-in");
});

test("a limit that lasts longer than a call may take is not waited for", async () => {
  await using fixture = await start();
  const { proxy, souk, waits } = fixture;
  proxy.provoke("POST /auth/login", rateLimited(900, "too_many_attempts"));
  const login = souk.logIn({ email: "ann@example.com", password: PASSWORD });
  await assert.rejects(login, (error) => isProblem(error, "too_many_attempts") && error.retryAfterSeconds === 900);
  assert.deepEqual(waits, []);
  assert.equal(proxy.to("POST /auth/login").length, 1);
});

test("a date in Retry-After is honoured", async () => {
  await using fixture = await start();
  const { proxy, souk, waits } = fixture;
  const date = new Date(9_000).toUTCString();
  proxy.provoke("GET /cart", { answer: { ...TOO_MANY.answer, headers: { "retry-after": date } } });
  await souk.get("/cart");
  assert.deepEqual(waits, [9_100]);
});

test("a 503 is retried where the call may be repeated", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  proxy.provoke("POST /orders", UNAVAILABLE);
  await souk.post("/orders", { body: CHECKOUT });
  assert.equal(shop.orders, 1);
  proxy.provoke("POST /auth/login", UNAVAILABLE);
  const login = souk.logIn({ email: "ann@example.com", password: PASSWORD });
  await assert.rejects(login, (error) => isProblem(error, "temporarily_unavailable"));
});

for (const fault of ["answer lost", "answer cut"] as const) {
  test(`${fault}: the retry has the same key, and there is one order`, async () => {
    await using fixture = await start();
    const { shop, proxy, souk } = fixture;
    proxy.provoke("POST /orders", fault, fault);
    const placed = await souk.post("/orders", { body: CHECKOUT });
    assert.equal(placed.order_id, "order-1");
    assert.equal(shop.orders, 1);
    const sent = proxy.to("POST /orders");
    assert.equal(sent.length, 3);
    assert.match(sent[0]?.key ?? "", /^[0-9a-f-]{36}$/);
    assert.equal(new Set(sent.map(({ key, body }) => `${key} ${body}`)).size, 1);
  });
}

test("the key stays when the token is refreshed, and every call has its own", async () => {
  await using fixture = await start();
  const { shop, proxy, souk } = fixture;
  shop.expireToken();
  await souk.post("/orders", { body: CHECKOUT });
  await souk.post("/orders", { body: CHECKOUT });
  await souk.post("/orders", { body: CHECKOUT, params: { header: { "Idempotency-Key": "mine" } } });
  const [refused, first, second, third] = proxy.to("POST /orders").map(({ key }) => key);
  assert.equal(refused, first);
  assert.notEqual(first, second);
  assert.equal(third, "mine");
});

test("a call that still runs is asked again", async () => {
  await using fixture = await start();
  const { proxy, souk } = fixture;
  const headers = { "content-type": "application/problem+json", "retry-after": "1" };
  proxy.provoke("POST /orders", { answer: { status: 409, headers, body: problem(409, "request_in_progress").body } });
  assert.equal((await souk.post("/orders", { body: CHECKOUT })).order_id, "order-1");
});

test("a call without an answer that may not be repeated is not", async () => {
  await using fixture = await start();
  const { proxy, souk } = fixture;
  proxy.provoke("POST /auth/login", "answer lost");
  await assert.rejects(souk.logIn({ email: "ann@example.com", password: PASSWORD }), NetworkError);
  assert.equal(proxy.to("POST /auth/login").length, 1);
});

test("a problem is a typed error", async () => {
  await using fixture = await start();
  const call = fixture.souk.post("/cart/items", { body: { product_id: "OUT-0000472", quantity: 0 } });
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof SoukProblem && isProblem(error, "invalid_fields"));
    const { status, code, detail, requestId, errors, members } = error;
    assert.deepEqual({ status, code, detail, requestId }, {
      status: 422,
      code: "invalid_fields",
      detail: "it is invalid_fields",
      requestId: "r-1",
    });
    assert.deepEqual(errors.map(({ field, code }) => [field, code]), [["quantity", "out_of_range"]]);
    assert.deepEqual(members, { sent: 0 });
    return true;
  });
});

test("an attempt that takes too long is abandoned and repeated", async () => {
  await using fixture = await start({ retry: { attemptMs: 1_000 } });
  const { proxy, souk } = fixture;
  proxy.provoke("GET /cart", "no answer");
  await souk.get("/cart");
  assert.equal(proxy.unmet, 0);
});

test("the number of attempts is bounded", async () => {
  await using fixture = await start({ retry: { attempts: 3 } });
  const { proxy, souk } = fixture;
  proxy.provoke("GET /cart", ...Array(9).fill(TOO_MANY));
  await assert.rejects(souk.get("/cart"), (error) => error instanceof GatewayError && error.status === 429);
  assert.equal(proxy.to("GET /cart").length, 3);
});

test("the time of all attempts is bounded", async () => {
  await using fixture = await start({ retry: { totalMs: 10_000 } });
  const { proxy, souk, waits } = fixture;
  const slow = { answer: { ...TOO_MANY.answer, headers: { "retry-after": "4" } } };
  proxy.provoke("GET /cart", ...Array(9).fill(slow));
  await assert.rejects(souk.get("/cart"), GatewayError);
  assert.equal(waits.length, 2); // a third wait of 4 seconds would end too late
});

test("the bounds of a call include a refresh and what follows it", async () => {
  await using fixture = await start({ retry: { attempts: 4, totalMs: 10_000 } });
  const { proxy, souk, waits } = fixture;
  const slow = { answer: { ...TOO_MANY.answer, headers: { "retry-after": "4" } } };
  proxy.provoke("GET /cart", slow, "token refused", ...Array(9).fill(slow));
  await assert.rejects(souk.get("/cart"), GatewayError);
  assert.equal(waits.length, 2); // a third wait of 4 seconds would end too late
});

test("the attempts before and after a refresh are bounded together", async () => {
  await using fixture = await start({ retry: { attempts: 3 } });
  const { proxy, souk } = fixture;
  proxy.provoke("GET /cart", TOO_MANY, "token refused", ...Array(9).fill(TOO_MANY));
  await assert.rejects(souk.get("/cart"), GatewayError);
  assert.equal(proxy.to("GET /cart").length, 4); // three, and the one whose token was refused
});

test("a call whose token cannot be refreshed in time ends in time", async () => {
  await using fixture = await start({ retry: { totalMs: 300 } });
  const { shop, proxy, souk } = fixture;
  shop.expireToken();
  proxy.provoke("POST /auth/refresh", "no answer");
  await assert.rejects(souk.get("/cart"), { name: "NetworkError", timedOut: true, message: /\/cart: no answer in time$/ });
});

test("the caller can abort calls that wait for a refresh, and the refresh goes on", async () => {
  let hasRefreshed = false;
  let isRefreshing: () => void = () => undefined;
  const refreshStarted = new Promise<void>((resolve) => (isRefreshing = resolve));
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await globalThis.fetch(input, init);
    if (response.url.endsWith("/auth/refresh")) {
      isRefreshing();
      await setTimeout(500);
      hasRefreshed = true;
    }
    return response;
  };
  await using fixture = await start({ fetch });
  const { shop, souk } = fixture;
  shop.expireToken();
  const abort = new AbortController();
  const refused = souk.get("/cart", { signal: abort.signal });
  await refreshStarted;
  const waiting = souk.get("/cart", { signal: abort.signal });
  abort.abort();
  await assert.rejects(refused, { name: "AbortError" });
  await assert.rejects(waiting, { name: "AbortError" });
  assert.ok(!hasRefreshed, "both ended at once");
  await souk.get("/cart");
  assert.equal(shop.refreshes, 1);
});

test("no answer at all is a typed error", async () => {
  await using fixture = await start({ retry: { attempts: 2, attemptMs: 50 } });
  const { proxy, souk } = fixture;
  proxy.provoke("GET /cart", "no answer", "no answer");
  await assert.rejects(souk.get("/cart"), (error) => error instanceof NetworkError && error.timedOut);
  assert.equal(proxy.to("GET /cart").length, 2);
});

test("the caller can abort a call, also while it waits", async () => {
  await using fixture = await start({ sleep: (_ms, signal) => new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  }) });
  const { proxy, souk } = fixture;
  proxy.provoke("GET /cart", TOO_MANY);
  await assert.rejects(souk.get("/cart", { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
});

test("query parameters are sent as the document describes them", async () => {
  await using fixture = await start();
  const { proxy, souk } = fixture;
  proxy.provoke("GET /inventory", { answer: { status: 200, body: {} } });
  await souk.get("/inventory", { params: { query: { product_ids: ["OUT-1", "OUT-2"] } } });
  assert.deepEqual(proxy.to("GET /inventory").map(({ query }) => query), ["?product_ids=OUT-1,OUT-2"]);

  proxy.provoke("GET /products", { answer: { status: 200, body: {} } });
  const attr = { "attr.Colour": ["Cyan", "Black & white"], "attr.Page yield": "750" };
  await souk.get("/products", { params: { query: { brand: ["HP", "Brother"], attr, search: "a+b", in_stock: true } } });
  const sent = "?brand=HP&brand=Brother&attr.Colour=Cyan&attr.Colour=Black%20%26%20white&attr.Page%20yield=750";
  assert.deepEqual(proxy.to("GET /products").map(({ query }) => query), [`${sent}&search=a%2Bb&in_stock=true`]);
});

test("a body that is not JSON is sent as it is, with its media type", async () => {
  await using fixture = await start();
  const { proxy, souk } = fixture;
  proxy.provoke("POST /admin/imports", { answer: { status: 200, body: {} } });
  const body = '{"sku": "1399"}\n{"sku": "1400"}\n';
  await souk.post("/admin/imports", { body });
  await souk.post("/orders", { body: CHECKOUT });
  const sent = [...proxy.to("POST /admin/imports"), ...proxy.to("POST /orders")];
  assert.deepEqual(sent.map(({ mediaType, body }) => [mediaType, body]), [
    ["application/x-ndjson", body],
    ["application/json", JSON.stringify(CHECKOUT)],
  ]);
});
