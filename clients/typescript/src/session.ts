// Sessions: adds the token to calls that need one, and refreshes it.
//
// A refresh token is valid once. For 20 seconds after its use the shop returns the same tokens again, so tabs that
// refresh at once get the same tokens, and a refresh without a response can be repeated. After that, a second use counts
// as theft and ends the session. A client has one refresh at a time.

import type { Middleware } from "openapi-fetch";

import { OPERATIONS_WITH_TOKEN } from "./operations.ts";
import { hasProblem, SoukProblem } from "./problem.ts";
import type { CallBudget, Sender } from "./retry.ts";

/** The tokens of a session. */
export interface Tokens {
  token: string;
  refreshToken: string;
  /** Whose session it is: `guest`, as long as no e-mail address is verified, or `shopper`. */
  kind?: "guest" | "shopper";
}

/** Where the tokens are kept. Several clients, such as tabs, may use a store. */
export interface SessionStore {
  get(): Promise<Tokens | undefined> | Tokens | undefined;
  set(tokens: Tokens | undefined): Promise<void> | void;
}

/**
 * Where the device token is kept. The shop returns it when a shopper proves who it is, and the next log-in sends it, so that
 * strangers' wrong passwords do not count for this device. It opens no session, and is kept when the session ends.
 */
export interface DeviceStore {
  get(): Promise<string | undefined> | string | undefined;
  /** Replaces the token by a newer one. */
  set(deviceToken: string): Promise<void> | void;
}

/** A store of device tokens that ends with the program. */
export function memoryDeviceStore(): DeviceStore {
  let stored: string | undefined;
  return {
    get: () => stored,
    set: (deviceToken) => {
      stored = deviceToken;
    },
  };
}

/** A store that ends with the program. */
export function memoryStore(): SessionStore {
  let stored: Tokens | undefined;
  return {
    get: () => stored,
    set: (tokens) => {
      stored = tokens;
    },
  };
}

/** A call of an operation that needs a token. */
interface Call {
  budget: CallBudget;
  /** The number of the session whose token it has. */
  session: number;
}

/** The session of a client. */
export class Session {
  readonly #store: SessionStore;
  readonly #sender: Sender;
  readonly #exchange: (refreshToken: string) => Promise<Tokens>;
  readonly #calls = new WeakMap<Request, Call>();
  /** How many sessions were started or ended. */
  #sessions = 0;
  #refreshing: Promise<Tokens | undefined> | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();

  /** `exchange` gets the next tokens for a refresh token. */
  constructor(store: SessionStore, sender: Sender, exchange: (refreshToken: string) => Promise<Tokens>) {
    this.#store = store;
    this.#sender = sender;
    this.#exchange = exchange;
  }

  /** The current tokens; none before the log-in and after the session has ended. */
  async tokens(): Promise<Tokens | undefined> {
    return (await this.#current()).tokens;
  }

  /** Starts a session, or ends it. */
  replace(tokens: Tokens | undefined): Promise<void> {
    this.#sessions += 1;
    return this.#change(async () => this.#store.set(tokens));
  }

  /** Adds the token to calls of operations that need one. */
  readonly addToken: Middleware = {
    onRequest: async ({ request, schemaPath }) => {
      if (!OPERATIONS_WITH_TOKEN.has(`${request.method} ${schemaPath}`)) {
        return request;
      }
      const budget = this.#sender.newBudget();
      const { tokens, session } = await this.#sender.waitFor(this.#current(), request, budget);
      const prepared = tokens === undefined ? request : withToken(request, tokens.token);
      this.#calls.set(prepared, { budget, session });
      return prepared;
    },
  };

  /**
   * Sends a request. If its token is refused, refreshes it and sends the request once more, but only in the session in
   * which the call was made: in another one it would be a call of another account. If its session has ended, forgets the
   * tokens.
   */
  readonly send = async (request: Request): Promise<Response> => {
    // The request is not tracked if it needs no token, or if a middleware of the program has replaced it.
    const untracked = { budget: this.#sender.newBudget(), session: this.#sessions };
    const { budget, session } = this.#calls.get(request) ?? untracked;
    const response = await this.#sender.send(request, budget);
    const used = tokenOf(request);
    const refused = used === undefined || session !== this.#sessions ? undefined : await refusedPart(response);
    if (used === undefined || refused === undefined) {
      return response;
    }
    if (refused === "session") {
      await this.#change(() => this.#forget(used));
      return response;
    }
    const tokens = await this.#sender.waitFor(this.#refresh(used), request, budget);
    if (tokens === undefined) {
      return response;
    }
    budget.attempts -= 1; // the refused attempt does not count
    return this.#sender.send(withToken(request, tokens.token), budget);
  };

  /** The tokens, and the number of their session, when no change is under way. */
  async #current(): Promise<{ tokens: Tokens | undefined; session: number }> {
    let change;
    do {
      change = this.#lastChange;
      await change;
    } while (change !== this.#lastChange);
    const session = this.#sessions; // before the tokens: if they are replaced meanwhile, this is the old number
    return { tokens: await this.#store.get(), session };
  }

  /** Runs changes of the tokens one after the other. */
  #change<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#lastChange.then(change);
    this.#lastChange = changed.catch(() => undefined); // the error is for who waits for `changed`
    return changed;
  }

  async #forget(used: string): Promise<void> {
    if ((await this.#store.get())?.token === used) {
      await this.#store.set(undefined);
    }
  }

  /** The tokens after `used`. All calls that need them at the same time share one refresh. */
  #refresh(used: string): Promise<Tokens | undefined> {
    this.#refreshing ??= this.#change(() => this.#refreshNow(used)).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refreshNow(used: string): Promise<Tokens | undefined> {
    const stored = await this.#store.get();
    if (stored === undefined || stored.token !== used) {
      return stored; // another call has refreshed, or logged out, in the meantime
    }
    try {
      const next = await this.#exchange(stored.refreshToken);
      await this.#store.set(next);
      return next;
    } catch (error) {
      if (isSessionOver(error)) {
        await this.#store.set(undefined);
      }
      throw error;
    }
  }
}

/** The shop has refused the refresh token. After any other error it may still be valid. */
function isSessionOver(error: unknown): boolean {
  return error instanceof SoukProblem && error.status === 401;
}

/** What the shop refuses: the token, which a refresh replaces, or the whole session. */
async function refusedPart(response: Response): Promise<"token" | "session" | undefined> {
  if (response.status !== 401) {
    return undefined;
  }
  if (!hasProblem(response)) {
    return "token"; // by the gateway
  }
  switch ((await response.clone().json()).code) {
    case "token_expired":
    case "token_invalid":
      return "token";
    case "session_ended":
      return "session";
    default:
      return undefined;
  }
}

function withToken(request: Request, token: string): Request {
  const copy = request.clone();
  copy.headers.set("Authorization", `Bearer ${token}`);
  return copy;
}

function tokenOf(request: Request): string | undefined {
  return request.headers.get("Authorization")?.replace(/^Bearer /, "");
}
