// The client of a Souk shop.

import createClient, { type Client, type MaybeOptionalInit } from "openapi-fetch";
import type {
  HttpMethod,
  MediaType,
  PathsWithMethod,
  RequiredKeysOf,
  ResponseObjectMap,
  SuccessResponse,
} from "openapi-typescript-helpers";

import { addIdempotencyKeys } from "./idempotency.ts";
import { throwProblems } from "./problem.ts";
import { DEFAULT_LIMITS, type Effects, type RetryLimits, Sender } from "./retry.ts";
import type { paths } from "./schema.ts";
import { serializeBody, serializeQuery, setMediaType } from "./serialize.ts";
import {
  type DeviceStore,
  memoryDeviceStore,
  memoryStore,
  Session,
  type SessionStore,
  type Tokens,
} from "./session.ts";

export type { ProblemCode } from "./operations.ts";
export { GatewayError, type InvalidField, isProblem, NetworkError, SoukError, SoukProblem } from "./problem.ts";
export type { RetryLimits } from "./retry.ts";
export type { components, operations, paths } from "./schema.ts";
export { type DeviceStore, memoryDeviceStore, memoryStore, type SessionStore, type Tokens } from "./session.ts";

/** Options of a client. */
export interface SoukOptions extends Partial<Effects> {
  /** The address of the shop's API. */
  baseUrl: string;
  /** Sends requests; `globalThis.fetch` by default. */
  fetch?: typeof globalThis.fetch;
  /** Where the session's tokens are kept; in memory by default. */
  store?: SessionStore;
  /** Where the device token is kept; in memory by default, so that the device is unknown after a restart. */
  deviceStore?: DeviceStore;
  /** Limits of retries that differ from the default. */
  retry?: Partial<RetryLimits>;
  /** Makes idempotency keys; `crypto.randomUUID` by default. */
  newKey?: () => string;
}

/** The e-mail address and the password of an account. */
export interface Credentials {
  email: string;
  password: string;
}

/**
 * What a session is started with: e-mail address and password, with a code if the account has a second factor. Without it,
 * the log-in throws `second_factor_required`, whose member `challenge` takes the place of address and password.
 */
export type LogIn = (Credentials & { code?: string }) | { challenge: string; code: string };

/** Calls an operation, and returns the body of its answer. Throws a `SoukError` if it gets another one or none. */
export type Call<Method extends HttpMethod> = <
  Path extends PathsWithMethod<paths, Method>,
  Init extends MaybeOptionalInit<paths[Path], Method>,
>(
  path: Path,
  ...init: RequiredKeysOf<Init> extends never ? [init?: Init] : [init: Init]
) => Promise<AnswerOf<paths[Path][Method]>>;

/** The body of an operation's 2xx answers. */
type AnswerOf<Operation> =
  Operation extends Record<string, any> ? SuccessResponse<ResponseObjectMap<Operation>, MediaType> : never;

/** A client of a shop, with one session. */
export interface Souk {
  get: Call<"get">;
  post: Call<"post">;
  put: Call<"put">;
  patch: Call<"patch">;
  delete: Call<"delete">;
  /** Starts the session of a guest, who orders and pays without an account. */
  createGuest(): Promise<void>;
  /** Registers an account, and starts a session. A guest's cart goes with it. */
  register(credentials: Credentials): Promise<void>;
  /** Verifies the address of an account with the token of its mail, and starts a session. */
  verifyAddress(proof: { token: string; password: string }): Promise<void>;
  /** Sets a new password with the token of the mail, which ends all sessions of the account. The next log-in is `logIn`. */
  resetPassword(proof: { token: string; password: string }): Promise<void>;
  /** Starts a session. A guest's cart goes with it. */
  logIn(login: LogIn): Promise<void>;
  /** Ends the session. */
  logOut(): Promise<void>;
  /** The tokens of the session; none before the log-in and after the session has ended. */
  tokens(): Promise<Tokens | undefined>;
  /** The client beneath, whose answers have the whole `Response`: status and headers. */
  readonly http: Client<paths>;
}

/** Makes a client. */
export function createSouk(options: SoukOptions): Souk {
  const { baseUrl, fetch = globalThis.fetch, store = memoryStore(), newKey = () => crypto.randomUUID() } = options;
  const { deviceStore = memoryDeviceStore() } = options;
  const { now = Date.now, random = Math.random, sleep = sleepFor } = options;
  const sender = new Sender(fetch, { ...DEFAULT_LIMITS, ...options.retry }, { now, random, sleep });
  const session: Session = new Session(store, sender, async (refreshToken) =>
    tokensOf(await post("/auth/refresh", { body: { refresh_token: refreshToken } })),
  );
  const http: Client<paths> = createClient<paths>({
    baseUrl,
    fetch: session.send,
    querySerializer: serializeQuery,
    bodySerializer: serializeBody,
  });
  http.use(addIdempotencyKeys(newKey), setMediaType, session.addToken, throwProblems);
  const post: Call<"post"> = call(http, "post");
  /** Keeps the device token of an answer. One without leaves the device as known as it was. */
  const keepDevice = async ({ device_token }: { device_token?: string }) => {
    if (device_token !== undefined) {
      await deviceStore.set(device_token);
    }
  };
  return {
    get: call(http, "get"),
    post,
    put: call(http, "put"),
    patch: call(http, "patch"),
    delete: call(http, "delete"),
    async createGuest() {
      await session.replace(tokensOf(await post("/auth/guest")));
    },
    async register(credentials) {
      const body = { ...credentials, ...guestOf(await session.tokens()) };
      await session.replace(tokensOf(await post("/auth/register", { body })));
    },
    async verifyAddress(proof) {
      const answer = await post("/auth/verification/confirm", { body: proof });
      await session.replace(tokensOf(answer));
      await keepDevice(answer);
    },
    async resetPassword(proof) {
      await keepDevice(await post("/auth/password-reset/confirm", { body: proof }));
    },
    async logIn(login) {
      const device_token = await deviceStore.get();
      const device = device_token === undefined ? {} : { device_token };
      const body = { ...login, ...device, ...guestOf(await session.tokens()) };
      const answer = await post("/auth/login", { body });
      await session.replace(tokensOf(answer));
      await keepDevice(answer);
    },
    async logOut() {
      const tokens = await session.tokens();
      await session.replace(undefined);
      if (tokens !== undefined) {
        await post("/auth/logout", { body: { refresh_token: tokens.refreshToken } });
      }
    },
    tokens: () => session.tokens(),
    http,
  };
}

function call<Method extends HttpMethod>(http: Client<paths>, method: Method): Call<Method> {
  // The types of openapi-fetch do not follow from a method that is a parameter.
  const request = http.request as (method: string, path: string, init?: unknown) => Promise<{ data?: unknown }>;
  return (async (path: string, init?: unknown) => (await request(method, path, init)).data) as Call<Method>;
}

function tokensOf(answer: { token: string; refresh_token: string; kind: "guest" | "shopper" }): Tokens {
  return { token: answer.token, refreshToken: answer.refresh_token, kind: answer.kind };
}

/** Names the session whose cart a registration or a log-in takes over. */
function guestOf(tokens: Tokens | undefined): { guest_refresh_token?: string } {
  return tokens?.kind === "guest" ? { guest_refresh_token: tokens.refreshToken } : {};
}

function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.aborted ? abort() : signal.addEventListener("abort", abort, { once: true });
  });
}
