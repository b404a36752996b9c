// Made from docs/openapi.yaml by `npm run generate`. Do not edit.

/** Operations that take an `Idempotency-Key`. */
export const OPERATIONS_WITH_KEY: ReadonlySet<string> = new Set([
  "POST /admin/inventory/{product_id}/adjustments",
  "POST /admin/orders/{order_id}/refunds",
  "POST /auth/register",
  "POST /cart/items",
  "POST /orders",
  "POST /orders/{order_id}/pay",
  "POST /orders/{order_id}/returns",
  "PUT /admin/inventory/{product_id}",
]);

/** Operations that need a token. */
export const OPERATIONS_WITH_TOKEN: ReadonlySet<string> = new Set([
  "DELETE /admin/products/{product_id}",
  "DELETE /cart",
  "DELETE /cart/items/{product_id}",
  "GET /admin/inventory/{product_id}/history",
  "GET /admin/orders",
  "GET /admin/orders/{order_id}",
  "GET /admin/returns",
  "GET /admin/synonyms",
  "GET /cart",
  "GET /orders",
  "GET /orders/{order_id}",
  "PATCH /cart/items/{product_id}",
  "POST /admin/imports",
  "POST /admin/inventory/{product_id}/adjustments",
  "POST /admin/orders/{order_id}/cancel",
  "POST /admin/orders/{order_id}/deliver",
  "POST /admin/orders/{order_id}/refunds",
  "POST /admin/orders/{order_id}/refunds/{refund_id}/retry",
  "POST /admin/orders/{order_id}/returns/{return_id}/accept",
  "POST /admin/orders/{order_id}/returns/{return_id}/reject",
  "POST /admin/orders/{order_id}/ship",
  "POST /cart/items",
  "POST /orders",
  "POST /orders/{order_id}/cancel",
  "POST /orders/{order_id}/pay",
  "POST /orders/{order_id}/returns",
  "PUT /admin/inventory/{product_id}",
  "PUT /admin/inventory/{product_id}/shards",
  "PUT /admin/products/{product_id}",
  "PUT /admin/synonyms",
]);

/** Operations whose body is not JSON, with its media type. */
export const OPERATIONS_WITH_MEDIA_TYPE: ReadonlyMap<string, string> = new Map([
  ["POST /admin/imports", "application/x-ndjson"],
]);

/** Query parameters that are lists with commas (`explode: false`). */
export const PARAMETERS_WITH_COMMAS: ReadonlySet<string> = new Set([
  "product_ids",
]);

/** All codes of problems. */
export type ProblemCode =
  | "body_too_large"
  | "busy"
  | "card_number"
  | "cart_changed"
  | "cart_empty"
  | "cart_full"
  | "email_taken"
  | "forbidden"
  | "hold_expired"
  | "idempotency_key_reused"
  | "insufficient_stock"
  | "internal_error"
  | "invalid_credentials"
  | "invalid_fields"
  | "invalid_idempotency_key"
  | "invalid_signature"
  | "malformed_event"
  | "malformed_json"
  | "not_cancellable"
  | "not_deliverable"
  | "not_found"
  | "not_payable"
  | "not_refundable"
  | "not_returnable"
  | "not_shippable"
  | "order_too_large"
  | "payment_declined"
  | "payment_in_progress"
  | "payment_unavailable"
  | "price_changed"
  | "product_not_found"
  | "product_unavailable"
  | "quantity_limit"
  | "refresh_token_invalid"
  | "refresh_token_reused"
  | "request_in_progress"
  | "return_already_decided"
  | "search_unavailable"
  | "stock_limit_exceeded"
  | "synonyms_changed"
  | "temporarily_unavailable"
  | "token_expired"
  | "token_invalid"
  | "token_required"
  | "too_many_attempts"
  | "too_many_lines"
  | "too_many_payment_attempts"
  | "too_many_returns"
  | "unsupported_media_type";
