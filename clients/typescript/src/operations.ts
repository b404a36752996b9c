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
  "DELETE /account",
  "DELETE /account/second-factor",
  "DELETE /account/sessions",
  "DELETE /account/sessions/{session_id}",
  "DELETE /admin/accounts/{user_id}",
  "DELETE /admin/accounts/{user_id}/second-factor",
  "DELETE /admin/categories/{category_id}",
  "DELETE /admin/collections/{collection_id}",
  "DELETE /admin/products/{product_id}",
  "DELETE /admin/staff/{user_id}",
  "DELETE /cart",
  "DELETE /cart/items/{product_id}",
  "GET /account",
  "GET /account/export",
  "GET /account/sessions",
  "GET /admin/accounts/{user_id}/export",
  "GET /admin/audit",
  "GET /admin/collections",
  "GET /admin/inventory/{product_id}/history",
  "GET /admin/orders",
  "GET /admin/orders/{order_id}",
  "GET /admin/refund-requests/{refund_request_id}",
  "GET /admin/returns",
  "GET /admin/staff",
  "GET /admin/synonyms",
  "GET /cart",
  "GET /orders",
  "GET /orders/{order_id}",
  "PATCH /cart/items/{product_id}",
  "POST /account/second-factor",
  "POST /account/second-factor/confirm",
  "POST /admin/categories/{category_id}/merge",
  "POST /admin/imports",
  "POST /admin/inventory/{product_id}/adjustments",
  "POST /admin/invitations",
  "POST /admin/orders/{order_id}/cancel",
  "POST /admin/orders/{order_id}/deliver",
  "POST /admin/orders/{order_id}/refunds",
  "POST /admin/orders/{order_id}/refunds/{refund_id}/retry",
  "POST /admin/orders/{order_id}/returns/{return_id}/accept",
  "POST /admin/orders/{order_id}/returns/{return_id}/reject",
  "POST /admin/orders/{order_id}/ship",
  "POST /admin/refund-requests/{refund_request_id}/approval",
  "POST /cart/items",
  "POST /orders",
  "POST /orders/{order_id}/cancel",
  "POST /orders/{order_id}/link",
  "POST /orders/{order_id}/pay",
  "POST /orders/{order_id}/returns",
  "PUT /account/password",
  "PUT /admin/categories/{category_id}",
  "PUT /admin/collections/{collection_id}",
  "PUT /admin/inventory/{product_id}",
  "PUT /admin/inventory/{product_id}/shards",
  "PUT /admin/products/{product_id}",
  "PUT /admin/staff/{user_id}",
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
  | "address_taken"
  | "amount_mismatch"
  | "body_too_large"
  | "busy"
  | "cancellation_limited"
  | "card_number"
  | "cart_changed"
  | "cart_empty"
  | "cart_full"
  | "category_circle"
  | "category_has_children"
  | "category_name_taken"
  | "category_too_deep"
  | "challenge_expired"
  | "collection_changed"
  | "direct_access_refused"
  | "forbidden"
  | "hold_expired"
  | "idempotency_key_reused"
  | "insufficient_stock"
  | "internal_error"
  | "invalid_code"
  | "invalid_credentials"
  | "invalid_fields"
  | "invalid_idempotency_key"
  | "invalid_signature"
  | "last_administrator"
  | "link_expired"
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
  | "own_account"
  | "own_grant"
  | "payment_declined"
  | "payment_in_progress"
  | "payment_unavailable"
  | "price_changed"
  | "product_not_found"
  | "product_unavailable"
  | "quantity_limit"
  | "quantity_limited"
  | "rate_limited"
  | "refresh_token_invalid"
  | "refresh_token_reused"
  | "request_in_progress"
  | "requester_not_permitted"
  | "return_already_decided"
  | "search_unavailable"
  | "second_factor_exists"
  | "second_factor_missing"
  | "second_factor_needed"
  | "second_factor_not_started"
  | "second_factor_required"
  | "second_person_required"
  | "session_ended"
  | "stock_limit_exceeded"
  | "store_credit_unavailable"
  | "synonyms_changed"
  | "temporarily_unavailable"
  | "token_expired"
  | "token_invalid"
  | "token_required"
  | "too_many_attempts"
  | "too_many_categories"
  | "too_many_collections"
  | "too_many_lines"
  | "too_many_orders"
  | "too_many_payment_attempts"
  | "too_many_refund_retries"
  | "too_many_refunds"
  | "too_many_returns"
  | "too_many_unpaid_orders"
  | "unsupported_media_type"
  | "verified_account_required";
