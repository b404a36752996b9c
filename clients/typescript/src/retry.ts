// Retries: calls that were refused for the moment, and calls without an answer that may be sent again.

import { IDEMPOTENCY_KEY } from "./idempotency.ts";
import { NetworkError } from "./problem.ts";

/** Sends a request and leaves it usable, so that it can be sent again. */
export type Send = (request: Request) => Promise<Response>;

/** Limits of a call. */
export interface RetryLimits {
  /** How often a call is sent at most. */
  attempts: number;
  /** How long one attempt may take, in milliseconds. */
  attemptMs: number;
  /** How long all attempts and the waits between them may take, in milliseconds. */
  totalMs: number;
  /** The longest first wait, in milliseconds. It doubles with each attempt. */
  firstWaitMs: number;
  /** The longest wait, in milliseconds. `Retry-After` may ask for more. */
  maxWaitMs: number;
}

/** Used where the caller gives no limit. */
export const DEFAULT_LIMITS: RetryLimits = {
  attempts: 5,
  attemptMs: 15_000,
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

const REPEATABLE_METHODS = new Set(["GET", "HEAD", "PUT", "DELETE", "PATCH"]);

/** Sends requests with retries. */
export function sendWithRetries(fetch: typeof globalThis.fetch, limits: RetryLimits, effects: Effects): Send {
  return async (request) => {
    const deadline = effects.now() + limits.totalMs;
    for (let attempt = 1; ; attempt += 1) {
      const timeLeft = Math.max(deadline - effects.now(), 1);
      const outcome = await sendOnce(fetch, request, Math.min(limits.attemptMs, timeLeft));
      const wait = retryAfterMs(outcome, effects.now()) + jitterMs(attempt, limits, effects);
      const isLast = attempt >= limits.attempts || effects.now() + wait >= deadline;
      if (isLast || !isWorthRetry(outcome, request)) {
        return answered(outcome);
      }
      await effects.sleep(wait, request.signal);
    }
  };
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
  const isRepeatable = hasKey || REPEATABLE_METHODS.has(request.method);
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

/** Full jitter: any wait up to the limit, so that clients do not come back at the same time. */
function jitterMs(attempt: number, limits: RetryLimits, effects: Effects): number {
  return effects.random() * Math.min(limits.maxWaitMs, limits.firstWaitMs * 2 ** (attempt - 1));
}
