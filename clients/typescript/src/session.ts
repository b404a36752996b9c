// Sessions: adds the token to calls that need one, and refreshes it.
//
// A refresh token is valid once: the shop takes a second use for theft and ends the session. So there is one refresh at
// a time, and a refresh without an answer is not repeated: the session has ended, and the shopper logs in again.

import type { Middleware } from "openapi-fetch";

import { OPERATIONS_WITH_TOKEN } from "./operations.ts";
import { GatewayError, hasProblem, SoukProblem } from "./problem.ts";
import type { Send } from "./retry.ts";

/** The tokens of a session. */
export interface Tokens {
  token: string;
  refreshToken: string;
}

/** Where the tokens are kept. One client at a time uses a store. */
export interface SessionStore {
  get(): Promise<Tokens | undefined> | Tokens | undefined;
  set(tokens: Tokens | undefined): Promise<void> | void;
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

/** The session of a client. */
export class Session {
  readonly #store: SessionStore;
  readonly #exchange: (refreshToken: string) => Promise<Tokens>;
  #refreshing: Promise<Tokens | undefined> | undefined;

  /** `exchange` gets the next tokens for a refresh token. */
  constructor(store: SessionStore, exchange: (refreshToken: string) => Promise<Tokens>) {
    this.#store = store;
    this.#exchange = exchange;
  }

  /** The current tokens; none before the log-in and after the session has ended. */
  async tokens(): Promise<Tokens | undefined> {
    await this.#refreshing?.catch(() => undefined); // whoever needs the new tokens gets its error
    return this.#store.get();
  }

  /** Starts a session, or ends it. */
  async replace(tokens: Tokens | undefined): Promise<void> {
    await this.#refreshing?.catch(() => undefined); // it would overwrite the new ones
    await this.#store.set(tokens);
  }

  /** Adds the token to calls of operations that need one. */
  readonly addToken: Middleware = {
    onRequest: async ({ request, schemaPath }) => {
      const tokens = OPERATIONS_WITH_TOKEN.has(`${request.method} ${schemaPath}`) ? await this.tokens() : undefined;
      return tokens === undefined ? request : withToken(request, tokens.token);
    },
  };

  /** Sends a request. If its token is refused, refreshes it and sends the request once more. */
  sendWithRefresh(send: Send): Send {
    return async (request) => {
      const response = await send(request);
      const used = tokenOf(request);
      if (used === undefined || !(await isTokenRefused(response))) {
        return response;
      }
      const tokens = await this.#refresh(used);
      return tokens === undefined ? response : send(withToken(request, tokens.token));
    };
  }

  /** The tokens after `used`. All calls that need them at the same time share one refresh. */
  #refresh(used: string): Promise<Tokens | undefined> {
    this.#refreshing ??= this.#refreshNow(used).finally(() => {
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
      if (!isRateLimited(error)) {
        await this.#store.set(undefined);
      }
      throw error;
    }
  }
}

/** Such a refresh was not done: its token is still valid. */
function isRateLimited(error: unknown): boolean {
  return (error instanceof GatewayError || error instanceof SoukProblem) && error.status === 429;
}

async function isTokenRefused(response: Response): Promise<boolean> {
  if (response.status !== 401) {
    return false;
  }
  if (!hasProblem(response)) {
    return true; // by the gateway
  }
  const { code } = await response.clone().json();
  return code === "token_expired" || code === "token_invalid";
}

function withToken(request: Request, token: string): Request {
  const copy = request.clone();
  copy.headers.set("Authorization", `Bearer ${token}`);
  return copy;
}

function tokenOf(request: Request): string | undefined {
  return request.headers.get("Authorization")?.replace(/^Bearer /, "");
}
