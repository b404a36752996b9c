// A shop in memory with what the unit tests need: sessions, a cart and orders.

import { createServer, type IncomingMessage } from "node:http";

import { addressOf, bodyOf, close, headerOf, listen } from "./proxy.ts";

interface Answer {
  status: number;
  body?: unknown;
}

/** A running shop. */
export class FakeShop implements AsyncDisposable {
  /** How many sessions were refreshed. */
  refreshes = 0;
  /** How many orders were placed. */
  orders = 0;
  /** The bodies of registrations and log-ins. */
  readonly logIns: unknown[] = [];
  /** The device tokens that it has issued. */
  readonly deviceTokens: string[] = [];
  #token = "";
  #refreshToken = "";
  #usedRefreshToken = "";
  #hasEnded = false;
  #sequence = 0;
  readonly #placed = new Map<string, Answer>();
  readonly #server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const { status, body } = this.#answer(request, await bodyOf(request));
      const type = status < 400 ? "application/json" : "application/problem+json";
      response.writeHead(status, { "content-type": type }).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Starts a shop. */
  static async start(): Promise<FakeShop> {
    const shop = new FakeShop();
    await listen(shop.#server);
    return shop;
  }

  /** Its address. */
  get url(): string {
    return addressOf(this.#server);
  }

  /** From now on the token is refused, as after its 15 minutes. */
  expireToken(): void {
    this.#token = "expired";
  }

  /** From now on a used refresh token is refused, as 20 seconds after its use. */
  endGrace(): void {
    this.#usedRefreshToken = "";
  }

  /** From now on the session has ended, as after a log-out elsewhere. */
  endSession(): void {
    this.#hasEnded = true;
  }

  #answer(request: IncomingMessage, body: string): Answer {
    const route = `${request.method} ${request.url}`;
    switch (route) {
      case "POST /auth/guest":
        return this.#newTokens();
      case "POST /auth/register":
        this.logIns.push(JSON.parse(body));
        return this.#newTokens();
      case "POST /auth/login":
        this.logIns.push(JSON.parse(body));
        return this.#logIn(JSON.parse(body));
      case "POST /auth/verification/confirm":
        return this.#withDevice(this.#newTokens());
      case "POST /auth/password-reset/confirm":
        return this.#withDevice({ status: 200, body: {} });
      case "POST /auth/refresh":
        return this.#refresh(JSON.parse(body).refresh_token);
      case "POST /auth/logout":
        return { status: 204 };
      default:
        return this.#answerShopper(route, request, body);
    }
  }

  #answerShopper(route: string, request: IncomingMessage, body: string): Answer {
    if (this.#hasEnded) {
      return problem(401, "session_ended");
    }
    if (headerOf(request, "authorization") !== `Bearer ${this.#token}`) {
      return problem(401, "token_expired");
    }
    switch (route) {
      case "GET /cart":
        return { status: 200, body: { items: [], total_amount: 0, currency: "USD" } };
      case "POST /cart/items":
        return invalidQuantity(JSON.parse(body).quantity);
      case "POST /orders":
        return this.#placeOrder(headerOf(request, "idempotency-key") ?? "");
      default:
        return problem(404, "not_found");
    }
  }

  #placeOrder(key: string): Answer {
    const placed = this.#placed.get(key) ?? { status: 201, body: { order_id: `order-${++this.orders}` } };
    this.#placed.set(key, placed);
    return placed;
  }

  #logIn({ email, code }: { email?: string; code?: string }): Answer {
    const needsCode = email === "staff@example.com" && code === undefined;
    if (needsCode) {
      return problem(401, "second_factor_required", { challenge: "challenge-1" });
    }
    // The shop gives a pending account no device token.
    return email === "pending@example.com" ? this.#newTokens() : this.#withDevice(this.#newTokens());
  }

  #withDevice({ status, body }: Answer): Answer {
    const device_token = `device-${this.deviceTokens.length + 1}`;
    this.deviceTokens.push(device_token);
    return { status, body: { ...(body as object), device_token } };
  }

  #refresh(refreshToken: string): Answer {
    if (refreshToken === this.#usedRefreshToken) {
      return this.#tokens();
    }
    if (refreshToken !== this.#refreshToken) {
      this.#refreshToken = "";
      return problem(401, "refresh_token_reused");
    }
    this.refreshes += 1;
    this.#usedRefreshToken = refreshToken;
    return this.#newTokens();
  }

  #newTokens(): Answer {
    this.#sequence += 1;
    this.#token = `token-${this.#sequence}`;
    this.#refreshToken = `refresh-${this.#sequence}`;
    this.#hasEnded = false;
    return this.#tokens();
  }

  #tokens(): Answer {
    return { status: 200, body: { token: this.#token, refresh_token: this.#refreshToken, kind: "guest" } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await close(this.#server);
  }
}

function invalidQuantity(quantity: unknown): Answer {
  const message = "must be a whole number from 1 to 9999";
  return problem(422, "invalid_fields", { errors: [{ field: "quantity", code: "out_of_range", message }], sent: quantity });
}

/** Problem details. */
export function problem(status: number, code: string, members: object = {}): Answer {
  const standard = { type: `urn:souk:problem:${code}`, title: "", status, code, detail: `it is ${code}`, request_id: "r-1" };
  return { status, body: { ...standard, ...members } };
}
