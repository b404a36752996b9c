// Retries: calls that were refused for the moment, and calls without an answer that may be sent again.

import { IDEMPOTENCY_KEY } from "./idempotency.ts";
import { NetworkError } from "./problem.ts";

/** Limits of a call. */
export interface RetryLimits {
  /** How often a call is sent at most, without the attempt whose token had to be refreshed. */
  attempts: number;
  /** How long one attempt may take, in milliseconds. */
  attemptMs: number;
  /** How long all attempts, the waits between them and a refresh of the token may take, in milliseconds. */
  totalMs: number;
  /** The longest first wait, in milliseconds. It doubles with each attempt. */
  firstWaitMs: number;
  /** The longest wait, in milliseconds. `Retry-After` may ask for more. */
  maxWaitMs: number;
}

/** Used where the caller gives no limit. */
export const DEFAULT_LIMITS: RetryLimits = {
  attempts: 5,
  attemptMs: 30_000, // the slowest operations take up to 29 seconds
  totalMs: 60_000,
  firstWaitMs: 200,
  maxWaitMs: 5_000,
};

/** Time and chance, which tests replace. */
export interface Effects {
  /** Milliseconds since 1970. */
  now(): number;
  /** At least 0, less than 1. */
  random(): number;
  /** Waits. Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What a call has used of its limits. */
export interface CallBudget {
  /** The attempts so far. */
  attempts: number;
  /** When the call must end, in milliseconds since 1970. */
  readonly deadline: number;
}

/** The longest time of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const REPEATABLE_METHODS = new Set(["GET", "HEAD", "PUT", "DELETE", "PATCH"]);
/** The shop answers a repeated refresh with the same tokens, or refuses it; nothing is lost by another attempt. */
const REFRESH = "/auth/refresh";

/** Sends requests with retries. */
export class Sender {
  readonly #fetch: typeof globalThis.fetch;
  readonly #limits: RetryLimits;
  readonly #effects: Effects;

  constructor(fetch: typeof globalThis.fetch, limits: RetryLimits, effects: Effects) {
    this.#fetch = fetch;
    this.#limits = limits;
    this.#effects = effects;
  }

  /** The budget of a call that starts now. */
  newBudget(): CallBudget {
    return { attempts: 0, deadline: this.#effects.now() + this.#limits.totalMs };
  }

  /** Sends a request as often as needed and as its budget allows. Leaves it usable, so that it can be sent again. */
  async send(request: Request, budget: CallBudget): Promise<Response> {
    const { now, sleep } = this.#effects;
    for (;;) {
      budget.attempts += 1;
      const ms = Math.min(this.#limits.attemptMs, this.#timeLeftMs(budget));
      const outcome = await sendOnce(this.#fetch, request, ms);
      const wait = retryAfterMs(outcome, now()) + this.#jitterMs(budget.attempts);
      const isLast = budget.attempts >= this.#limits.attempts || now() + wait >= budget.deadline;
      if (isLast || !isWorthRetry(outcome, request)) {
        return answered(outcome);
      }
      await sleep(wait, request.signal);
    }
  }

  /** Waits for work that a call shares with others. When the call is aborted or its time is over, only it ends. */
  waitFor<T>(work: Promise<T>, request: Request, budget: CallBudget): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeLeftMs(budget));
    const signal = AbortSignal.any([request.signal, timeout]);
    return new Promise((resolve, reject) => {
      const abort = () =>
        reject(request.signal.aborted ? request.signal.reason : new NetworkError(request, true, timeout.reason));
      work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
      signal.aborted ? abort() : signal.addEventListener("abort", abort, { once: true });
    });
  }

  #timeLeftMs({ deadline }: CallBudget): number {
    return Math.min(Math.max(deadline - this.#effects.now(), 1), MAX_TIMER_MS);
  }

  /** Full jitter: any wait up to the limit, so that clients do not come back at the same time. */
  #jitterMs(attempt: number): number {
    const { firstWaitMs, maxWaitMs } = this.#limits;
    return this.#effects.random() * Math.min(maxWaitMs, firstWaitMs * 2 ** (attempt - 1));
  }
}

/** One attempt. Reads the whole body, because the connection may end in the middle of it. */
async function sendOnce(fetch: typeof globalThis.fetch, request: Request, ms: number): Promise<Response | NetworkError> {
  const timeout = AbortSignal.timeout(ms);
  try {
    const response = await fetch(request.clone(), { signal: AbortSignal.any([request.signal, timeout]) });
    const body = await response.arrayBuffer();
    const { status, statusText, headers } = response;
    return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
  } catch (error) {
    if (request.signal.aborted) {
      throw error; // by the caller
    }
    return new NetworkError(request, timeout.aborted, error);
  }
}

function answered(outcome: Response | NetworkError): Response {
  if (outcome instanceof NetworkError) {
    throw outcome;
  }
  return outcome;
}

function isWorthRetry(outcome: Response | NetworkError, request: Request): boolean {
  const hasKey = request.headers.has(IDEMPOTENCY_KEY);
  const isRepeatable = hasKey || REPEATABLE_METHODS.has(request.method) || new URL(request.url).pathname.endsWith(REFRESH);
  if (outcome instanceof NetworkError) {
    return isRepeatable;
  }
  switch (outcome.status) {
    case 429:
      return true; // refused before anything was done
    case 503:
      return isRepeatable;
    case 409:
      return hasKey && outcome.headers.has("Retry-After"); // the first attempt is still running
    default:
      return false;
  }
}

function retryAfterMs(outcome: Response | NetworkError, now: number): number {
  const header = outcome instanceof Response ? outcome.headers.get("Retry-After") : null;
  if (header === null) {
    return 0;
  }
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - now : seconds * 1000;
  return Number.isNaN(ms) ? 0 : Math.max(ms, 0);
}
