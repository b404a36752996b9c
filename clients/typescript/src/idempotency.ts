// Idempotency keys: a call that the shop may receive twice is done once.

import type { Middleware } from "openapi-fetch";

import { OPERATIONS_WITH_KEY } from "./operations.ts";

/** The header of the key. */
export const IDEMPOTENCY_KEY = "Idempotency-Key";

/** Gives each call of an operation that takes a key a new one, unless the caller gave it one. Retries keep it. */
export function addIdempotencyKeys(newKey: () => string): Middleware {
  return {
    onRequest({ request, schemaPath }) {
      if (OPERATIONS_WITH_KEY.has(`${request.method} ${schemaPath}`) && !request.headers.has(IDEMPOTENCY_KEY)) {
        request.headers.set(IDEMPOTENCY_KEY, newKey());
      }
      return request;
    },
  };
}
