// Made from docs/openapi.yaml by `npm run generate`. Do not edit.

/** Operations that take an `Idempotency-Key`. */
export const OPERATIONS_WITH_KEY: ReadonlySet<string> = new Set([
  "POST /cart/items",
  "POST /orders",
  "POST /orders/{order_id}/pay",
]);

/** Operations that need a token. */
export const OPERATIONS_WITH_TOKEN: ReadonlySet<string> = new Set([
  "GET /cart",
  "GET /orders",
  "GET /orders/{order_id}",
  "PATCH /cart/items/{product_id}",
  "POST /cart/items",
  "POST /orders",
  "POST /orders/{order_id}/pay",
]);

/** All codes of problems. */
export type ProblemCode =
  | "cart_empty"
  | "internal_error"
  | "invalid_fields"
  | "refresh_token_invalid"
  | "refresh_token_reused"
  | "request_in_progress"
  | "temporarily_unavailable"
  | "token_expired"
  | "token_invalid"
  | "token_required";
