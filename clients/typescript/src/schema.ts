// Made from docs/openapi.yaml by `npm run generate`. Do not edit.

export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Publishes the keys that verify access tokens
         * @description For services of the shop that verify access tokens themselves: `EdDSA`, `iss` is `souk`, `aud` is `souk/api`. Read it again every minute, and when a token has an unknown `kid`. A key that is no longer listed no longer counts.
         */
        get: operations["getJwks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the account
         * @description For accounts with a verified address.
         */
        get: operations["getAccount"];
        put?: never;
        post?: never;
        /**
         * Deletes the account
         * @description At once all sessions, the password, the second factor, the roles and the account itself are deleted, and the e-mail address is free again. Within half an hour its cart is deleted, orders that wait for a payment are cancelled, and orders that were never paid lose contact and address, each once no payment of it is being processed any more. Orders that were paid are kept as they are, with contact and address, because the law makes a shop keep them: one that is not shipped yet is shipped, and refunds are paid out. Links to them then show neither. Store credit that is left cannot be used any more. The `password` is asked for again, and with a second factor a `code` or a recovery code.
         *
         *     For accounts with a verified address.
         *
         *     When it is sent again: 401 `session_ended`: the account is deleted. After a failure the same request completes the deletion.
         */
        delete: operations["deleteAccount"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exports everything that belongs to the account
         * @description The account, the state of its second factor, its roles, sessions, cart and store credit, and all its orders with contact and address, also those that it placed as a guest. Passwords, secrets and recovery codes are never exported. A page has at most 100 orders and stays below 5 MB; follow `next_cursor` for the others.
         *
         *     For accounts with a verified address.
         */
        get: operations["exportAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Changes the password
         * @description All other sessions of the account end; this one goes on. A mail says that the password was changed. Wrong passwords are limited: 20 in 15 minutes for an account.
         *
         *     For accounts with a verified address.
         *
         *     When it is sent again: Completes the first request if it failed. Otherwise it ends the other sessions again.
         */
        put: operations["changePassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes the secret of a second factor
         * @description Enter the secret into an authenticator app (TOTP, RFC 6238), or show `otpauth_uri` as a QR code. Nothing changes for log-ins until a code of the app is confirmed.
         *
         *     For accounts with a verified address.
         *
         *     When it is sent again: Makes another secret, in place of the first.
         */
        post: operations["startSecondFactor"];
        /**
         * Turns the second factor off
         * @description It needs the password and a code, or a recovery code. The recovery codes are deleted. All other sessions end, and a mail says that the second factor was changed.
         *
         *     For accounts with a verified address.
         *
         *     When it is sent again: Completes the first request if it failed. Otherwise it ends the other sessions again.
         */
        delete: operations["removeSecondFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/second-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Turns the second factor on
         * @description From now on a log-in needs a code of the app, or a recovery code. All other sessions end. This one goes on, but it was started without a second factor: members of staff log in again before they use staff endpoints. A mail says that the second factor was changed.
         *
         *     For accounts with a verified address.
         *
         *     When it is sent again: 409 `second_factor_exists`. The recovery codes are not shown again: who lost them removes the second factor and sets it up again.
         */
        post: operations["confirmSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the sessions of the account
         * @description The last used ones first, at most 100.
         *
         *     For guests and accounts.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        /**
         * Ends all other sessions of the account
         * @description Staff endpoints, account endpoints and payments refuse access tokens of an ended session at once. The others accept them until they expire: at most 16 minutes after they were issued.
         *
         *     For guests and accounts.
         *
         *     When it is sent again: Ends the sessions that began since. With `include_current`: 401 `session_ended`.
         */
        delete: operations["endSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/account/sessions/{session_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Ends one session of the account
         * @description Also the session of this request. Staff endpoints, account endpoints and payments refuse access tokens of an ended session at once. The others accept them until they expire: at most 16 minutes after they were issued.
         *
         *     For guests and accounts.
         *
         *     When it is sent again: 404 `not_found`: it has ended.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deletes an account
         * @description When its owner asks for it, or the shop has to. At once all sessions, the password, the second factor, the roles and the account itself are deleted, and the e-mail address is free again. Within half an hour its cart is deleted, orders that wait for a payment are cancelled, and orders that were never paid lose contact and address, each once no payment of it is being processed any more. Orders that were paid are kept as they are, with contact and address, because the law makes a shop keep them: one that is not shipped yet is shipped, and refunds are paid out. Links to them then show neither. Store credit that is left cannot be used any more.
         *
         *     For staff with the permission `accounts:write`, whose session was started with a second factor.
         *
         *     When it is sent again: 404 `not_found`. The account is deleted.
         */
        delete: operations["adminDeleteAccount"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{user_id}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Exports everything that belongs to an account
         * @description The account, the state of its second factor, its roles, sessions, cart and store credit, and all its orders with contact and address, also those that it placed as a guest. Passwords, secrets and recovery codes are never exported. A page has at most 100 orders and stays below 5 MB; follow `next_cursor` for the others. Each page that staff export is written to the audit log.
         *
         *     For staff with the permission `accounts:read`, whose session was started with a second factor.
         */
        get: operations["adminExportAccount"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/accounts/{user_id}/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes the second factor of an account
         * @description For an owner who has lost the authenticator app and the recovery codes, and who has proved in another way who they are: from now on the password alone opens the account. All its sessions end, and a mail says that the second factor was changed. Roles of the account stay, and have no effect before it has set up another second factor (`POST /account/second-factor`) and logged in with it.
         *
         *     For staff with the permission `accounts:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Ends the sessions of the account again, and sends another mail.
         */
        delete: operations["adminResetSecondFactor"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the changes that staff made, newest first
         * @description Send exactly one of `subject` and `actor`. A change has two entries with the same `request_id`: `requested` before it was tried, and its outcome. If the second is missing, the outcome is not known. An entry is kept for two years.
         *
         *     For staff with the permission `audit:read`, whose session was started with a second factor.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/categories/{category_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Creates a category, renames it or moves it
         * @description The id never changes; choose it for a new category. Products and the categories inside stay in it: lists and search show them in the new place within seconds. Imports that still use the name and place that it was made with find it. A category that was merged or deleted exists again, with what was in it.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The category stays as requested.
         */
        put: operations["putCategory"];
        post?: never;
        /**
         * Removes a category
         * @description Its products are in the category around it from then on, and its id leads there; those of a department have none. An import that names it makes it exist again: merge a category that imports still name.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Refused with 404 `not_found`, because the category is already removed.
         */
        delete: operations["deleteCategory"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/categories/{category_id}/merge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Merges a category into another one
         * @description Its products and the categories in it are in the other one from then on, and so are products that imports still put into it by its name. Its id leads to the other one. To undo it, create the category again under its id.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The same response; nothing changes.
         */
        post: operations["mergeCategory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the collections with their rules
         * @description For staff with the permission `catalogue:read`, whose session was started with a second factor.
         */
        get: operations["adminListCollections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/collections/{collection_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Creates a collection or replaces its name and rule
         * @description A product is in the collection if it meets all conditions; at least one is required. Lists follow a change within ten seconds. A shop has at most 100 collections.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Refused with 409 `collection_changed`, because the first request replaced the version that the request names.
         */
        put: operations["putCollection"];
        post?: never;
        /**
         * Removes a collection
         * @description Its products stay. Whatever its version is: a removal does not depend on the rule.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Refused with 404 `not_found`, because the collection is already removed.
         */
        delete: operations["deleteCollection"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Imports up to 1,000 products, one JSON object a line
         * @description Each line is a product as `PUT /admin/products/{product_id}` takes it, in at most 64 KB. The line must have its `sku`. It may have `available`, the units in stock (0 to 1,000,000,000), which counts only for a product whose stock was never counted. If `name` is missing, `title` is used; if `price` is missing, `price_cents` (whole cents). If several lines have the same `sku`, the last one counts. Blank lines are skipped.
         *
         *     Lines that are not valid are listed in the response, and all others are imported. For larger catalogues split the file, or upload it to the shop's bucket for imports.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Writes the same products again. Their stock stays unchanged.
         */
        post: operations["importProducts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Sets the stock of a product to the counted units
         * @description Units that orders hold are not in stock, so they are not counted.
         *
         *     For staff with the permission `stock:write`, whose session was started with a second factor.
         *
         *     With the same `Idempotency-Key`: Changes the stock once. The answer has the stock after that change. The key is stored as long as the history of the stock.
         */
        put: operations["countInventory"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/{product_id}/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds units to the stock of a product, or removes some
         * @description For staff with the permission `stock:write`, whose session was started with a second factor.
         *
         *     With the same `Idempotency-Key`: Changes the stock once. The answer has the stock after that change. The key is stored as long as the history of the stock.
         */
        post: operations["adjustInventory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/{product_id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the changes of the stock of a product, newest first
         * @description A change is listed a moment after it was made. A deleted product keeps its history; that of a product without changes is empty.
         *
         *     For staff with the permission `stock:read`, whose session was started with a second factor.
         */
        get: operations["listStockChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/inventory/{product_id}/shards": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Spreads the stock of a product over a number of shards
         * @description More shards let more orders of one product be placed at the same time: spread it before a flash sale, and reduce the shards afterwards. Orders can be placed meanwhile.
         *
         *     For staff with the permission `stock:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Nothing changes, or the work continues where the first request stopped.
         */
        put: operations["spreadInventory"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Invites a person to the staff of the shop
         * @description A mail is sent with a link that works once, within 72 hours (`POST /auth/invitations/accept`). The link is void when the inviting account loses the permission `staff:manage`, and when the password, the second factor or the roles of the invited account change. Accepting it replaces the roles that the account has. If the roles of the inviting account end, those of the invitation end at the same time at the latest. An address gets at most five invitations in an hour; further ones are dropped. If the shop has no sender for mails, none is sent.
         *
         *     For staff with the permission `staff:manage`, whose session was started with a second factor.
         *
         *     When it is sent again: Sends one more mail with another link. After one of them is accepted, the others grant nothing else.
         */
        post: operations["inviteStaff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the orders with a status
         * @description `status=paid` lists the orders to ship. Staff see an order from a moment after its first payment attempt on. An order without a payment attempt is in no list, even after it has expired.
         *
         *     For staff with the permission `orders:read`, whose session was started with a second factor.
         */
        get: operations["adminListOrders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows any shopper's order
         * @description Staff see an order from a moment after its first payment attempt on.
         *
         *     For staff with the permission `orders:read`, whose session was started with a second factor.
         */
        get: operations["adminGetOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancels a shopper's order that is not shipped yet
         * @description The units of an unpaid order are back in stock at once. For a paid order a refund of all that was paid becomes due, and its units are restocked when the refund completes.
         *
         *     For staff with the permission `orders:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The order stays unchanged.
         */
        post: operations["adminCancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/deliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Marks a shipped order as delivered
         * @description From then on the shopper can return units of it.
         *
         *     For staff with the permission `orders:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The order stays unchanged.
         */
        post: operations["deliverOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Refunds a part of an order without a return
         * @description It may be called repeatedly, but refunds never exceed the payment. An order that is not shipped yet cannot be refunded in full: cancel it instead, which also restocks its units. The refund is paid out shortly afterwards: the order shows its status.
         *
         *     A shop may require a second person above an amount. It counts what the caller refunds of the order in all, without returns and without what a second person approved. Then the answer is 202, and nothing is refunded until another member of staff approves it.
         *
         *     For staff with the permission `refunds:write`, whose session was started with a second factor.
         *
         *     With the same `Idempotency-Key`: The answer is the same refund, as it was granted. A refund that waits for a second person: the same request for approval, within seven days. The key is stored as long as the order.
         */
        post: operations["grantRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/refunds/{refund_id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retries a failed refund, optionally as store credit
         * @description For staff with the permission `refunds:write`, whose session was started with a second factor.
         *
         *     When it is sent again: A refund that is pending or completed stays unchanged.
         */
        post: operations["retryRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/returns/{return_id}/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts a return after its units have arrived
         * @description A refund of the price of the units becomes due, limited to what earlier refunds left. The units are restocked when the refund completes, or at once when nothing is left to refund.
         *
         *     For staff with the permission `orders:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The same decision leaves the order unchanged; another one is refused with 409 `return_already_decided`.
         */
        post: operations["acceptReturn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/returns/{return_id}/reject": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rejects a return
         * @description The shopper may request a return of the same units again.
         *
         *     For staff with the permission `orders:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The same decision leaves the order unchanged; another one is refused with 409 `return_already_decided`.
         */
        post: operations["rejectReturn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/orders/{order_id}/ship": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Marks a paid order as shipped
         * @description For staff with the permission `orders:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The same shipment leaves the order unchanged; another one is refused with 409 `not_shippable`.
         */
        post: operations["shipOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/products/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Creates a product or replaces the whole of it
         * @description What the request leaves out is removed from the product. Stock is not part of it: a new product has none. A category that does not exist yet is created.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The product stays as requested, with a new version.
         */
        put: operations["putProduct"];
        post?: never;
        /**
         * Removes a product from the shop
         * @description Orders keep its name and price. Carts keep it as not available. Its stock is kept in case it returns.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Refused with 404 `not_found`, because the product is already removed.
         */
        delete: operations["deleteProduct"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refund-requests/{refund_request_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows a refund that waits for a second person
         * @description The id is in the response 202 of `POST /admin/orders/{order_id}/refunds`. It is also shown after it was approved, until it expires: the order shows what was refunded.
         *
         *     For staff with the permission `refunds:write`, whose session was started with a second factor.
         */
        get: operations["getRefundRequest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/refund-requests/{refund_request_id}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approves a refund that another member of staff asked for
         * @description The refund is granted exactly as it was asked for. The id is in the response 202 of `POST /admin/orders/{order_id}/refunds`. Look at it with `GET /admin/refund-requests/{refund_request_id}` first. A request expires after seven days.
         *
         *     For staff with the permission `refunds:write`, whose session was started with a second factor.
         *
         *     When it is sent again: The answer is the same refund, as it was granted.
         */
        post: operations["approveRefund"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the returns that staff have to accept or reject, oldest order first
         * @description For staff with the permission `orders:read`, whose session was started with a second factor.
         */
        get: operations["listReturns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/staff": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists all accounts with roles
         * @description By e-mail address. Roles that have ended stay in the list until they are replaced or deleted.
         *
         *     For staff with the permission `staff:manage`, whose session was started with a second factor.
         */
        get: operations["listStaff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/staff/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Grants roles to an account
         * @description The roles replace those that the account has. The e-mail address of the account must be verified. All sessions of the account end at once; with the next log-in it gets its permissions, which need a second factor. If the roles of the administrator end, these end at the same time at the latest: see `expires_at` of the answer. Who has no account yet can be invited (`POST /admin/invitations`).
         *
         *     For staff with the permission `staff:manage`, whose session was started with a second factor.
         *
         *     When it is sent again: Grants the same roles again, and ends the sessions of the account again.
         */
        put: operations["putStaff"];
        post?: never;
        /**
         * Ends the roles of an account
         * @description The account stays, as that of a shopper. All its sessions end at once.
         *
         *     For staff with the permission `staff:manage`, whose session was started with a second factor.
         *
         *     When it is sent again: Ends the sessions of the account again.
         */
        delete: operations["deleteStaff"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/admin/synonyms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the synonyms that searches use
         * @description For staff with the permission `catalogue:read`, whose session was started with a second factor.
         */
        get: operations["getSynonyms"];
        /**
         * Replaces the synonyms
         * @description Searches use the new list within ten seconds.
         *
         *     For staff with the permission `catalogue:write`, whose session was started with a second factor.
         *
         *     When it is sent again: Refused with 409 `synonyms_changed`, because the first request replaced the version that the request names.
         */
        put: operations["putSynonyms"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/guest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Starts the session of a guest
         * @description A guest fills a cart, orders and pays without an account. Orders of guests need a `contact`. A cart that a guest leaves alone is kept for 30 days. When the guest logs in or registers with `guest_refresh_token`, the cart is merged. At most 200 guests in 15 minutes for an IP address.
         *
         *     When it is sent again: Starts the session of another guest.
         */
        post: operations["createGuest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/invitations/accept": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Accepts an invitation to the staff of the shop
         * @description With the token of the mail. If the e-mail address has an account, `password` is that of the account. Otherwise an account with this password is made, whose address is verified. The roles of the invitation replace those that the account has, also if they are fewer, and end with those of the inviting account at the latest. All sessions of the account end: log in afterwards, set up a second factor if there is none (`POST /account/second-factor`), and log in with it.
         *
         *     When it is sent again: 410 `link_expired`. The account has the roles.
         */
        post: operations["acceptInvitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Logs in with e-mail address and password
         * @description An account with a second factor also needs its `code`, or a recovery code: either in the same request, or together with the `challenge` of the answer `second_factor_required`. With `guest_refresh_token` the guest's cart is merged into the account's, and a verified account gets the guest's orders. Attempts are limited: 20 in 15 minutes for an e-mail address from one network, 200 for a network, and 100 in a day for an e-mail address from all unknown devices together. A device that sends the `device_token` of an earlier log-in has limits of its own: 20 in 15 minutes and 100 in a day. A new device that is refused gets in through `POST /auth/password-reset`, whose confirmation returns a `device_token`. A successful log-in does not count. Wrong codes are limited to 50 in a day for an account, and for each device that has logged in with a code; a recovery code always works. The answer does not tell whether there is an account with the e-mail address. A log-in opens the account that has verified the address, or else, with its password, the one that was registered with the address last.
         *
         *     When it is sent again: Starts one more session.
         */
        post: operations["login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends the session of a refresh token
         * @description Staff endpoints, account endpoints and payments refuse access tokens of the session at once. The others accept them until they expire: at most 16 minutes after they were issued.
         *
         *     When it is sent again: Nothing changes: the session has already ended.
         */
        post: operations["logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends the mail that sets a new password
         * @description If an account has verified the address, the mail has a link that works once, for an hour. Otherwise the mail says that there is no account. The answer is always the same. An address gets at most five such mails in an hour, and 20 requests in 15 minutes are accepted for it.
         *
         *     When it is sent again: Sends one more mail with another link. All links work until one of them is used.
         */
        post: operations["requestPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/password-reset/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sets a new password with the link of a mail
         * @description All sessions of the account end, and a mail says that the password was changed. A second factor stays: log in with its code, or with a recovery code. The `device_token` of the answer makes the device known to the account, so the log-in works although strangers have used up the attempts of others.
         *
         *     When it is sent again: Completes the first request if it failed; otherwise 410 `link_expired`.
         */
        post: operations["confirmPasswordReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Exchanges a refresh token for the next pair of tokens
         * @description A refresh token can be used once, within 30 days. Within 20 seconds after it was used it gets the same refresh token again: for tabs that refresh at the same time, and for a client that lost the answer. Later, a used token counts as stolen and ends its session. A session ends 90 days after it began (a parameter of the shop), however often it is refreshed.
         *
         *     When it is sent again: Within 20 seconds: the same refresh token. Later: 401 `refresh_token_reused`.
         */
        post: operations["refresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Registers an account and starts its session
         * @description The answer is always the same, whether or not there is an account with the e-mail address. The mail to the address tells: it has the link for `POST /auth/verification/confirm`, or says that there is an account already. Until the address is verified, the new account may do what a guest may, for seven days. An address may have several such accounts; the one whose link is confirmed gets the address. A password needs a length only (15 characters, a parameter of the shop), and must not be easily guessed. With `guest_refresh_token` the guest's cart is merged, and the guest's orders follow when the address is verified. Attempts are limited: 20 in 15 minutes for an e-mail address, and 50 for a network.
         *
         *     With the same `Idempotency-Key`: starts one more session of the account that the first request registered, and asks for the mail again. A request with another password or another guest is refused. The key is stored for ten minutes.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends the mail again that verifies an address
         * @description The mail goes to the account that was registered with the address last. If an account has verified the address already, the mail says so. An address that was never registered gets no mail. The answer is always the same. An address gets at most five such mails in an hour, and 20 requests in 15 minutes are accepted for it.
         *
         *     When it is sent again: Sends one more mail with another link. All links work until one of them is used.
         */
        post: operations["requestVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/auth/verification/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Verifies the address of a registered account and starts a session
         * @description It needs the token of the link and the password of the registration that the mail is about. Afterwards the account has the address, and gets the orders of the guests that registered or logged in with it. Its earlier sessions end, and so do all other registrations of the address with their sessions.
         *
         *     When it is sent again: Starts one more session if the first request failed; otherwise 410 `link_expired`: log in.
         */
        post: operations["confirmVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the cart at current prices
         * @description For guests and accounts.
         */
        get: operations["getCart"];
        put?: never;
        post?: never;
        /**
         * Removes everything from the cart
         * @description For guests and accounts.
         *
         *     When it is sent again: Nothing changes: the cart is already empty.
         */
        delete: operations["clearCart"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds units of a product to the cart
         * @description The cart may contain more units than are in stock: `available` says so, and only an order takes stock.
         *
         *     For guests and accounts.
         *
         *     With the same `Idempotency-Key`: Adds the units once. The answer shows the current cart. The key is stored for 24 hours, for the cart's last 16 additions.
         */
        post: operations["addCartItem"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/cart/items/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Removes a product from the cart
         * @description For guests and accounts.
         *
         *     When it is sent again: Nothing changes: the product is already removed.
         */
        delete: operations["removeCartItem"];
        options?: never;
        head?: never;
        /**
         * Sets the quantity of a product in the cart
         * @description For guests and accounts.
         *
         *     When it is sent again: The quantity stays as requested.
         */
        patch: operations["updateCartItem"];
        trace?: never;
    };
    "/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the departments and their categories
         * @description Up to six levels. A category stays when its last product leaves it, with a `product_count` of 0, until staff delete it.
         */
        get: operations["listCategories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Lists the collections, such as a sale or new arrivals */
        get: operations["listCollections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/inventory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the current stock of products
         * @description The stock is strongly consistent, as in `GET /products/{product_id}`. Lists may show it about a second late. Units that orders hold are not in stock.
         */
        get: operations["getInventory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Describes this API
         * @description This document, in OpenAPI 3.1.
         */
        get: operations["getOpenapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/order-links/{token}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows the order of a link
         * @description As its shopper sees it, without details of the payment provider. Once the account is deleted, without contact, and of the address with the country only, if it is known.
         */
        get: operations["getLinkedOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the shopper's orders, newest first
         * @description An account's list has the orders that it placed as a guest before its address was verified.
         *
         *     For guests and accounts.
         */
        get: operations["listOrders"];
        put?: never;
        /**
         * Places an order from the cart
         * @description It takes the stock of everything in the cart and empties the cart, or does nothing. Prices are current: `expected_total` guards against a change since the shopper saw them. The stock is held until `hold_expires_at`, and an order that is not paid by then expires. A guest has to send `contact`; without it, the contact of an account is its address. Two calls without an `Idempotency-Key` place one order, because the second one finds an empty cart.
         *
         *     For guests and accounts.
         *
         *     With the same `Idempotency-Key`: The answer is the same order, as it was placed. The key is stored for 24 hours, for the account's last 8 orders.
         */
        post: operations["placeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows an order with its payment, returns, refunds and timeline
         * @description For guests and accounts.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancels an order that is not shipped yet
         * @description The units of an unpaid order are back in stock at once. For a paid order a refund of all that was paid becomes due, and its units are restocked when the refund completes.
         *
         *     For guests and accounts.
         *
         *     When it is sent again: The order stays unchanged.
         */
        post: operations["cancelOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a link that shows an order without a token
         * @description Whoever has the link sees the order until `expires_at`, 90 days later, and can change nothing. A link cannot be withdrawn.
         *
         *     For guests and accounts.
         *
         *     When it is sent again: Makes another link. The earlier one stays valid.
         */
        post: operations["createOrderLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/pay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pays an order
         * @description A declined order can be paid again, also another way, until `hold_expires_at` of the order. An order that is already paid answers 200 with the payment that paid it, whatever the request says, and charges nothing.
         *
         *     A shop in sandbox mode takes the tokens `sandbox_success`, `sandbox_decline`, `sandbox_requires_action`, `sandbox_timeout_after_charge` and `sandbox_timeout_before_charge`.
         *
         *     Store credit is that of the caller's account, also for an order that it placed as a guest. A free order needs none.
         *
         *     For guests and accounts.
         *
         *     With the same `Idempotency-Key`: The answer of the same attempt once it is known; until then 409 `request_in_progress`. The key is stored as long as the order.
         */
        post: operations["payOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/orders/{order_id}/returns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Requests a return of units of a delivered order
         * @description Staff accept or reject it. An order has at most ten returns, and never more units are returned than were bought. Items of one product become one. After a rejection the return may be requested again.
         *
         *     For guests and accounts.
         *
         *     With the same `Idempotency-Key`: The answer is the same return, as it was requested. The key is stored as long as the order.
         */
        post: operations["requestReturn"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists products by category, collection, text and filters, with live stock
         * @description Without parameters, lists all products. A parameter without a value counts as left out.
         *
         *     `page` reaches the first 10,000 products. `cursor` has no such limit: send the `next_cursor` of a page to get the page after it.
         *
         *     If search does not answer, the list of a category, or of all products, still works as long as it is in the default order and has no other filter. It is marked as `degraded`. The list of a collection needs search.
         */
        get: operations["listProducts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows a product with its price and live stock
         * @description The stock is strongly consistent. Anyone may cache the response, but must revalidate it each time (`If-None-Match`): the stock may have changed.
         */
        get: operations["getProduct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/{product_id}/document": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Shows a product without its stock
         * @description For pages with many visitors: caches keep it for a minute, and the stock comes from `GET /inventory`. The cart and the order have the current price.
         */
        get: operations["getProductDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/products/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Suggests products, categories and brands for what a shopper has typed so far
         * @description Their words begin with the typed text or, if there are none, with a similar one.
         */
        get: operations["suggest"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/stripe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Receives an event of Stripe
         * @description For shops that use Stripe. Stripe sends an event again, for three days, until the answer is 200.
         *
         *     When it is sent again: An event that was already processed changes nothing.
         */
        post: operations["stripeWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description The request of `POST /auth/invitations/accept`. */
        AcceptInvitationRequest: {
            /**
             * Format: password
             * @description The password of the account, or that of a new one, for which the rules of registration hold.
             */
            password: string;
            /** @description The token of the link in the mail. */
            token: string;
        };
        /** @description The request of `POST /admin/orders/{order_id}/returns/{return_id}/accept`. */
        AcceptReturnRequest: {
            /**
             * @description `original`: to the payment method of the order. `store_credit`: to the store credit of the account to which the
             *     order belongs. What was paid with store credit always goes back to the account that paid.
             * @enum {string}
             */
            refund_to: "original" | "store_credit";
        };
        /** @description An account. */
        Account: {
            /**
             * Format: date-time
             * @description When the account was registered.
             */
            created_at: string;
            /**
             * Format: email
             * @description The e-mail address, which is verified, in its normalised spelling.
             */
            email: string;
            /**
             * Format: uint
             * @description How many recovery codes of the second factor are unused.
             */
            recovery_codes_left: number;
            /** @description The roles of a member of staff; empty for all others. */
            roles: ("catalogue" | "stock" | "orders" | "refunds" | "support" | "administrator")[];
            /**
             * Format: date-time
             * @description When the roles end. Missing if they do not.
             */
            roles_expire_at?: string;
            /** @description Whether a log-in needs a code of a second factor. */
            second_factor: boolean;
            /** @description The id of the account. */
            user_id: string;
            /**
             * Format: date-time
             * @description When the address was verified.
             */
            verified_at: string;
        };
        /** @description Everything that the shop stores about an account. */
        AccountExportPage: {
            /** @description The account. */
            account: components["schemas"]["ExportedAccount"];
            /** @description The products in its cart. */
            cart: components["schemas"]["ExportedCartLine"][];
            /**
             * Format: date-time
             * @description When it was exported.
             */
            exported_at: string;
            /** @description The cursor of the next page of orders; null on the last page. */
            next_cursor: string | null;
            /** @description A page of its orders, newest first, with those that it placed as a guest. */
            orders: components["schemas"]["ExportedOrder"][];
            /** @description The second factor of the account. */
            second_factor: components["schemas"]["ExportedSecondFactor"];
            /** @description Its sessions that have not ended, newest first, at most 1,000. */
            sessions: components["schemas"]["ExportedSession"][];
            /** @description The roles of the account. Absent if it has none. */
            staff?: components["schemas"]["ExportedGrant"];
            /** @description Its store credit. */
            store_credit: components["schemas"]["ExportedStoreCredit"];
        };
        /** @description The request of `POST /cart/items`. */
        AddCartItemRequest: {
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description How many units to add.
             */
            quantity: number;
        };
        /** @description The request of `POST /admin/inventory/{product_id}/adjustments`. */
        AdjustInventoryRequest: {
            /**
             * Format: int64
             * @description Units to add. A negative number removes units.
             */
            delta: number;
            /** @description Why, for the history: `received`, `damaged`, … */
            reason: string;
        };
        /** @description The collections of the shop, for staff. */
        AdminCollectionList: {
            /** @description The collections, by id. */
            collections: components["schemas"]["Collection"][];
        };
        /**
         * @description An amount of money in the `currency` beside it, with exactly that currency's decimals, such as `699.90`. It is exact. To keep it exact, read it as a decimal, or multiply it by 100 (by 1 or 1000 for currencies without or with three decimals) and round: amounts stay far below 2^53 minor units.
         * @example 699.99
         */
        Amount: number;
        /** @description The request of `POST /admin/refund-requests/{refund_request_id}/approval`. */
        ApproveRefundRequest: {
            /** @description The amount of the refund, as the approver has seen it. */
            amount: components["schemas"]["Amount"];
        };
        /** @description The values of one attribute. */
        AttributeFacet: {
            /** @description Chosen with `attr.<name>=<value>`. */
            name: string;
            /** @description Most frequent first. */
            values: components["schemas"]["FacetValue"][];
        };
        /** @description The value of an attribute. */
        AttributeValue: string | number | boolean;
        /** @description The value of an attribute. */
        AttributeValueRequest: string | number | boolean;
        /** @description An entry of the audit log. */
        AuditEntry: {
            /** @description The name of the function that was called, such as `put-product`. */
            action: string;
            /** @description Who changed it: the id of an account, or `operator`. */
            actor: string;
            /** @description The same after the change. */
            after?: unknown;
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * @description What was changed, before: null if there was nothing. Its form depends on the action. A value of more than 16 KB is
             *     replaced by an object with `truncated` (true), `bytes` (its length) and `start` (its beginning, as a text).
             */
            before?: unknown;
            /** @description The code of the problem with which it was refused or failed. */
            code?: string;
            /** @description Its id. Ids of one subject or actor sort by time. */
            entry_id: string;
            /**
             * @description `requested`: it was about to be tried. `succeeded`. `refused`: nothing changed. `failed`: possibly after a part of it
             *     was made.
             * @enum {string}
             */
            phase: "requested" | "succeeded" | "refused" | "failed";
            /** @description The id of the request in the shop's log. */
            request_id: string;
            /** @description The session of the actor. */
            session_id?: string;
            /** @description The IP address of the client. Empty for an operator. */
            source_address: string;
            /**
             * Format: uint16
             * @description The HTTP status of the response.
             */
            status?: number;
            /** @description What was changed, such as `product#1399`. */
            subject: string;
        };
        /** @description A page of the audit log. */
        AuditEntryList: {
            /** @description Newest first. */
            entries: components["schemas"]["AuditEntry"][];
            /** @description The cursor of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /** @description A cart at current prices. */
        Cart: {
            /** @description ISO 4217. */
            currency: string;
            /** @description In the order in which they were added. */
            items: components["schemas"]["CartItem"][];
            /** @description Total of the items whose product exists, in stock or not. */
            total_amount: components["schemas"]["Amount"];
        };
        /** @description The cart after units were added. */
        CartAddition: {
            /** @description The cart with the added units. */
            cart: components["schemas"]["Cart"];
            /**
             * @description Always `Item added`.
             * @constant
             */
            message: "Item added";
        };
        /**
         * @description A line of the cart. A product that no longer exists stays listed without name and price, is not available and not
         *     part of the total. `POST /orders` refuses the cart until the line is removed.
         */
        CartItem: {
            /** @description Whether this quantity is in stock. */
            available: boolean;
            /** @description `price` times `quantity`. Null if the product no longer exists. */
            line_total: components["schemas"]["Amount"] | null;
            /** @description The current name of the product. Null if it no longer exists. */
            name: string | null;
            /** @description The current price of a unit. Null if the product no longer exists. */
            price: components["schemas"]["Amount"] | null;
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Units in the cart.
             */
            quantity: number;
            /**
             * Format: uint32
             * @description Units in stock.
             */
            stock_quantity: number;
        };
        /** @description A department, or a category in it. */
        Category: {
            /** @description The categories directly in it, by name. */
            children: components["schemas"]["Category"][];
            /** @description Send it as `category_id` to `GET /products`. */
            id: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: uint64
             * @description How many products it has, with those in the categories inside it. Absent while search does not answer.
             */
            product_count?: number;
        };
        /** @description A category as staff see it after a change. */
        CategoryPath: {
            /** @description Send it as `category_id` to `GET /products`. */
            id: string;
            /** @description The category and those around it, from the department down. */
            path: components["schemas"]["ProductCategory"][];
        };
        /** @description A suggested department or category. */
        CategorySuggestion: {
            /** @description Send it as `category_id` to `GET /products`. */
            id: string;
            /** @description Its name. */
            name: string;
        };
        /** @description The category tree. */
        CategoryTree: {
            /** @description The departments, by name. */
            categories: components["schemas"]["Category"][];
        };
        /** @description The stock of a product after a change. */
        ChangedStock: {
            /**
             * Format: uint32
             * @description Units in stock after this change.
             */
            available: number;
            /** @description The id of the product. */
            product_id: string;
        };
        /** @description The request of `PUT /account/password`. */
        ChangePasswordRequest: {
            /**
             * Format: password
             * @description The current password.
             */
            current_password: string;
            /**
             * Format: password
             * @description The new password.
             */
            password: string;
        };
        /** @description A collection and its rule: a product in it meets all conditions. */
        Collection: {
            /** @description Products with any of the values of each of these attributes. Empty without that condition. */
            attributes: {
                [key: string]: string[];
            };
            /** @description Products of any of these brands. Empty without that condition. */
            brands: string[];
            /** @description Products of this department or category. Null without that condition. */
            category_id: string | null;
            /** @description ISO 4217, of both prices. */
            currency: string;
            /** @description The id of the collection. */
            id: string;
            /** @description Products at this price or a lower one. Null without that condition. */
            max_price: components["schemas"]["Amount"] | null;
            /** @description Products at this price or a higher one. Null without that condition. */
            min_price: components["schemas"]["Amount"] | null;
            /** @description Its name. */
            name: string;
            /** @description Only products that have a `compare_at_price`. */
            on_sale: boolean;
            /**
             * Format: uint32
             * @description Products that were released at most this many days ago. Null without that condition.
             */
            released_within_days: number | null;
            /**
             * Format: int64
             * @description A change must send it back.
             */
            version: number;
        };
        /** @description The collections of the shop. */
        CollectionList: {
            /** @description The collections, by name. */
            collections: components["schemas"]["CollectionSummary"][];
        };
        /** @description A collection of products. */
        CollectionSummary: {
            /** @description Send it as `collection_id` to `GET /products`. */
            id: string;
            /** @description Its name. */
            name: string;
        };
        /** @description The request of `POST /auth/password-reset/confirm`. */
        ConfirmPasswordResetRequest: {
            /**
             * Format: password
             * @description The new password.
             */
            password: string;
            /** @description The token of the link. */
            token: string;
        };
        /** @description The request of `POST /account/second-factor/confirm`. */
        ConfirmSecondFactorRequest: {
            /** @description The code that the authenticator app shows. */
            code: string;
        };
        /** @description The request of `POST /auth/verification/confirm`. */
        ConfirmVerificationRequest: {
            /**
             * Format: password
             * @description The password of the registration.
             */
            password: string;
            /** @description The token of the link. */
            token: string;
        };
        /** @description How to reach whoever placed the order. */
        Contact: {
            /**
             * Format: email
             * @description The e-mail address.
             */
            email: string;
            /** @description The phone number, if one was given. */
            phone?: string;
        };
        /** @description How to reach whoever places the order. Other members are refused. */
        ContactRequest: {
            /**
             * Format: email
             * @description The e-mail address.
             */
            email: string;
            /** @description The phone number. An empty one is the same as none. */
            phone?: string | null;
        };
        /** @description The request of `PUT /admin/inventory/{product_id}`. */
        CountInventoryRequest: {
            /**
             * Format: uint32
             * @description The counted units.
             */
            available: number;
            /** @description Why, for the history. Without it: `counted`. */
            reason?: string | null;
        };
        /** @description The request of `DELETE /account`. */
        DeleteAccountRequest: {
            /** @description A code of the second factor, or a recovery code, if the account has a second factor. */
            code?: string | null;
            /**
             * Format: password
             * @description The password of the account.
             */
            password: string;
        };
        /** @description The request of an endpoint that sends a mail to an address. */
        EmailRequest: {
            /**
             * Format: email
             * @description The e-mail address, in any spelling.
             */
            email: string;
        };
        /** @description An account. */
        ExportedAccount: {
            /**
             * Format: date-time
             * @description When it was registered.
             */
            created_at: string;
            /**
             * Format: email
             * @description Its e-mail address.
             */
            email: string;
            /** @description The ids that it had as a guest. */
            guest_ids: string[];
            /** @description Its id. */
            user_id: string;
            /**
             * Format: date-time
             * @description When its address was verified.
             */
            verified_at: string;
        };
        /** @description Where an order is shipped: free text, or the parts of an address as they were entered. */
        ExportedAddress: string | components["schemas"]["ExportedAddressParts"];
        /** @description The parts of a shipping address. Those that were not given are omitted. */
        ExportedAddressParts: {
            /** @description City. */
            city: string;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            /** @description Street and number. */
            line1: string;
            /** @description Flat, floor or company. */
            line2?: string;
            /** @description The recipient. */
            name: string;
            /** @description For the carrier. */
            phone?: string;
            /** @description Postal code. */
            postal_code?: string;
            /** @description State, province or county. */
            region?: string;
        };
        /** @description A product in a cart. */
        ExportedCartLine: {
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Units.
             */
            quantity: number;
        };
        /** @description How to reach whoever placed an order. */
        ExportedContact: {
            /**
             * Format: email
             * @description The e-mail address.
             */
            email: string;
            /** @description The phone number, if one was given. */
            phone?: string;
        };
        /** @description The roles of an account. */
        ExportedGrant: {
            /**
             * Format: date-time
             * @description When they end. Absent if they do not.
             */
            expires_at?: string;
            /**
             * Format: date-time
             * @description When they were granted.
             */
            granted_at: string;
            /** @description The roles. */
            roles: ("catalogue" | "stock" | "orders" | "refunds" | "support" | "administrator")[];
        };
        /** @description An order. */
        ExportedOrder: {
            /** @description How to reach whoever placed it. Absent for orders of before contacts were asked for. */
            contact?: components["schemas"]["ExportedContact"];
            /** @description ISO 4217. The currency of every amount in the order. */
            currency: string;
            /** @description The products. */
            lines: components["schemas"]["ExportedOrderLine"][];
            /** @description The id of the order. */
            order_id: string;
            /**
             * @description The payment method that was chosen for it.
             * @enum {string}
             */
            payment_method: "credit_card" | "paypal" | "bank_transfer" | "store_credit";
            /** @description Its payment attempts, oldest first. */
            payments: components["schemas"]["ExportedPayment"][];
            /**
             * Format: date-time
             * @description When it was placed.
             */
            placed_at: string;
            /** @description Total of the completed refunds. */
            refunded_amount: components["schemas"]["Amount"];
            /** @description Its refunds, oldest first. */
            refunds: components["schemas"]["ExportedRefund"][];
            /** @description Its returns, oldest first. */
            returns: components["schemas"]["ExportedReturn"][];
            /** @description Present once it is shipped. */
            shipment?: components["schemas"]["ExportedShipment"];
            /** @description Where it is shipped. */
            shipping_address: components["schemas"]["ExportedAddress"];
            /**
             * @description As in the order at `GET /orders/{order_id}`.
             * @enum {string}
             */
            status: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
            /** @description What happened to it, oldest first. */
            timeline: components["schemas"]["ExportedTimelineEntry"][];
            /** @description Total of its lines. */
            total_amount: components["schemas"]["Amount"];
            /** @description The account that placed it, or the guest that became the account. */
            user_id: string;
        };
        /** @description A product of an order, with its name and price when the order was placed. */
        ExportedOrderLine: {
            /** @description `price` times `quantity`. */
            line_total: components["schemas"]["Amount"];
            /** @description The name of the product. */
            name: string;
            /** @description Price of a unit. */
            price: components["schemas"]["Amount"];
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Ordered units.
             */
            quantity: number;
        };
        /** @description A payment attempt. */
        ExportedPayment: {
            /** @description Why it was declined. */
            decline_code?: string;
            /**
             * @description The payment method.
             * @enum {string}
             */
            method: "credit_card" | "paypal" | "bank_transfer" | "store_credit";
            /** @description The amount that was paid. */
            paid_amount: components["schemas"]["Amount"];
            /** @description The payment provider's id of the payment. */
            payment_id?: string;
            /**
             * Format: date-time
             * @description When it was started.
             */
            started_at: string;
            /**
             * @description `processing`: the outcome is not known yet. `requires_action`: the shopper has to complete it. `completed`.
             *     `failed`.
             * @enum {string}
             */
            status: "processing" | "requires_action" | "completed" | "failed";
        };
        /** @description A refund of a payment. */
        ExportedRefund: {
            /** @description The amount. */
            amount: components["schemas"]["Amount"];
            /** @description Why staff granted it, if they did so without a return. */
            reason?: string;
            /**
             * @description `original`: to the payment method of the order. `store_credit`: to the account's store credit.
             * @enum {string}
             */
            refund_to: "original" | "store_credit";
            /**
             * @description `pending`: it is due. `completed`. `failed`: the payment provider could not pay it out; it is still due.
             * @enum {string}
             */
            status: "pending" | "completed" | "failed";
        };
        /** @description A return of units of an order. */
        ExportedReturn: {
            /** @description What is returned. */
            items: components["schemas"]["ExportedReturnItem"][];
            /** @description Why staff rejected it, if they gave a reason. */
            rejection_reason?: string;
            /**
             * @description `requested`: staff have to decide. `accepted`. `rejected`.
             * @enum {string}
             */
            status: "requested" | "accepted" | "rejected";
        };
        /** @description Returned units of one product. */
        ExportedReturnItem: {
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Returned units.
             */
            quantity: number;
            /** @description Why the shopper returns them. */
            reason: string;
        };
        /** @description The second factor of an account, without its secret. */
        ExportedSecondFactor: {
            /** @description Whether a log-in needs a code. */
            enabled: boolean;
            /**
             * Format: uint
             * @description The number of unused recovery codes.
             */
            recovery_codes_left: number;
        };
        /** @description A session of an account. */
        ExportedSession: {
            /**
             * Format: date-time
             * @description The time of the log-in.
             */
            created_at: string;
            /** @description What the client said it is (`User-Agent`). */
            device?: string;
            /**
             * Format: date-time
             * @description When it ends unless it is refreshed.
             */
            expires_at: string;
            /**
             * Format: date-time
             * @description When it was refreshed last.
             */
            refreshed_at: string;
            /** @description Whether the log-in used a second factor. */
            second_factor: boolean;
            /** @description Its id. */
            session_id: string;
        };
        /** @description How an order was shipped. */
        ExportedShipment: {
            /** @description The carrier. */
            carrier: string;
            /** @description The carrier's number of the shipment. */
            tracking_number: string;
        };
        /** @description The store credit of an account. */
        ExportedStoreCredit: {
            /** @description The amount. */
            amount: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
        };
        /** @description Something that happened to an order. */
        ExportedTimelineEntry: {
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /**
             * @description What happened.
             * @enum {string}
             */
            event: "placed" | "payment_started" | "payment_action_required" | "payment_failed" | "paid" | "expired" | "cancelled" | "refund_due" | "refunded" | "refund_failed" | "held_again" | "shipped" | "delivered" | "return_requested" | "return_accepted" | "return_rejected";
        };
        /**
         * @description How many products of the list have each brand, category, price and attribute. Each facet counts as if its own filter
         *     were not set. Spellings of a brand, of an attribute and of its values that differ in case or accents are one entry, in
         *     the most frequent of them.
         */
        Facets: {
            /** @description Most frequent first. Only in lists within a category or a collection, by a text or by an attribute. */
            attributes: components["schemas"]["AttributeFacet"][];
            /** @description Values of `brand`, most frequent first. */
            brands: components["schemas"]["FacetValue"][];
            /** @description Values of `category_id`, most frequent first. */
            categories: components["schemas"]["FacetValue"][];
            /** @description Ranges of prices, cheapest first, without empty ones. */
            prices: components["schemas"]["PriceFacet"][];
        };
        /** @description One value of a facet. */
        FacetValue: {
            /**
             * Format: uint64
             * @description How many products have it.
             */
            count: number;
            /** @description A brand's name, a category's id or an attribute's value. */
            value: string;
        };
        /** @description An error of API Gateway, before a function ran. */
        GatewayError: {
            /** @description What went wrong, for people. */
            message: string | null;
        };
        /** @description The refund as it was granted. A retry with the same `Idempotency-Key` gets it again. */
        GrantedRefund: {
            /** @description The amount that is refunded. */
            amount: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
            /** @description The order. */
            order_id: string;
            /** @description Why, for the shopper. */
            reason: string;
            /** @description Its id within the order. */
            refund_id: string;
            /**
             * @description Where it is paid to: `store_credit` also if the order was paid with store credit.
             * @enum {string}
             */
            refund_to: "original" | "store_credit";
            /**
             * @description Its status when it was granted.
             * @enum {string}
             */
            status: "pending";
        };
        /** @description The request of `POST /admin/orders/{order_id}/refunds`. */
        GrantRefundRequest: {
            /** @description How much, in the order's currency and with at most its decimals. */
            amount: components["schemas"]["Amount"];
            /** @description Why, for the shopper. */
            reason: string;
            /**
             * @description `original`: to the payment method of the order. `store_credit`: to the store credit of the account to which the
             *     order belongs. What was paid with store credit always goes back to the account that paid.
             * @enum {string}
             */
            refund_to: "original" | "store_credit";
        };
        /** @description The result of an import. */
        ImportReport: {
            /** @description The lines that were not imported. */
            errors: components["schemas"]["RejectedLine"][];
            /**
             * Format: uint
             * @description How many different products were written.
             */
            imported: number;
        };
        /** @description An invalid field. */
        InvalidField: {
            /** @description What is wrong. Stable. */
            code: string;
            /** @description Its name; members of nested objects after a dot. */
            field: string;
            /** @description What is wrong, for people. Begins with a verb: "must be …". */
            message: string;
        };
        /** @description The request of `POST /admin/invitations`. */
        InviteStaffRequest: {
            /**
             * Format: email
             * @description The e-mail address, which mail must reach: its part before the `@` is of ASCII letters, digits and
             *     ``.!#$%&'*+-/=?^_`{|}~``.
             */
            email: string;
            /**
             * Format: date-time
             * @description From this time on the account has no role any more. Without it, the roles end with those of the inviting account,
             *     if they do.
             */
            expires_at?: string | null;
            /** @description The roles, each a set of permissions, which the account gets when the invitation is accepted. */
            roles: ("catalogue" | "stock" | "orders" | "refunds" | "support" | "administrator")[];
        };
        /** @description A product of which there is less in stock than in the cart. */
        ItemShortage: {
            /**
             * Format: uint32
             * @description Units in the cart.
             */
            asked: number;
            /**
             * Format: uint32
             * @description Units in stock.
             */
            available: number;
            /** @description The product. */
            product_id: string;
        };
        /** @description A public key. */
        JsonWebKey: {
            /** @description Always `EdDSA`. */
            alg: string;
            /** @description Always `Ed25519`. */
            crv: string;
            /** @description The id of the key: its thumbprint (RFC 7638). */
            kid: string;
            /** @description Always `OKP`. */
            kty: string;
            /** @description Always `sig`. */
            use: string;
            /** @description The public key in base64url. */
            x: string;
        };
        /** @description A JSON Web Key set. */
        JsonWebKeySet: {
            /** @description The keys. */
            keys: components["schemas"]["JsonWebKey"][];
        };
        /** @description A product in a list. Its stock may be about a second old. */
        ListedProduct: {
            /** @description Its brand. Null if it has none. */
            brand: string | null;
            /** @description The price before a reduction, higher than `price`. Absent unless the product is on sale. */
            compare_at_price?: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
            /** @description The id of the product. */
            id: string;
            /** @description Its name. */
            name: string;
            /** @description With `highlight=true`: the name as HTML, escaped, with its matches in `<mark>`. Absent if nothing in it matches. */
            name_html?: string;
            /** @description The price of a unit. */
            price: components["schemas"]["Amount"];
            /** @description The same as `id`. */
            sku: string;
            /**
             * Format: uint32
             * @description Units in stock.
             */
            stock_quantity: number;
            /** @description The address of a small picture. */
            thumbnail_url: string | null;
        };
        /** @description A session in a list: one log-in on one device. */
        ListedSession: {
            /**
             * Format: date-time
             * @description When it began.
             */
            created_at: string;
            /** @description Whether it is the session of this request. */
            current: boolean;
            /** @description The `User-Agent` of the client at the log-in; null if it sent none. */
            device: string | null;
            /**
             * Format: date-time
             * @description When its tokens were issued last.
             */
            last_used_at: string;
            /** @description The id of the session. */
            session_id: string;
        };
        /** @description The request of `POST /auth/login`: address and password, or a challenge and its code. */
        LoginRequest: {
            /** @description The `challenge` of the answer `second_factor_required`, in place of address and password. */
            challenge?: string | null;
            /** @description A code of the second factor, or a recovery code. Required with `challenge`. */
            code?: string | null;
            /** @description The `device_token` of the latest log-in of this account on this device. One that is not valid is ignored. */
            device_token?: string | null;
            /**
             * Format: email
             * @description The e-mail address of the account, in any spelling.
             */
            email?: string | null;
            /** @description The refresh token of a guest whose cart is to be merged. That of an account merges nothing. */
            guest_refresh_token?: string | null;
            /**
             * Format: password
             * @description The password.
             */
            password?: string | null;
        };
        /** @description The request of `POST /admin/categories/{category_id}/merge`. */
        MergeCategoryRequest: {
            /** @description The id of the category that replaces it. */
            into: string;
        };
        /** @description A return that staff have to decide about, with its order. */
        OpenReturn: {
            /** @description The price of its units. Its refund may be less, if a part of the payment was refunded before. */
            amount: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
            /** @description What is returned. */
            items: components["schemas"]["ReturnItem"][];
            /** @description The order. */
            order_id: string;
            /** @description Why staff rejected it, if they gave a reason. */
            rejection_reason?: string;
            /**
             * Format: date-time
             * @description When the shopper requested it.
             */
            requested_at: string;
            /** @description Its id within the order. */
            return_id: string;
            /**
             * @description `requested`: staff have to decide. `accepted`: its refund is due or completed. `rejected`.
             * @enum {string}
             */
            status: "requested" | "accepted" | "rejected";
            /** @description The account that placed the order. */
            user_id: string;
        };
        /** @description An order with all details. */
        Order: {
            /** @description How to reach whoever placed it. Absent for orders of before contacts were asked for, and once it is erased. */
            contact?: components["schemas"]["Contact"];
            /** @description ISO 4217. The currency of every amount in the order. */
            currency: string;
            /**
             * Format: date-time
             * @description Until when its stock is held for the payment.
             */
            hold_expires_at: string;
            /** @description The products of the order. */
            lines: components["schemas"]["OrderLine"][];
            /** @description The id of the order. */
            order_id: string;
            /** @description Its payment. */
            payment: components["schemas"]["OrderPayment"];
            /**
             * Format: date-time
             * @description When it was placed.
             */
            placed_at: string;
            /** @description Total of the completed refunds. */
            refunded_amount: components["schemas"]["Amount"];
            /** @description Oldest first. */
            refunds: components["schemas"]["Refund"][];
            /** @description Oldest first. */
            returns: components["schemas"]["Return"][];
            /** @description Present once it is shipped. */
            shipment?: components["schemas"]["Shipment"];
            /** @description Where it is shipped. */
            shipping_address: components["schemas"]["ShippingAddress"];
            /**
             * @description `pending_payment`: it waits for its payment, and its stock is held until `hold_expires_at`. `paid`: it waits for
             *     its shipment. `shipped`. `delivered`. `cancelled`: if it was paid, a refund is due. `expired`: it was not paid
             *     in time. `refunded`: all of the payment is refunded. `partially_refunded`: it is delivered, and a part of the
             *     payment is refunded.
             * @enum {string}
             */
            status: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
            /** @description What happened to the order, oldest first. */
            timeline: components["schemas"]["TimelineEntry"][];
            /** @description Total of its lines. */
            total_amount: components["schemas"]["Amount"];
            /** @description The account that placed it. Only staff see it. */
            user_id?: string;
        };
        /** @description A product of an order, with its name and price when the order was placed. */
        OrderLine: {
            /** @description `price` times `quantity`. */
            line_total: components["schemas"]["Amount"];
            /** @description The name of the product. */
            name: string;
            /** @description Price of a unit. */
            price: components["schemas"]["Amount"];
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Ordered units.
             */
            quantity: number;
        };
        /** @description A link to an order. */
        OrderLink: {
            /**
             * Format: date-time
             * @description Until when it is valid.
             */
            expires_at: string;
            /** @description The token of the link, for `GET /order-links/{token}`. Treat it as a password of the order. */
            token: string;
        };
        /** @description A page of orders. */
        OrderList: {
            /** @description The cursor of the next page; null on the last page. */
            next_cursor: string | null;
            /** @description Newest first. */
            orders: components["schemas"]["OrderSummary"][];
        };
        /** @description The payment of an order: the attempt that paid it, or else the last attempt. */
        OrderPayment: {
            /** @description Where the shopper completes the payment. */
            action_url?: string;
            /** @description Why the attempt was declined, such as `insufficient_funds`. */
            decline_code?: string;
            /**
             * @description The method of the attempt; before the first attempt, the one chosen for the order.
             * @enum {string}
             */
            method: "credit_card" | "paypal" | "bank_transfer" | "store_credit";
            /** @description The payment provider's id of the payment. */
            payment_id?: string;
            /**
             * @description Of the payment as a whole. `none`: no attempt was made. `processing`: the outcome is not known yet.
             *     `requires_action`: the shopper has to complete the payment at `action_url`. `completed`. `failed`: the last
             *     attempt was declined. `refunded`: all of it is refunded.
             * @enum {string}
             */
            status: "none" | "processing" | "requires_action" | "completed" | "failed" | "refunded";
        };
        /** @description An order in a list. */
        OrderSummary: {
            /** @description ISO 4217. */
            currency: string;
            /**
             * Format: uint32
             * @description Units of all its lines.
             */
            item_count: number;
            /** @description The id of the order. */
            order_id: string;
            /**
             * Format: date-time
             * @description When it was placed.
             */
            placed_at: string;
            /**
             * @description As in the order.
             * @enum {string}
             */
            status: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
            /** @description Total of its lines. */
            total_amount: components["schemas"]["Amount"];
            /** @description The account that placed it. Only staff see it. */
            user_id?: string;
        };
        /** @description The response of `POST /auth/password-reset/confirm`. */
        PasswordReset: {
            /** @description Send it with the log-in on this device. It works although strangers have used up the log-ins of other devices. */
            device_token: string;
        };
        /** @description A payment of an order. */
        Payment: {
            /**
             * Format: uri
             * @description Where the shopper confirms the payment.
             */
            action_url?: string;
            /** @description The order. */
            order_id: string;
            /** @description The id of the payment at the payment provider, once there is one. */
            payment_id?: string;
            /**
             * @description `completed`: the order is paid. `requires_action`: the shopper has to confirm the payment at `action_url`.
             *     `processing`: the payment provider has not decided yet.
             * @enum {string}
             */
            status: "completed" | "processing" | "requires_action";
        };
        /** @description The request of `POST /orders/{order_id}/pay`. */
        PayOrderRequest: {
            /**
             * @description How to pay. Without it: as the order says.
             * @enum {string|null}
             */
            payment_method?: "credit_card" | "paypal" | "bank_transfer" | "store_credit" | null;
            /**
             * @description The one-time token of the payment provider for the shopper's card or account. Required unless the order is paid
             *     with store credit. Never send a card number.
             */
            payment_token?: string | null;
        };
        /** @description The order as it was placed. A retry with the same `Idempotency-Key` gets it again. */
        PlacedOrder: {
            /** @description ISO 4217. */
            currency: string;
            /**
             * Format: date-time
             * @description Until when its stock is held for the payment.
             */
            hold_expires_at: string;
            /** @description The id of the order. */
            order_id: string;
            /**
             * @description Its status when it was placed.
             * @enum {string}
             */
            status: "pending_payment";
            /** @description Total of its lines. */
            total_amount: components["schemas"]["Amount"];
        };
        /** @description The request of `POST /orders`. */
        PlaceOrderRequest: {
            /**
             * @description How to reach the shopper. Required for guests and for accounts without a verified address; without it, the address
             *     of the account is used.
             */
            contact?: components["schemas"]["ContactRequest"] | null;
            /** @description The total that the shopper saw. If it differs from the current one, the order is not placed. */
            expected_total?: components["schemas"]["Amount"] | null;
            /**
             * @description How the shopper wants to pay. The payment itself may use another method.
             * @enum {string}
             */
            payment_method: "credit_card" | "paypal" | "bank_transfer" | "store_credit";
            /** @description Where to ship the order. */
            shipping_address: components["schemas"]["ShippingAddressRequest"];
        };
        /** @description A range of prices. Both ends are included, as in `min_price` and `max_price`. */
        PriceFacet: {
            /**
             * Format: uint64
             * @description How many products have such a price.
             */
            count: number;
            /** @description Absent in the most expensive range. */
            max?: components["schemas"]["Amount"];
            /** @description Absent in the cheapest range. */
            min?: components["schemas"]["Amount"];
        };
        /** @description Problem details (RFC 9457). Some codes have further members. */
        Problem: {
            /** @description What went wrong. Stable: clients decide by it. */
            code: string;
            /** @description What went wrong, for people. */
            detail: string;
            /** @description All invalid fields of the request. */
            errors?: components["schemas"]["InvalidField"][];
            /** @description The id of the request in the shop's log. */
            request_id: string;
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description The name of the status, for people. */
            title: string;
            /** @description `urn:souk:problem:` and the code. */
            type: string;
        };
        /** @description A whole product. */
        Product: {
            /** @description Properties of the product by name, such as `Colour`. */
            attributes: {
                [key: string]: components["schemas"]["AttributeValue"];
            };
            /** @description Its brand. Null if it has none. */
            brand: string | null;
            /**
             * @description The categories around it, from the department down, with their present names; empty for a product without a
             *     category.
             */
            category: components["schemas"]["ProductCategory"][];
            /** @description The price before a reduction, higher than `price`. Absent unless the product is on sale. */
            compare_at_price?: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
            /** @description For the product's page. Null if it has none. */
            description: string | null;
            /** @description EAN and GTIN codes, of each package and market. */
            ean: string[];
            /** @description The id of the product. */
            id: string;
            /** @description The address of a picture. */
            image_url: string | null;
            /**
             * Format: uint32
             * @description The most units in one order. Null if the shop's maximum for any product applies.
             */
            max_per_order: number | null;
            /** @description Its name. */
            name: string;
            /** @description The price of a unit. */
            price: components["schemas"]["Amount"];
            /**
             * Format: date
             * @description The date of its release.
             */
            released: string | null;
            /** @description The same as `id`. */
            sku: string;
            /**
             * Format: uint32
             * @description Units in stock.
             */
            stock_quantity: number;
            /** @description The address of a small picture. */
            thumbnail_url: string | null;
            /**
             * Format: date-time
             * @description The time of the change that made this version.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description Grows with each change of the product. Changes of its stock do not count.
             */
            version: number;
        };
        /** @description A department, or a category in it. */
        ProductCategory: {
            /** @description Send it as `category_id` to `GET /products`. */
            id: string;
            /** @description Its name. */
            name: string;
        };
        /** @description A whole product without its stock. */
        ProductDocument: {
            /** @description Properties of the product by name, such as `Colour`. */
            attributes: {
                [key: string]: components["schemas"]["AttributeValue"];
            };
            /** @description Its brand. Null if it has none. */
            brand: string | null;
            /**
             * @description The categories around it, from the department down, with their present names; empty for a product without a
             *     category.
             */
            category: components["schemas"]["ProductCategory"][];
            /** @description The price before a reduction, higher than `price`. Absent unless the product is on sale. */
            compare_at_price?: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
            /** @description For the product's page. Null if it has none. */
            description: string | null;
            /** @description EAN and GTIN codes, of each package and market. */
            ean: string[];
            /** @description The id of the product. */
            id: string;
            /** @description The address of a picture. */
            image_url: string | null;
            /**
             * Format: uint32
             * @description The most units in one order. Null if the shop's maximum for any product applies.
             */
            max_per_order: number | null;
            /** @description Its name. */
            name: string;
            /** @description The price of a unit. */
            price: components["schemas"]["Amount"];
            /**
             * Format: date
             * @description The date of its release.
             */
            released: string | null;
            /** @description The same as `id`. */
            sku: string;
            /** @description The address of a small picture. */
            thumbnail_url: string | null;
            /**
             * Format: date-time
             * @description The time of the change that made this version.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description Grows with each change of the product. Changes of its stock do not count.
             */
            version: number;
        };
        /** @description A page of a list of products. */
        ProductList: {
            /** @description The category of the list, if staff have merged or deleted the one in the request: this one replaces it. */
            category_id?: string;
            /** @description ISO 4217, of all prices. */
            currency: string;
            /**
             * @description Only ever `true`: search does not answer, so the order is by id, the facets are empty, and `total` is a lower
             *     bound.
             * @constant
             */
            degraded?: true;
            /** @description The corrected text. Products that match it are among those listed. */
            did_you_mean?: string;
            /** @description Absent with `facets=false`. */
            facets?: components["schemas"]["Facets"];
            /**
             * Format: uint32
             * @description The maximum number of products on a page.
             */
            limit: number;
            /** @description `cursor` of the next page. Absent on the last one. */
            next_cursor?: string;
            /**
             * Format: uint32
             * @description The number of the page, from 1. Absent with a cursor.
             */
            page?: number;
            /**
             * @description In the order of `sort`. A product that was deleted a moment ago is left out, so there may be fewer than `limit`
             *     on a page that is not the last.
             */
            products: components["schemas"]["ListedProduct"][];
            /**
             * @description Only ever `true`: no product matches all words, these match some of them.
             * @constant
             */
            relaxed?: true;
            /**
             * Format: uint64
             * @description How many products there are on all pages. A lower bound if a text matches more than 100,000.
             */
            total: number;
        };
        /** @description The current stock of a product. */
        ProductStock: {
            /**
             * Format: uint32
             * @description Units in stock: 0 also for a product that does not exist.
             */
            available: number;
            /** @description The id of the product. */
            product_id: string;
        };
        /** @description A suggested product. */
        ProductSuggestion: {
            /** @description Its brand. Null if it has none. */
            brand: string | null;
            /** @description The id of the product. */
            id: string;
            /** @description Its name. */
            name: string;
        };
        /** @description The request of `PUT /admin/categories/{category_id}`. */
        PutCategoryRequest: {
            /** @description Shown to shoppers. Has a letter or a digit. */
            name: string;
            /** @description The category that it is in. Left out for a department. */
            parent_id?: string | null;
        };
        /** @description The request of `PUT /admin/collections/{collection_id}`. What it leaves out is no condition. */
        PutCollectionRequest: {
            /** @description Only products with any of the values of each of these attributes. At most 20 values in all. */
            attributes?: {
                [key: string]: string[];
            } | null;
            /** @description Only products of any of these brands, as in the parameter `brand` of `GET /products`. */
            brands?: string[] | null;
            /** @description Only products of this department or category. */
            category_id?: string | null;
            /** @description Only products at this price or a lower one. Not below `min_price`. */
            max_price?: components["schemas"]["Amount"] | null;
            /** @description Only products at this price or a higher one, in the shop's currency. */
            min_price?: components["schemas"]["Amount"] | null;
            /** @description Shown to shoppers. */
            name: string;
            /** @description `true`: only products on sale, which have a `compare_at_price`. */
            on_sale?: boolean | null;
            /**
             * Format: uint32
             * @description Only new products: released at most this many days ago and not in the future. Days are those of UTC.
             */
            released_within_days?: number | null;
            /**
             * Format: int64
             * @description The `version` of the collection that this one replaces; 0 for a new one.
             */
            version: number;
        };
        /** @description The request of `PUT /admin/products/{product_id}`. */
        PutProductRequest: {
            /**
             * @description Properties of the product by name, such as `Colour`. Names have at most 500 characters. Those that are null are
             *     left out.
             */
            attributes?: {
                [key: string]: components["schemas"]["AttributeValueRequest"] | null;
            } | null;
            /** @description Lists can be filtered by it. */
            brand?: string | null;
            /**
             * @description The names of its categories, from the department down. A category is known by its present name, and by the name
             *     and place that it was made with. One that does not exist is made; its id is made from its name.
             */
            category?: string[] | null;
            /** @description The price before a reduction, which makes the product one on sale: higher than `price`, in the same currency. */
            compare_at_price?: components["schemas"]["Amount"] | null;
            /** @description The shop's currency, or left out. */
            currency?: string | null;
            /** @description For the product's page. */
            description?: string | null;
            /** @description EAN and GTIN codes, of each package and market. */
            ean?: string[] | null;
            /** @description The address of a picture: https, or a path on the origin of the shop. `http://` is stored as `https://`. */
            image_url?: string | null;
            /**
             * Format: uint32
             * @description The most units in one order. Without it, the shop's maximum for any product applies.
             */
            max_per_order?: number | null;
            /** @description Shown to shoppers. */
            name: string;
            /** @description Not negative, with at most the decimals of the shop's currency, and without an exponent. */
            price: components["schemas"]["Amount"];
            /**
             * Format: date
             * @description The date of its release.
             */
            released?: string | null;
            /** @description The id in the path, or left out. */
            sku?: string | null;
            /** @description The address of a small picture. */
            thumbnail_url?: string | null;
        };
        /** @description The request of `PUT /admin/staff/{user_id}`. */
        PutStaffRequest: {
            /**
             * Format: date-time
             * @description From this time on the account has no role any more. Without it, the roles end with those of the administrator,
             *     if they do.
             */
            expires_at?: string | null;
            /** @description The roles, each a set of permissions. They replace all earlier ones. */
            roles: ("catalogue" | "stock" | "orders" | "refunds" | "support" | "administrator")[];
        };
        /** @description The request of `PUT /admin/synonyms`. */
        PutSynonymsRequest: {
            /**
             * @description The whole new list: groups of 2 to 8 different terms. A term has 1 to 4 words, each with a letter or a digit.
             *     Upper case and repeated terms are ignored.
             */
            groups: string[][];
            /**
             * Format: uint32
             * @description The `version` of the list that this one replaces.
             */
            version: number;
        };
        /** @description A product of which the cart has more units than one order may have. */
        QuantityLimit: {
            /**
             * Format: uint32
             * @description The most units in one order.
             */
            max_per_order: number;
            /** @description The product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Units in the cart.
             */
            quantity: number;
        };
        /** @description The recovery codes of a second factor. */
        RecoveryCodes: {
            /** @description Each of them replaces a code of the app once. */
            recovery_codes: string[];
        };
        /** @description The request of `POST /auth/refresh` and `POST /auth/logout`. */
        RefreshTokenRequest: {
            /** @description The `refresh_token` of the latest registration, log-in or refresh of the session. */
            refresh_token: string;
        };
        /** @description A refund of all or a part of the payment of an order. */
        Refund: {
            /** @description The amount that is refunded. */
            amount: components["schemas"]["Amount"];
            /** @description The account of the second person, who approved it, if the shop requires one for it. Only staff see it. */
            approved_by?: string;
            /** @description The account of the member of staff who granted it or accepted its return. Only staff see it. */
            granted_by?: string;
            /** @description Why staff granted it, if they did so without a return. */
            reason?: string;
            /** @description Its id within the order. */
            refund_id: string;
            /**
             * @description `original`: to the payment method of the order. `store_credit`: to the account's store credit.
             * @enum {string}
             */
            refund_to: "original" | "store_credit";
            /** @description The return that it pays for, if any. */
            return_id?: string;
            /**
             * @description `pending`: it is due and will be paid out. `completed`. `failed`: the payment provider could not pay it out; it
             *     is still due, and staff can retry it.
             * @enum {string}
             */
            status: "pending" | "completed" | "failed";
        };
        /** @description A refund that a second person has to approve. A retry with the same `Idempotency-Key` gets it again. */
        RefundRequest: {
            /**
             * Format: date-time
             * @description Until when it can be approved.
             */
            expires_at: string;
            /** @description Send it to `POST /admin/refund-requests/{refund_request_id}/approval`. */
            refund_request_id: string;
            /**
             * @description Always `approval_required`.
             * @constant
             */
            status: "approval_required";
        };
        /** @description The request of `POST /auth/register`. */
        RegisterRequest: {
            /**
             * Format: email
             * @description The e-mail address, in any spelling.
             */
            email: string;
            /** @description The refresh token of a guest whose cart is to be merged. That of an account merges nothing. */
            guest_refresh_token?: string | null;
            /**
             * Format: password
             * @description The password.
             */
            password: string;
        };
        /** @description A line that is not imported. */
        RejectedLine: {
            /**
             * @description What is wrong. Stable.
             * @enum {string}
             */
            code: "invalid_fields" | "malformed_json" | "too_long";
            /**
             * Format: uint
             * @description Its number in the body or the file, from 1; blank lines count.
             */
            line: number;
            /** @description What would be valid, for people. Names up to ten invalid fields. */
            message: string;
        };
        /** @description The request of `POST /admin/orders/{order_id}/returns/{return_id}/reject`. */
        RejectReturnRequest: {
            /** @description Why, for the shopper. */
            reason?: string | null;
        };
        /** @description The request of `DELETE /account/second-factor`. */
        RemoveSecondFactorRequest: {
            /** @description A code of the authenticator app, or a recovery code. */
            code: string;
            /**
             * Format: password
             * @description The password of the account.
             */
            password: string;
        };
        /** @description A refund that one person asked for and another has to approve. */
        RequestedRefund: {
            /** @description How much is refunded. The approval has to name it. */
            amount: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
            /**
             * Format: date-time
             * @description Until when it can be approved.
             */
            expires_at: string;
            /** @description The order. */
            order_id: string;
            /** @description Why, for the shopper. */
            reason: string;
            /** @description Its id. */
            refund_request_id: string;
            /**
             * @description `original`: to the payment method of the order. `store_credit`: to the store credit of the account to which the
             *     order belongs.
             * @enum {string}
             */
            refund_to: "original" | "store_credit";
            /**
             * Format: date-time
             * @description When it was asked for.
             */
            requested_at: string;
            /** @description The account of the member of staff who asked for it. */
            requested_by: string;
        };
        /** @description The return as it was requested. A retry with the same `Idempotency-Key` gets it again. */
        RequestedReturn: {
            /** @description The price of its units. Its refund may be less, if a part of the payment was refunded before. */
            amount: components["schemas"]["Amount"];
            /** @description ISO 4217. */
            currency: string;
            /** @description What is returned. */
            items: components["schemas"]["ReturnItem"][];
            /** @description The order. */
            order_id: string;
            /** @description Why staff rejected it, if they gave a reason. */
            rejection_reason?: string;
            /**
             * Format: date-time
             * @description When the shopper requested it.
             */
            requested_at: string;
            /** @description Its id within the order. */
            return_id: string;
            /**
             * @description `requested`: staff have to decide. `accepted`: its refund is due or completed. `rejected`.
             * @enum {string}
             */
            status: "requested" | "accepted" | "rejected";
        };
        /** @description The request of `POST /orders/{order_id}/returns`. */
        RequestReturnRequest: {
            /** @description What is returned. */
            items: components["schemas"]["ReturnItemRequest"][];
        };
        /** @description The request of `POST /admin/orders/{order_id}/refunds/{refund_id}/retry`. */
        RetryRefundRequest: {
            /**
             * @description `original`: to the payment method of the order. `store_credit`: to the store credit of the account to
             *     which the order belongs.
             * @enum {string}
             */
            refund_to: "original" | "store_credit";
        };
        /** @description A return of units of an order. */
        Return: {
            /** @description The price of its units. Its refund may be less, if a part of the payment was refunded before. */
            amount: components["schemas"]["Amount"];
            /** @description What is returned. */
            items: components["schemas"]["ReturnItem"][];
            /** @description Why staff rejected it, if they gave a reason. */
            rejection_reason?: string;
            /**
             * Format: date-time
             * @description When the shopper requested it.
             */
            requested_at: string;
            /** @description Its id within the order. */
            return_id: string;
            /**
             * @description `requested`: staff have to decide. `accepted`: its refund is due or completed. `rejected`.
             * @enum {string}
             */
            status: "requested" | "accepted" | "rejected";
        };
        /** @description A product of a refused return. */
        ReturnableItem: {
            /**
             * Format: uint32
             * @description Units in the request.
             */
            asked: number;
            /** @description The product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Ordered units without those in returns that were not rejected.
             */
            returnable: number;
        };
        /** @description Returned units of one product. */
        ReturnItem: {
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description Returned units.
             */
            quantity: number;
            /** @description Why the shopper returns them. A list shows the first 100 characters. */
            reason: string;
            /** @description Whether the list cut `reason`. `GET /admin/orders/{order_id}` has all of it. */
            reason_cut?: boolean;
        };
        /** @description Units of one product to return. */
        ReturnItemRequest: {
            /** @description A product of the order. */
            product_id: string;
            /**
             * Format: uint32
             * @description How many units.
             */
            quantity: number;
            /** @description Why. */
            reason: string;
        };
        /** @description A page of open returns. */
        ReturnList: {
            /** @description The cursor of the next page; null on the last page. A page may have no returns although more follow. */
            next_cursor: string | null;
            /** @description Those of the oldest order first. */
            returns: components["schemas"]["OpenReturn"][];
        };
        /** @description The secret of a second factor. */
        SecondFactorSecret: {
            /** @description The secret as a URI, for a QR code. */
            otpauth_uri: string;
            /** @description The secret in base32. */
            secret: string;
        };
        /** @description A session: the access token for requests, and the refresh token for the next pair of tokens. */
        Session: {
            /**
             * @description After a log-in or a verification: send it with the next log-in of this account on this device, also after a
             *     log-out. Then wrong passwords from elsewhere do not count for the device. It is valid for 180 days.
             */
            device_token?: string;
            /**
             * Format: int64
             * @description Lifetime of `token`, in seconds.
             */
            expires_in: number;
            /**
             * @description `shopper` for an account whose address is verified, otherwise `guest`.
             * @enum {string}
             */
            kind: "guest" | "shopper";
            /** @description Exchange it for the next pair of tokens at `POST /auth/refresh`. It expires after 30 days without a refresh. */
            refresh_token: string;
            /** @description The access token. Send it as `Authorization: Bearer <token>`. */
            token: string;
            /**
             * @description Always `Bearer`.
             * @constant
             */
            token_type: "Bearer";
            /** @description The id of the account or of the guest. */
            user_id: string;
        };
        /** @description The sessions of an account. */
        SessionList: {
            /** @description The last used one first. */
            sessions: components["schemas"]["ListedSession"][];
        };
        /** @description How an order was shipped. */
        Shipment: {
            /** @description The carrier. */
            carrier: string;
            /** @description The carrier's number of the shipment. */
            tracking_number: string;
        };
        /** @description The request of `POST /admin/orders/{order_id}/ship`. */
        ShipOrderRequest: {
            /** @description The carrier, as the shopper sees it. */
            carrier: string;
            /** @description The carrier's number of the shipment. */
            tracking_number: string;
        };
        /** @description Where an order is shipped: free text or the parts of an address, as the client sent it. */
        ShippingAddress: string | components["schemas"]["StructuredAddress"];
        /** @description Where to ship the order: free text or the parts of an address. */
        ShippingAddressRequest: string | components["schemas"]["StructuredAddressRequest"];
        /** @description The request of `PUT /admin/inventory/{product_id}/shards`. */
        SpreadInventoryRequest: {
            /**
             * Format: uint32
             * @description The new number of shards.
             */
            shards: number;
        };
        /** @description The stock of a product after it was spread. */
        SpreadStock: {
            /**
             * Format: uint32
             * @description Units in stock over all shards when they were last read.
             */
            available: number;
            /** @description The id of the product. */
            product_id: string;
            /**
             * Format: uint32
             * @description The number of shards.
             */
            shards: number;
        };
        /** @description The staff of the shop. */
        StaffList: {
            /** @description By e-mail address. */
            staff: components["schemas"]["StaffMember"][];
        };
        /** @description A member of staff. */
        StaffMember: {
            /**
             * Format: email
             * @description The e-mail address of the account.
             */
            email: string;
            /**
             * Format: date-time
             * @description From this time on the account has no role any more. Absent if the roles do not end.
             */
            expires_at?: string;
            /**
             * Format: date-time
             * @description When the roles were granted.
             */
            granted_at: string;
            /** @description The account of the administrator who granted the roles. Absent if it was the operator of the shop. */
            granted_by?: string;
            /** @description The roles. */
            roles: ("catalogue" | "stock" | "orders" | "refunds" | "support" | "administrator")[];
            /** @description The id of the account. */
            user_id: string;
        };
        /** @description A page of orders for staff. */
        StaffOrderList: {
            /**
             * @description The cursor of the next page; null on the last page. A page may have fewer orders than `limit` although more
             *     follow.
             */
            next_cursor: string | null;
            /** @description In the order of `sort`. */
            orders: components["schemas"]["OrderSummary"][];
        };
        /** @description The request of `POST /account/second-factor`. */
        StartSecondFactorRequest: {
            /**
             * Format: password
             * @description The password of the account.
             */
            password: string;
        };
        /** @description A change of one shard of the stock of a product. */
        StockChange: {
            /**
             * Format: uint32
             * @description Units of the shard after the change.
             */
            after: number;
            /**
             * Format: date-time
             * @description When it changed.
             */
            at: string;
            /**
             * Format: uint32
             * @description Units of the shard before the change.
             */
            before: number;
            /** @description Null if the writer set no cause. */
            cause: components["schemas"]["StockChangeCause"] | null;
            /**
             * Format: int64
             * @description `after` less `before`.
             */
            delta: number;
            /** @description The shard that changed: the stock of a popular product is spread over several. */
            shard: string;
        };
        /** @description Why the stock changed. */
        StockChangeCause: {
            /**
             * @description What changed the stock: an order or staff.
             * @constant
             */
            kind: "order";
            /** @description The order. */
            order_id: string;
            /**
             * Format: uint64
             * @description The order's version after the step.
             */
            order_version: number;
            /** @description The account of the order. */
            user_id: string;
        } | {
            /** @description The account that made it. Null for an import by upload. */
            changed_by: string | null;
            /** @description The id of the change. One change may change several shards. */
            entry_id: string;
            /**
             * @description What changed the stock: an order or staff.
             * @constant
             */
            kind: "staff";
            /** @description The reason that was given. */
            reason: string | null;
        };
        /** @description A page of changes of the stock of a product. */
        StockChangeList: {
            /** @description Newest first. */
            changes: components["schemas"]["StockChange"][];
            /** @description The cursor of the next page; null on the last page. */
            next_cursor: string | null;
        };
        /** @description The current stock of products. */
        StockList: {
            /** @description Each product once, in the order of the request. */
            items: components["schemas"]["ProductStock"][];
        };
        /** @description What an event did. */
        StripeEventOutcome: {
            /**
             * @description What was done, shown with the delivery in Stripe's dashboard.
             * @enum {string}
             */
            outcome: "ignored" | "settled" | "settled before";
        };
        /** @description The parts of a shipping address. Those that were not given are omitted. */
        StructuredAddress: {
            /** @description City. */
            city: string;
            /** @description ISO 3166-1 alpha-2. */
            country: string;
            /** @description Street and number. */
            line1: string;
            /** @description Flat, floor or company. */
            line2?: string;
            /** @description The recipient. */
            name: string;
            /** @description For the carrier. */
            phone?: string;
            /** @description Postal code. */
            postal_code?: string;
            /** @description State, province or county. */
            region?: string;
        };
        /**
         * @description The parts of a shipping address. Other members are refused, so that no part of an address is lost. An optional part
         *     that is empty is the same as one that is left out.
         */
        StructuredAddressRequest: {
            /** @description City. */
            city: string;
            /** @description ISO 3166-1 alpha-2, in upper case. */
            country: string;
            /** @description Street and number. */
            line1: string;
            /** @description Flat, floor or company. */
            line2?: string | null;
            /** @description The recipient. */
            name: string;
            /** @description For the carrier. */
            phone?: string | null;
            /** @description Postal code. Some countries have none. */
            postal_code?: string | null;
            /** @description State, province or county. */
            region?: string | null;
        };
        /** @description Suggestions for an incomplete text. */
        Suggestions: {
            /** @description Those with most products first. */
            brands: string[];
            /** @description Departments and categories, those with most products first. */
            categories: components["schemas"]["CategorySuggestion"][];
            /** @description Best first. */
            products: components["schemas"]["ProductSuggestion"][];
        };
        /** @description The synonyms that searches use. */
        Synonyms: {
            /** @description Each is a group of terms, in lower case: a search for one of them also finds the others. */
            groups: string[][];
            /**
             * Format: int64
             * @description A change must send it back; 0 for the list that a shop starts with.
             */
            version: number;
        };
        /** @description Something that happened to an order. Members that do not apply to its event are omitted. */
        TimelineEntry: {
            /** @description The total that was ordered, the amount that was paid, or the amount of the refund. */
            amount?: components["schemas"]["Amount"];
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /** @description The carrier of the shipment. */
            carrier?: string;
            /** @description Why the payment attempt was declined. */
            decline_code?: string;
            /**
             * @description What happened. `held_again`: the order had expired when it was paid, and its stock was still available.
             *     `refund_due`: a refund was granted or retried.
             * @enum {string}
             */
            event: "placed" | "payment_started" | "payment_action_required" | "payment_failed" | "paid" | "expired" | "cancelled" | "refund_due" | "refunded" | "refund_failed" | "held_again" | "shipped" | "delivered" | "return_requested" | "return_accepted" | "return_rejected";
            /**
             * @description The method of the payment attempt.
             * @enum {string}
             */
            payment_method?: "credit_card" | "paypal" | "bank_transfer" | "store_credit";
            /** @description Why staff granted the refund or rejected the return. */
            reason?: string;
            /** @description The refund. */
            refund_id?: string;
            /**
             * @description Where the refund is paid to, as in the refund.
             * @enum {string}
             */
            refund_to?: "original" | "store_credit";
            /** @description The return, or the return that the refund pays for. */
            return_id?: string;
            /** @description The tracking number of the shipment. */
            tracking_number?: string;
        };
        /** @description A product of which more units would be removed than are in stock. */
        UnitsToRemove: {
            /**
             * Format: uint32
             * @description Units to remove.
             */
            asked: number;
            /**
             * Format: uint32
             * @description Units in stock.
             */
            available: number;
            /** @description The id of the product. */
            product_id: string;
        };
        /** @description The request of `PATCH /cart/items/{product_id}`. */
        UpdateCartItemRequest: {
            /**
             * Format: uint32
             * @description The new number of units.
             */
            quantity: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description `no-store`, or for how long anyone may cache the response. */
        "Cache-Control": string;
        /** @description The version of the response, for `If-None-Match`. */
        ETag: string;
        /** @description About how many more requests of the class the caller may send (`r`), and the seconds until it may send all again (`t`), such as `"cart";r=117;t=2`. Left out of responses that anyone may cache, and while requests are not limited. */
        RateLimit: string;
        /** @description The class of the operation, whose limit all its operations share, with the requests (`q`) in so many seconds (`w`), such as `"cart";q=120;w=60`. Left out while requests are not limited. */
        "RateLimit-Policy": string;
        /** @description Seconds after which the client may try again. */
        "Retry-After": number;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getJwks: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "keys": [
                     *         {
                     *           "alg": "EdDSA",
                     *           "crv": "Ed25519",
                     *           "kid": "lLC3GXyRG0qJ3WZ-cbjr_nBG-1xBrV_vVk3BqaX3W2g",
                     *           "kty": "OKP",
                     *           "use": "sig",
                     *           "x": "3mQjHiFZbAz3hKZ6gbbQAJagYtE7g_IE8y3hjdxlwaY"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["JsonWebKeySet"];
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "created_at": "2026-11-30T01:00:08.915Z",
                     *       "email": "ann-tshpwjsfdflt@xn--bcher-kva.example",
                     *       "recovery_codes_left": 0,
                     *       "roles": [],
                     *       "second_factor": false,
                     *       "user_id": "01a229f7-6553-7fbe-8128-baeb21d27c1f",
                     *       "verified_at": "2026-11-30T01:00:09.548Z"
                     *     }
                     */
                    "application/json": components["schemas"]["Account"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `verified_account_required`: The caller is a guest, or the address of the account is not verified.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "verified_account_required";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    deleteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["DeleteAccountRequest"];
            };
        };
        responses: {
            /** @description The account is deleted. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `invalid_code`: The code is wrong or was used before.
             *     - `invalid_credentials`: The password is wrong.
             *     - `second_factor_required`: The account has a second factor, and there is no `code`.
             *     - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_code" | "invalid_credentials" | "second_factor_required" | "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `verified_account_required`: The caller is a guest, or the address of the account is not verified.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "verified_account_required";
                    };
                };
            };
            /** @description - `last_administrator`: No other administrator would stay whose grant lasts as long: grant the role to another account first. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "last_administrator";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    exportAccount: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. Without it: the first page of orders. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What belongs to the account, with a page of its orders. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "created_at": "2026-11-30T00:58:47.611Z",
                     *         "email": "shopper-wuhticcwktkc@souk.example",
                     *         "guest_ids": [],
                     *         "user_id": "01a229f6-27bb-7c2f-80bf-a72218bd08f0",
                     *         "verified_at": "2026-11-30T00:58:48.157Z"
                     *       },
                     *       "cart": [],
                     *       "exported_at": "2026-11-30T00:58:48.660Z",
                     *       "next_cursor": null,
                     *       "orders": [
                     *         {
                     *           "contact": {
                     *             "email": "ann@souk.example"
                     *           },
                     *           "currency": "USD",
                     *           "lines": [
                     *             {
                     *               "name": "Widget nlyfgtzigloh",
                     *               "line_total": 1,
                     *               "price": 1,
                     *               "product_id": "test-nlyfgtzigloh",
                     *               "quantity": 1
                     *             }
                     *           ],
                     *           "order_id": "01a229f6-2b1e-75e4-b8c7-992691275001",
                     *           "payment_method": "credit_card",
                     *           "payments": [],
                     *           "placed_at": "2026-11-30T00:58:48.478Z",
                     *           "refunded_amount": 0,
                     *           "refunds": [],
                     *           "returns": [],
                     *           "shipping_address": "1 Main Street, Springfield",
                     *           "status": "pending_payment",
                     *           "timeline": [
                     *             {
                     *               "at": "2026-11-30T00:58:48.478Z",
                     *               "event": "placed"
                     *             }
                     *           ],
                     *           "total_amount": 1,
                     *           "user_id": "01a229f6-27bb-7c2f-80bf-a72218bd08f0"
                     *         }
                     *       ],
                     *       "second_factor": {
                     *         "enabled": false,
                     *         "recovery_codes_left": 0
                     *       },
                     *       "sessions": [
                     *         {
                     *           "created_at": "2026-11-30T00:58:48.187Z",
                     *           "device": "ureq/3.5.2",
                     *           "expires_at": "2026-12-30T00:58:48.000Z",
                     *           "refreshed_at": "2026-11-30T00:58:48.187Z",
                     *           "second_factor": false,
                     *           "session_id": "01a229f6-29fb-7401-95f7-9e5a4e9d5a2f"
                     *         }
                     *       ],
                     *       "store_credit": {
                     *         "amount": 0,
                     *         "currency": "USD"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AccountExportPage"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `verified_account_required`: The caller is a guest, or the address of the account is not verified.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "verified_account_required";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    changePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "current_password": "correct horse battery staple",
                 *       "password": "battery staple correct horse"
                 *     }
                 */
                "application/json": components["schemas"]["ChangePasswordRequest"];
            };
        };
        responses: {
            /** @description The account has the new password. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `invalid_credentials`: The current password is wrong.
             *     - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_credentials" | "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `verified_account_required`: The caller is a guest, or the address of the account is not verified.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "verified_account_required";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    startSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["StartSecondFactorRequest"];
            };
        };
        responses: {
            /** @description A new secret. It is not shown again. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "otpauth_uri": "otpauth://totp/Souk:shopper-ehdvwmmwugyy%40souk.example?secret=N2F4C36TJRQNXDBRYBYKASNNVSSOP2FW&issuer=Souk&algorithm=SHA1&digits=6&period=30",
                     *       "secret": "N2F4C36TJRQNXDBRYBYKASNNVSSOP2FW"
                     *     }
                     */
                    "application/json": components["schemas"]["SecondFactorSecret"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `invalid_credentials`: The password is wrong.
             *     - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_credentials" | "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `verified_account_required`: The caller is a guest, or the address of the account is not verified.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "verified_account_required";
                    };
                };
            };
            /** @description - `second_factor_exists`: The account has a second factor: remove it first. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "second_factor_exists";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    removeSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["RemoveSecondFactorRequest"];
            };
        };
        responses: {
            /** @description The account has no second factor. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `invalid_code`: The code is wrong or was used before.
             *     - `invalid_credentials`: The password is wrong.
             *     - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_code" | "invalid_credentials" | "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `verified_account_required`: The caller is a guest, or the address of the account is not verified.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "verified_account_required";
                    };
                };
            };
            /** @description - `second_factor_needed`: Members of staff need a second factor. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "second_factor_needed";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    confirmSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "123456"
                 *     }
                 */
                "application/json": components["schemas"]["ConfirmSecondFactorRequest"];
            };
        };
        responses: {
            /** @description The recovery codes. They are not shown again. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "recovery_codes": [
                     *         "b22g-tlr6-ct4q-ua6v-btsx-ald4",
                     *         "kwqo-3an2-bzce-ccbe-dvso-3n2g",
                     *         "g6h6-bpo5-s6bl-5wk3-hjvj-2umx",
                     *         "acdm-csqx-oiv3-vwn5-qpwe-v7oa",
                     *         "sf2c-np4f-wbbs-bcy4-3rcv-4xdc",
                     *         "pkut-ix4g-wswy-hzhb-d5u4-rmbt",
                     *         "yod4-a3oa-sgvf-7fru-77lv-vjxe",
                     *         "z6p7-pnxf-h2zz-iy56-lvju-wfhi",
                     *         "upaa-qko2-kgmr-hvoa-2zcd-otjm",
                     *         "zrnh-i5ru-2cng-to77-by7u-rw3c"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RecoveryCodes"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `invalid_code`: The code is wrong.
             *     - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_code" | "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `verified_account_required`: The caller is a guest, or the address of the account is not verified.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "verified_account_required";
                    };
                };
            };
            /**
             * @description - `second_factor_exists`: The account has a second factor already.
             *     - `second_factor_not_started`: There is no secret: call `POST /account/second-factor` first.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "second_factor_exists" | "second_factor_not_started";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions that have not ended. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "sessions": [
                     *         {
                     *           "created_at": "2026-11-30T00:58:54.631Z",
                     *           "current": false,
                     *           "device": "ureq/3.5.2",
                     *           "last_used_at": "2026-11-30T00:58:54.631Z",
                     *           "session_id": "01a229f6-4327-79a7-b548-b47c1169ae99"
                     *         },
                     *         {
                     *           "created_at": "2026-11-30T00:58:54.529Z",
                     *           "current": false,
                     *           "device": "ureq/3.5.2",
                     *           "last_used_at": "2026-11-30T00:58:54.529Z",
                     *           "session_id": "01a229f6-42c1-7af4-9c0d-cd099a0422a1"
                     *         },
                     *         {
                     *           "created_at": "2026-11-30T00:58:54.442Z",
                     *           "current": true,
                     *           "device": "ureq/3.5.2",
                     *           "last_used_at": "2026-11-30T00:58:54.442Z",
                     *           "session_id": "01a229f6-426a-74d2-b9cd-2d3d5c340ada"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SessionList"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    endSessions: {
        parameters: {
            query?: {
                /** @description `true` also ends the session of this request. */
                include_current?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sessions have ended. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the session. */
                session_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id, or it belongs to another account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adminDeleteAccount: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the account. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account is deleted. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `last_administrator`: No other administrator would stay whose grant lasts as long: grant the role to another account first.
             *     - `own_account`: Staff delete their own account with its password: `DELETE /account`.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "last_administrator" | "own_account";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adminExportAccount: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. Without it: the first page of orders. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of the account. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What belongs to the account, with a page of its orders. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "account": {
                     *         "created_at": "2026-11-30T01:31:05.028Z",
                     *         "email": "shopper-pdzyhirblgmt@souk.example",
                     *         "guest_ids": [
                     *           "01a22a13-c307-7945-b35d-8f4ee6469ff5"
                     *         ],
                     *         "user_id": "01a22a13-b7c4-7ad3-b90a-7ca1b85440ed",
                     *         "verified_at": "2026-11-30T01:31:07.172Z"
                     *       },
                     *       "cart": [
                     *         {
                     *           "product_id": "test-fxsevltoubdo",
                     *           "quantity": 3
                     *         }
                     *       ],
                     *       "exported_at": "2026-11-30T01:31:17.143Z",
                     *       "next_cursor": null,
                     *       "orders": [
                     *         {
                     *           "contact": {
                     *             "email": "ann@souk.example"
                     *           },
                     *           "currency": "USD",
                     *           "lines": [
                     *             {
                     *               "name": "Widget fxsevltoubdo",
                     *               "line_total": 2,
                     *               "price": 1,
                     *               "product_id": "test-fxsevltoubdo",
                     *               "quantity": 2
                     *             }
                     *           ],
                     *           "order_id": "01a22a13-cc0a-720f-880d-f0f261a9bab0",
                     *           "payment_method": "credit_card",
                     *           "payments": [],
                     *           "placed_at": "2026-11-30T01:31:10.218Z",
                     *           "refunded_amount": 0,
                     *           "refunds": [],
                     *           "returns": [],
                     *           "shipping_address": "1 Main Street, Springfield",
                     *           "status": "pending_payment",
                     *           "timeline": [
                     *             {
                     *               "at": "2026-11-30T01:31:10.218Z",
                     *               "event": "placed"
                     *             }
                     *           ],
                     *           "total_amount": 2,
                     *           "user_id": "01a22a13-b7c4-7ad3-b90a-7ca1b85440ed"
                     *         },
                     *         {
                     *           "contact": {
                     *             "email": "ann@souk.example"
                     *           },
                     *           "currency": "USD",
                     *           "lines": [
                     *             {
                     *               "name": "Widget fxsevltoubdo",
                     *               "line_total": 1,
                     *               "price": 1,
                     *               "product_id": "test-fxsevltoubdo",
                     *               "quantity": 1
                     *             }
                     *           ],
                     *           "order_id": "01a22a13-c630-7d8c-8db9-bd226219406b",
                     *           "payment_method": "credit_card",
                     *           "payments": [],
                     *           "placed_at": "2026-11-30T01:31:08.720Z",
                     *           "refunded_amount": 0,
                     *           "refunds": [],
                     *           "returns": [],
                     *           "shipping_address": "1 Main Street, Springfield",
                     *           "status": "pending_payment",
                     *           "timeline": [
                     *             {
                     *               "at": "2026-11-30T01:31:08.720Z",
                     *               "event": "placed"
                     *             }
                     *           ],
                     *           "total_amount": 1,
                     *           "user_id": "01a22a13-c307-7945-b35d-8f4ee6469ff5"
                     *         }
                     *       ],
                     *       "second_factor": {
                     *         "enabled": true,
                     *         "recovery_codes_left": 10
                     *       },
                     *       "sessions": [
                     *         {
                     *           "created_at": "2026-11-30T01:31:07.480Z",
                     *           "device": "ureq/3.5.2",
                     *           "expires_at": "2026-12-30T01:31:07.000Z",
                     *           "refreshed_at": "2026-11-30T01:31:07.480Z",
                     *           "second_factor": false,
                     *           "session_id": "01a22a13-c158-76ea-bebe-ec3944feda38"
                     *         }
                     *       ],
                     *       "store_credit": {
                     *         "amount": 0,
                     *         "currency": "USD"
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["AccountExportPage"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adminResetSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the account. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account has no second factor. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `own_account`: Nobody resets the own second factor: another administrator has to do it. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "own_account";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Who changed it: the id of the account, or `operator` for changes from the AWS account. The newest entries are listed a moment after they were written. */
                actor?: string;
                /** @description `next_cursor` of the page before. Without it: the first page. */
                cursor?: string;
                /** @description The maximum number of entries on a page. */
                limit?: number;
                /** @description What was changed: `product#` and the id of a product, `category#` and the id of a category, `collection#` and the id of a collection, `order#` and the id of an order, `account#` and the id of an account, or a word such as `synonyms` or `imports`. */
                subject?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of entries. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "entries": [
                     *         {
                     *           "action": "admin-cancel-order",
                     *           "actor": "01a229f7-72ee-7db4-87e2-aae2e72293c1",
                     *           "after": {
                     *             "currency": "USD",
                     *             "refunds": [
                     *               {
                     *                 "amount_minor": 100,
                     *                 "refund_id": "1",
                     *                 "refund_to": "original",
                     *                 "retries": 0,
                     *                 "status": "pending"
                     *               }
                     *             ],
                     *             "status": "cancelled",
                     *             "total_minor": 100,
                     *             "version": 4
                     *           },
                     *           "at": "2026-11-30T01:00:14.816Z",
                     *           "before": {
                     *             "currency": "USD",
                     *             "status": "paid",
                     *             "total_minor": 100,
                     *             "version": 3
                     *           },
                     *           "entry_id": "1796000414816-ac3cfb41e42256405dd03b5c0e21c11c-1",
                     *           "phase": "succeeded",
                     *           "request_id": "9258b678-4723-4ebe-b62d-1483171d3dcc",
                     *           "session_id": "01a229f7-7840-7ccc-a500-5421b8f384a2",
                     *           "source_address": "10.195.105.71",
                     *           "status": 200,
                     *           "subject": "order#01a229f7-7b59-722c-aebd-76f66424fbf9"
                     *         },
                     *         {
                     *           "action": "admin-cancel-order",
                     *           "actor": "01a229f7-72ee-7db4-87e2-aae2e72293c1",
                     *           "at": "2026-11-30T01:00:14.793Z",
                     *           "entry_id": "1796000414793-ac3cfb41e42256405dd03b5c0e21c11c-0",
                     *           "phase": "requested",
                     *           "request_id": "9258b678-4723-4ebe-b62d-1483171d3dcc",
                     *           "session_id": "01a229f7-7840-7ccc-a500-5421b8f384a2",
                     *           "source_address": "10.195.105.71",
                     *           "subject": "order#01a229f7-7b59-722c-aebd-76f66424fbf9"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["AuditEntryList"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    putCategory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the category. */
                category_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ink cartridges",
                 *       "parent_id": "printing"
                 *     }
                 */
                "application/json": components["schemas"]["PutCategoryRequest"];
            };
        };
        responses: {
            /** @description The category was renamed or moved. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "printing.ink-cartridges",
                     *       "path": [
                     *         {
                     *           "name": "Printing",
                     *           "id": "printing"
                     *         },
                     *         {
                     *           "name": "Ink cartridges",
                     *           "id": "printing.ink-cartridges"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CategoryPath"];
                };
            };
            /** @description The category was created, or exists again. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "printing",
                     *       "path": [
                     *         {
                     *           "name": "Printing",
                     *           "id": "printing"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CategoryPath"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: The id in the path is not one to six texts of a-z, 0-9 and `-`, joined by dots. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `category_circle`: The category would be inside itself.
             *     - `category_name_taken`: Another category in the same place has this name.
             *     - `category_too_deep`: It, or a category in it, would be more than six levels deep.
             *     - `too_many_categories`: The shop has 20,000 categories, with those that are gone.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "category_circle" | "category_name_taken" | "category_too_deep" | "too_many_categories";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    deleteCategory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the category. */
                category_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The category is removed. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: There is no such category. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `category_has_children`: There are categories in it: move, merge or remove them first. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "category_has_children";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    mergeCategory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the category. */
                category_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "into": "printing.ink-cartridges"
                 *     }
                 */
                "application/json": components["schemas"]["MergeCategoryRequest"];
            };
        };
        responses: {
            /** @description The category that replaces it. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "printing.ink-cartridges",
                     *       "path": [
                     *         {
                     *           "name": "Printing",
                     *           "id": "printing"
                     *         },
                     *         {
                     *           "name": "Ink cartridges",
                     *           "id": "printing.ink-cartridges"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CategoryPath"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: There is no such category. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `category_circle`: The other category is inside this one, or is the same.
             *     - `category_name_taken`: A category in it and one in the other have the same name: merge these first.
             *     - `category_too_deep`: A category in it would be more than six levels deep.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "category_circle" | "category_name_taken" | "category_too_deep";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adminListCollections: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All collections, with their versions. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "collections": [
                     *         {
                     *           "name": "Ink on sale",
                     *           "attributes": {},
                     *           "brands": [
                     *             "HP",
                     *             "Canon"
                     *           ],
                     *           "category_id": "printing.ink-cartridges",
                     *           "currency": "USD",
                     *           "id": "ink-on-sale",
                     *           "max_price": 50,
                     *           "min_price": null,
                     *           "on_sale": true,
                     *           "released_within_days": null,
                     *           "version": 1795503420000
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AdminCollectionList"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    putCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the collection. */
                collection_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Ink on sale",
                 *       "brands": [
                 *         "HP",
                 *         "Canon"
                 *       ],
                 *       "category_id": "printing.ink-cartridges",
                 *       "max_price": 50,
                 *       "on_sale": true,
                 *       "version": 0
                 *     }
                 */
                "application/json": components["schemas"]["PutCollectionRequest"];
            };
        };
        responses: {
            /** @description The collection was replaced. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Ink in the winter sale",
                     *       "attributes": {},
                     *       "brands": [
                     *         "HP",
                     *         "Canon"
                     *       ],
                     *       "category_id": "printing.ink-cartridges",
                     *       "currency": "USD",
                     *       "id": "ink-on-sale",
                     *       "max_price": 50,
                     *       "min_price": null,
                     *       "on_sale": true,
                     *       "released_within_days": null,
                     *       "version": 1795503480000
                     *     }
                     */
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description The collection was created. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Ink on sale",
                     *       "attributes": {},
                     *       "brands": [
                     *         "HP",
                     *         "Canon"
                     *       ],
                     *       "category_id": "printing.ink-cartridges",
                     *       "currency": "USD",
                     *       "id": "ink-on-sale",
                     *       "max_price": 50,
                     *       "min_price": null,
                     *       "on_sale": true,
                     *       "released_within_days": null,
                     *       "version": 1795503420000
                     *     }
                     */
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: The id in the path is not 1 to 60 lower-case letters, digits and single hyphens. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `collection_changed`: The collection was changed, created or deleted meanwhile: read it again.
             *     - `too_many_collections`: There are 100 collections: delete one first.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "collection_changed" | "too_many_collections";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    deleteCollection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the collection. */
                collection_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collection is removed. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: There is no such collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    importProducts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {"sku": "1399", "name": "HP 364XL", "price": 12.50, "category": ["Printing", "Ink cartridges"], "available": 40}
                 *     {"sku": "1400", "name": "HP 364", "price": 8.95, "category": ["Printing", "Ink cartridges"], "available": 25}
                 */
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description What was imported, and which lines were not. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "errors": [
                     *         {
                     *           "code": "malformed_json",
                     *           "line": 2,
                     *           "message": "the line must be a JSON object"
                     *         },
                     *         {
                     *           "code": "invalid_fields",
                     *           "line": 3,
                     *           "message": "price must not be negative"
                     *         }
                     *       ],
                     *       "imported": 2
                     *     }
                     */
                    "application/json": components["schemas"]["ImportReport"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /**
             * @description - `body_too_large`: The body has more than 5,000,000 bytes. On AWS the limit is about 4,400,000 bytes, because Lambda receives the body in base64.
             *     - `too_many_lines`: There are more than 1,000 lines. Nothing was imported.
             */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large" | "too_many_lines";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    countInventory: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "available": 120,
                 *       "reason": "stocktaking"
                 *     }
                 */
                "application/json": components["schemas"]["CountInventoryRequest"];
            };
        };
        responses: {
            /** @description The stock after the change. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "available": 22,
                     *       "product_id": "test-rcqkawgmsymw"
                     *     }
                     */
                    "application/json": components["schemas"]["ChangedStock"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adjustInventory: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "delta": 24,
                 *       "reason": "received"
                 *     }
                 */
                "application/json": components["schemas"]["AdjustInventoryRequest"];
            };
        };
        responses: {
            /** @description The stock after the change. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "available": 10,
                     *       "product_id": "test-mvbypspxbsox"
                     *     }
                     */
                    "application/json": components["schemas"]["ChangedStock"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `insufficient_stock`: More units would be removed than are in stock.
             *     - `stock_limit_exceeded`: There would be more units in stock than a product may have.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "insufficient_stock" | "stock_limit_exceeded";
                    } & {
                        /** @description With `insufficient_stock`: the product. */
                        items?: components["schemas"]["UnitsToRemove"][];
                    } & {
                        /**
                         * Format: uint32
                         * @description With `stock_limit_exceeded`: units in stock.
                         */
                        available?: number;
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listStockChanges: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. Without it: the first page. */
                cursor?: string;
                /** @description The maximum number of changes on a page. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of changes. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "changes": [
                     *         {
                     *           "after": 1,
                     *           "at": "2026-11-30T00:53:37.000Z",
                     *           "before": 0,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-624c-7235-8a9c-7d0c0cc13d76",
                     *             "order_version": 2,
                     *             "user_id": "01a229f1-54e0-79f8-9645-1a63142caab1"
                     *           },
                     *           "delta": 1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 0,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 1,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-635f-744f-b5c0-086a82285f3b",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-54bf-7785-93d5-8b90901a4422"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 1,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 2,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-6353-7903-9e0f-3062c9d73f13",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-59f8-7a36-8390-dbed6698c3a8"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 2,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 3,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-6341-7e39-819e-1ac4183af48d",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-54e1-7cc6-9bed-226d469eba90"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 3,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 4,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-631f-7400-9632-688621662f58",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-5a2e-720e-a7ed-bb2ed69597a8"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 4,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 5,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-6311-75d1-8cce-5b333a342fcd",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-54de-702a-ac8a-05627d80e4db"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 5,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 6,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-62e9-7e36-908c-a9c3f932e914",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-5eb5-7b39-bb8f-96d0c7f254ee"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 6,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 7,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-6271-7598-ab0d-096ae4787e13",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-5a0a-758b-8b50-3b4685ae1d16"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 7,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 8,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-6256-702b-b548-5ffd3d795ce2",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-596e-738a-88a9-1bf8400dd824"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 8,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 9,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-6255-7b45-ad5d-4314b38ec191",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-5e87-7e7a-aa6b-4a78e058bd57"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 9,
                     *           "at": "2026-11-30T00:53:35.000Z",
                     *           "before": 10,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-624c-7235-8a9c-7d0c0cc13d76",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-54e0-79f8-9645-1a63142caab1"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 10,
                     *           "at": "2026-11-30T00:53:34.000Z",
                     *           "before": 11,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-6249-7b22-a49e-1a06e4a78602",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-5972-7d78-8398-e55ca20448aa"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 11,
                     *           "at": "2026-11-30T00:53:34.000Z",
                     *           "before": 12,
                     *           "cause": {
                     *             "kind": "order",
                     *             "order_id": "01a229f1-623e-7cb3-bf56-eea08c4b90de",
                     *             "order_version": 1,
                     *             "user_id": "01a229f1-54b6-76cd-b09f-bf62beb775a9"
                     *           },
                     *           "delta": -1,
                     *           "shard": "us-east-1#0"
                     *         },
                     *         {
                     *           "after": 12,
                     *           "at": "2026-11-30T00:53:31.000Z",
                     *           "before": 0,
                     *           "cause": {
                     *             "changed_by": "01a229db-37d0-74e8-8ef6-d2a69b9a2342",
                     *             "entry_id": "1796000010992-731e648bf4a2da47",
                     *             "kind": "staff",
                     *             "reason": "counted"
                     *           },
                     *           "delta": 12,
                     *           "shard": "us-east-1#0"
                     *         }
                     *       ],
                     *       "next_cursor": null
                     *     }
                     */
                    "application/json": components["schemas"]["StockChangeList"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    spreadInventory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "shards": 16
                 *     }
                 */
                "application/json": components["schemas"]["SpreadInventoryRequest"];
            };
        };
        responses: {
            /** @description The stock is spread over the shards. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "available": 0,
                     *       "product_id": "test-aavetjpmdttd",
                     *       "shards": 4
                     *     }
                     */
                    "application/json": components["schemas"]["SpreadStock"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Concurrent orders, or another request for this product, prevented it: send it again.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    inviteStaff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "bob@example.com",
                 *       "roles": [
                 *         "catalogue",
                 *         "stock"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["InviteStaffRequest"];
            };
        };
        responses: {
            /** @description The mail is sent. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adminListOrders: {
        parameters: {
            query: {
                /** @description `next_cursor` of the page before. Without it: the first page. */
                cursor?: string;
                /** @description The maximum number of orders on a page. */
                limit?: number;
                /** @description The order of the list, by the time of placement. */
                sort?: "oldest" | "newest";
                /** @description The status of the orders. */
                status: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "next_cursor": "sux6U2i5XI4wMWEyMjkyOC1iYzVkLTdiNmUtYTM0YS1jN2UwMWM4YTZhN2M",
                     *       "orders": [
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22925-f062-74fe-83f6-cda66ee2449b",
                     *           "placed_at": "2026-11-29T21:11:21.954Z",
                     *           "status": "paid",
                     *           "total_amount": 5,
                     *           "user_id": "01a22925-ef6b-7a8b-a706-3636fc8fcf97"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22925-fcd2-73f1-99c5-3bc36d31777b",
                     *           "placed_at": "2026-11-29T21:11:25.138Z",
                     *           "status": "paid",
                     *           "total_amount": 3,
                     *           "user_id": "01a22925-fc06-745c-8f25-9de44ad9ae90"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22925-fd6a-7529-845c-517fdb6adc3a",
                     *           "placed_at": "2026-11-29T21:11:25.290Z",
                     *           "status": "paid",
                     *           "total_amount": 3,
                     *           "user_id": "01a22925-fc01-7e47-9943-87d3c8a50177"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 2,
                     *           "order_id": "01a22926-0541-79e1-bcd5-4df7f49d56d6",
                     *           "placed_at": "2026-11-29T21:11:27.297Z",
                     *           "status": "paid",
                     *           "total_amount": 20,
                     *           "user_id": "01a22926-04cb-7da3-a11d-ed0dd25e8213"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22926-89b2-7393-ad8d-b851797f1afe",
                     *           "placed_at": "2026-11-29T21:12:01.202Z",
                     *           "status": "paid",
                     *           "total_amount": 1,
                     *           "user_id": "01a22926-8808-7e74-a985-afe20ee1165f"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22926-8ae8-7e59-ad88-c9ed895336ea",
                     *           "placed_at": "2026-11-29T21:12:01.512Z",
                     *           "status": "paid",
                     *           "total_amount": 1,
                     *           "user_id": "01a22926-8808-7e74-a985-afe20ee1165f"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22926-8c04-7ca3-a153-829bf8eb914a",
                     *           "placed_at": "2026-11-29T21:12:01.796Z",
                     *           "status": "paid",
                     *           "total_amount": 1,
                     *           "user_id": "01a22926-8808-7e74-a985-afe20ee1165f"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22926-a524-71f3-8c49-a274ef7cdd68",
                     *           "placed_at": "2026-11-29T21:12:08.228Z",
                     *           "status": "paid",
                     *           "total_amount": 10,
                     *           "user_id": "01a22926-98f5-75a4-94d7-6e33dbdc957e"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22926-b35a-772b-aa03-dc45f13a586e",
                     *           "placed_at": "2026-11-29T21:12:11.866Z",
                     *           "status": "paid",
                     *           "total_amount": 5,
                     *           "user_id": "01a22926-b0b6-7c18-9a48-64888ce64c97"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22926-b4a4-7281-8cee-e79f991633c6",
                     *           "placed_at": "2026-11-29T21:12:12.196Z",
                     *           "status": "paid",
                     *           "total_amount": 5,
                     *           "user_id": "01a22926-b0b6-7c18-9a48-64888ce64c97"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22926-f677-795b-a58d-d746bff3dd72",
                     *           "placed_at": "2026-11-29T21:12:29.047Z",
                     *           "status": "paid",
                     *           "total_amount": 1,
                     *           "user_id": "01a22926-f54b-78e7-8885-6cb2cd8cade8"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-01ac-7529-95bb-d86aecd23292",
                     *           "placed_at": "2026-11-29T21:13:37.452Z",
                     *           "status": "paid",
                     *           "total_amount": 574.95,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-026f-7c27-88d0-344838c96bce",
                     *           "placed_at": "2026-11-29T21:13:37.647Z",
                     *           "status": "paid",
                     *           "total_amount": 70.95,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-032c-75a7-9bd3-9789e4ce8496",
                     *           "placed_at": "2026-11-29T21:13:37.836Z",
                     *           "status": "paid",
                     *           "total_amount": 31.9,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-03ba-7e53-af97-f14df6f30c6b",
                     *           "placed_at": "2026-11-29T21:13:37.978Z",
                     *           "status": "paid",
                     *           "total_amount": 139.5,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-4491-7eb9-bce7-dcd66a3dde37",
                     *           "placed_at": "2026-11-29T21:13:54.577Z",
                     *           "status": "paid",
                     *           "total_amount": 302.9,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-4653-71dc-89e4-e1c7b33fae04",
                     *           "placed_at": "2026-11-29T21:13:55.027Z",
                     *           "status": "paid",
                     *           "total_amount": 353.99,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-4835-739b-a80e-9131a7492759",
                     *           "placed_at": "2026-11-29T21:13:55.509Z",
                     *           "status": "paid",
                     *           "total_amount": 13.9,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-992b-7d7e-b3f1-73e847f7e997",
                     *           "placed_at": "2026-11-29T21:14:16.235Z",
                     *           "status": "paid",
                     *           "total_amount": 72,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         },
                     *         {
                     *           "currency": "USD",
                     *           "item_count": 1,
                     *           "order_id": "01a22928-bc5d-7b6e-a34a-c7e01c8a6a7c",
                     *           "placed_at": "2026-11-29T21:14:25.245Z",
                     *           "status": "paid",
                     *           "total_amount": 302.9,
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StaffOrderList"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adminGetOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:46:17.506Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget fezmrzvnysbx",
                     *           "line_total": 2500,
                     *           "price": 2500,
                     *           "product_id": "test-fezmrzvnysbx",
                     *           "quantity": 1
                     *         }
                     *       ],
                     *       "order_id": "01a22a13-e882-7b6d-8a10-72736f750b09",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "payment_id": "pay_9f7bd13b80f7ec0774559521",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T01:31:17.506Z",
                     *       "refunded_amount": 0,
                     *       "refunds": [],
                     *       "returns": [],
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "paid",
                     *       "timeline": [
                     *         {
                     *           "amount": 2500,
                     *           "at": "2026-11-30T01:31:17.506Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T01:31:17.784Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 2500,
                     *           "at": "2026-11-30T01:31:17.875Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         }
                     *       ],
                     *       "total_amount": 2500,
                     *       "user_id": "01a22a13-e589-7111-9dec-8f9f5fc2f282"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    adminCancelOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cancelled order. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:07:25.845Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget dipqmwqvytbv",
                     *           "line_total": 2,
                     *           "price": 1,
                     *           "product_id": "test-dipqmwqvytbv",
                     *           "quantity": 2
                     *         }
                     *       ],
                     *       "order_id": "01a229f0-5475-7cdd-a516-a277fd1abd91",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "payment_id": "pay_2388efbb8c737dca8e368f9d",
                     *         "status": "refunded"
                     *       },
                     *       "placed_at": "2026-11-30T00:52:25.845Z",
                     *       "refunded_amount": 2,
                     *       "refunds": [
                     *         {
                     *           "amount": 2,
                     *           "refund_id": "1",
                     *           "refund_to": "original",
                     *           "status": "completed"
                     *         }
                     *       ],
                     *       "returns": [],
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "refunded",
                     *       "timeline": [
                     *         {
                     *           "amount": 2,
                     *           "at": "2026-11-30T00:52:25.845Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:25.946Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 2,
                     *           "at": "2026-11-30T00:52:25.987Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:26.225Z",
                     *           "event": "cancelled"
                     *         },
                     *         {
                     *           "amount": 2,
                     *           "at": "2026-11-30T00:52:26.225Z",
                     *           "event": "refund_due",
                     *           "refund_id": "1",
                     *           "refund_to": "original"
                     *         },
                     *         {
                     *           "amount": 2,
                     *           "at": "2026-11-30T00:52:26.333Z",
                     *           "event": "refunded",
                     *           "refund_id": "1",
                     *           "refund_to": "original"
                     *         }
                     *       ],
                     *       "total_amount": 2,
                     *       "user_id": "01a229f0-5338-7cb0-91b0-5c9d8eea7698"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `not_cancellable`: The order is shipped, delivered, partially refunded or expired.
             *     - `payment_in_progress`: A payment of the order is being processed; try again after `Retry-After` seconds.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_cancellable" | "payment_in_progress";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    deliverOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The delivered order. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:07:40.526Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget txzctjeoxxcd",
                     *           "line_total": 30,
                     *           "price": 10,
                     *           "product_id": "test-txzctjeoxxcd",
                     *           "quantity": 3
                     *         }
                     *       ],
                     *       "order_id": "01a229f0-8dce-7fb4-b06d-401c0e24b6ab",
                     *       "payment": {
                     *         "method": "paypal",
                     *         "payment_id": "pay_dceb9dd877d97f276d0b76e8",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T00:52:40.526Z",
                     *       "refunded_amount": 0,
                     *       "refunds": [],
                     *       "returns": [],
                     *       "shipment": {
                     *         "carrier": "DHL",
                     *         "tracking_number": "00340434161094042557"
                     *       },
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "delivered",
                     *       "timeline": [
                     *         {
                     *           "amount": 30,
                     *           "at": "2026-11-30T00:52:40.526Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.693Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.705Z",
                     *           "decline_code": "card_declined",
                     *           "event": "payment_failed",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.860Z",
                     *           "event": "payment_started",
                     *           "payment_method": "paypal"
                     *         },
                     *         {
                     *           "amount": 30,
                     *           "at": "2026-11-30T00:52:40.878Z",
                     *           "event": "paid",
                     *           "payment_method": "paypal"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:41.341Z",
                     *           "carrier": "DHL",
                     *           "event": "shipped",
                     *           "tracking_number": "00340434161094042557"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:41.685Z",
                     *           "event": "delivered"
                     *         }
                     *       ],
                     *       "total_amount": 30,
                     *       "user_id": "01a229f0-8bb6-750b-b4ea-b2dcc06508ba"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `not_deliverable`: The order is not shipped. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_deliverable";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    grantRefund: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": 5,
                 *       "reason": "arrived late",
                 *       "refund_to": "original"
                 *     }
                 */
                "application/json": components["schemas"]["GrantRefundRequest"];
            };
        };
        responses: {
            /** @description The refund, which is due. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "amount": 10,
                     *       "currency": "USD",
                     *       "order_id": "01a229f0-8dce-7fb4-b06d-401c0e24b6ab",
                     *       "reason": "it came late",
                     *       "refund_id": "2",
                     *       "refund_to": "store_credit",
                     *       "status": "pending"
                     *     }
                     */
                    "application/json": components["schemas"]["GrantedRefund"];
                };
            };
            /** @description Nothing is refunded yet: a second person has to approve it. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expires_at": "2026-12-07T01:31:31.766Z",
                     *       "refund_request_id": "01a22a13-e882-7b6d-8a10-72736f750b09.E_XToAjqO4eluNRs68d_aw",
                     *       "status": "approval_required"
                     *     }
                     */
                    "application/json": components["schemas"]["RefundRequest"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `not_refundable`: The amount exceeds `refundable_amount`.
             *     - `store_credit_unavailable`: The order belongs to no account with a verified address, so nobody could spend the store credit. Choose `original`.
             *     - `too_many_refunds`: The order has 30 refunds without a return already.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_refundable" | "store_credit_unavailable" | "too_many_refunds";
                    } & {
                        /** @description ISO 4217. */
                        currency?: string;
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                        /** @description What can be refunded at most. */
                        refundable_amount?: components["schemas"]["Amount"];
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    retryRefund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
                /** @description The id of the refund within its order. */
                refund_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refund_to": "store_credit"
                 *     }
                 */
                "application/json": components["schemas"]["RetryRefundRequest"];
            };
        };
        responses: {
            /** @description The order with the refund. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:07:36.717Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget qeijfqmhyfsp",
                     *           "line_total": 1,
                     *           "price": 1,
                     *           "product_id": "test-qeijfqmhyfsp",
                     *           "quantity": 1
                     *         }
                     *       ],
                     *       "order_id": "01a229f0-7eed-77a6-829c-d2f030a13907",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "payment_id": "pay_3b13e0a5901cbfe68a4a3749",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T00:52:36.717Z",
                     *       "refunded_amount": 0,
                     *       "refunds": [
                     *         {
                     *           "amount": 1,
                     *           "refund_id": "1",
                     *           "refund_to": "original",
                     *           "status": "pending"
                     *         }
                     *       ],
                     *       "returns": [],
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "cancelled",
                     *       "timeline": [
                     *         {
                     *           "amount": 1,
                     *           "at": "2026-11-30T00:52:36.717Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:36.823Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 1,
                     *           "at": "2026-11-30T00:52:36.913Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:37.291Z",
                     *           "event": "cancelled"
                     *         },
                     *         {
                     *           "amount": 1,
                     *           "at": "2026-11-30T00:52:37.291Z",
                     *           "event": "refund_due",
                     *           "refund_id": "1",
                     *           "refund_to": "original"
                     *         }
                     *       ],
                     *       "total_amount": 1,
                     *       "user_id": "01a229f0-7d7f-7363-a75d-9a2e62d1c9b9"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `store_credit_unavailable`: The order belongs to no account with a verified address, so nobody could spend the store credit. Choose `original`.
             *     - `too_many_refund_retries`: Refunds of the order were retried 100 times. Only `store_credit` is still possible.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "store_credit_unavailable" | "too_many_refund_retries";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    acceptReturn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
                /** @description The id of the return within its order. */
                return_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refund_to": "original"
                 *     }
                 */
                "application/json": components["schemas"]["AcceptReturnRequest"];
            };
        };
        responses: {
            /** @description The order with the accepted return and its refund. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:07:23.057Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget hqrlzrtqbfbn",
                     *           "line_total": 2,
                     *           "price": 1,
                     *           "product_id": "test-hqrlzrtqbfbn",
                     *           "quantity": 2
                     *         }
                     *       ],
                     *       "order_id": "01a229f0-4991-7487-ad73-81657311cd21",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "payment_id": "pay_39f3189b50546c56d287ec2f",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T00:52:23.057Z",
                     *       "refunded_amount": 0,
                     *       "refunds": [
                     *         {
                     *           "amount": 1,
                     *           "granted_by": "01a229db-37d0-74e8-8ef6-d2a69b9a2342",
                     *           "refund_id": "1",
                     *           "refund_to": "original",
                     *           "return_id": "1",
                     *           "status": "pending"
                     *         }
                     *       ],
                     *       "returns": [
                     *         {
                     *           "amount": 1,
                     *           "items": [
                     *             {
                     *               "product_id": "test-hqrlzrtqbfbn",
                     *               "quantity": 1,
                     *               "reason": "too small"
                     *             }
                     *           ],
                     *           "requested_at": "2026-11-30T00:52:23.736Z",
                     *           "return_id": "1",
                     *           "status": "accepted"
                     *         }
                     *       ],
                     *       "shipment": {
                     *         "carrier": "DHL",
                     *         "tracking_number": "00340434161094042557"
                     *       },
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "delivered",
                     *       "timeline": [
                     *         {
                     *           "amount": 2,
                     *           "at": "2026-11-30T00:52:23.057Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:23.148Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 2,
                     *           "at": "2026-11-30T00:52:23.165Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:23.405Z",
                     *           "carrier": "DHL",
                     *           "event": "shipped",
                     *           "tracking_number": "00340434161094042557"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:23.605Z",
                     *           "event": "delivered"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:23.736Z",
                     *           "event": "return_requested",
                     *           "return_id": "1"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:23.880Z",
                     *           "event": "return_accepted",
                     *           "return_id": "1"
                     *         },
                     *         {
                     *           "amount": 1,
                     *           "at": "2026-11-30T00:52:23.880Z",
                     *           "event": "refund_due",
                     *           "refund_id": "1",
                     *           "refund_to": "original",
                     *           "return_id": "1"
                     *         }
                     *       ],
                     *       "total_amount": 2,
                     *       "user_id": "01a229f0-485b-7328-8ca2-b587d1e4d5f5"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `return_already_decided`: The return was rejected, or accepted with another `refund_to`.
             *     - `store_credit_unavailable`: The order belongs to no account with a verified address, so nobody could spend the store credit. Choose `original`.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "return_already_decided" | "store_credit_unavailable";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    rejectReturn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
                /** @description The id of the return within its order. */
                return_id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "it was worn"
                 *     }
                 */
                "application/json": components["schemas"]["RejectReturnRequest"];
            };
        };
        responses: {
            /** @description The order with the rejected return. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:07:40.426Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget ytycvogxqjui",
                     *           "line_total": 10,
                     *           "price": 5,
                     *           "product_id": "test-ytycvogxqjui",
                     *           "quantity": 2
                     *         }
                     *       ],
                     *       "order_id": "01a229f0-8d6a-7d82-8c35-f5e5b019a69f",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "payment_id": "pay_a1569353d249fc86cd4aea5c",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T00:52:40.426Z",
                     *       "refunded_amount": 0,
                     *       "refunds": [],
                     *       "returns": [
                     *         {
                     *           "amount": 10,
                     *           "items": [
                     *             {
                     *               "product_id": "test-ytycvogxqjui",
                     *               "quantity": 2,
                     *               "reason": "too small"
                     *             }
                     *           ],
                     *           "rejection_reason": "it was worn",
                     *           "requested_at": "2026-11-30T00:52:41.094Z",
                     *           "return_id": "1",
                     *           "status": "rejected"
                     *         }
                     *       ],
                     *       "shipment": {
                     *         "carrier": "DHL",
                     *         "tracking_number": "00340434161094042557"
                     *       },
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "delivered",
                     *       "timeline": [
                     *         {
                     *           "amount": 10,
                     *           "at": "2026-11-30T00:52:40.426Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.625Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 10,
                     *           "at": "2026-11-30T00:52:40.659Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.866Z",
                     *           "carrier": "DHL",
                     *           "event": "shipped",
                     *           "tracking_number": "00340434161094042557"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:41.036Z",
                     *           "event": "delivered"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:41.094Z",
                     *           "event": "return_requested",
                     *           "return_id": "1"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:41.439Z",
                     *           "event": "return_rejected",
                     *           "reason": "it was worn",
                     *           "return_id": "1"
                     *         }
                     *       ],
                     *       "total_amount": 10,
                     *       "user_id": "01a229f0-8bb3-74c5-80d9-76da69ebdf7f"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `return_already_decided`: The return was accepted. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "return_already_decided";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    shipOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "carrier": "DHL",
                 *       "tracking_number": "00340434161094042557"
                 *     }
                 */
                "application/json": components["schemas"]["ShipOrderRequest"];
            };
        };
        responses: {
            /** @description The shipped order. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:07:40.526Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget txzctjeoxxcd",
                     *           "line_total": 30,
                     *           "price": 10,
                     *           "product_id": "test-txzctjeoxxcd",
                     *           "quantity": 3
                     *         }
                     *       ],
                     *       "order_id": "01a229f0-8dce-7fb4-b06d-401c0e24b6ab",
                     *       "payment": {
                     *         "method": "paypal",
                     *         "payment_id": "pay_dceb9dd877d97f276d0b76e8",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T00:52:40.526Z",
                     *       "refunded_amount": 0,
                     *       "refunds": [],
                     *       "returns": [],
                     *       "shipment": {
                     *         "carrier": "DHL",
                     *         "tracking_number": "00340434161094042557"
                     *       },
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "shipped",
                     *       "timeline": [
                     *         {
                     *           "amount": 30,
                     *           "at": "2026-11-30T00:52:40.526Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.693Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.705Z",
                     *           "decline_code": "card_declined",
                     *           "event": "payment_failed",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:40.860Z",
                     *           "event": "payment_started",
                     *           "payment_method": "paypal"
                     *         },
                     *         {
                     *           "amount": 30,
                     *           "at": "2026-11-30T00:52:40.878Z",
                     *           "event": "paid",
                     *           "payment_method": "paypal"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:52:41.341Z",
                     *           "carrier": "DHL",
                     *           "event": "shipped",
                     *           "tracking_number": "00340434161094042557"
                     *         }
                     *       ],
                     *       "total_amount": 30,
                     *       "user_id": "01a229f0-8bb6-750b-b4ea-b2dcc06508ba"
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `not_shippable`: The order is not paid, or it is shipped already, with another shipment. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_shippable";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    putProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "HP 364XL",
                 *       "attributes": {
                 *         "Colour": "Cyan",
                 *         "Original": true,
                 *         "Page yield": 750
                 *       },
                 *       "brand": "HP",
                 *       "category": [
                 *         "Printing",
                 *         "Ink cartridges"
                 *       ],
                 *       "ean": [
                 *         "0882780756328"
                 *       ],
                 *       "price": 12.5
                 *     }
                 */
                "application/json": components["schemas"]["PutProductRequest"];
            };
        };
        responses: {
            /** @description The product was replaced. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Widget uvlzejsxusko",
                     *       "description": null,
                     *       "attributes": {
                     *         "Colour": "Cyan"
                     *       },
                     *       "brand": "Testbrand",
                     *       "category": [
                     *         {
                     *           "name": "Test goods",
                     *           "id": "test-goods"
                     *         },
                     *         {
                     *           "name": "Widgets",
                     *           "id": "test-goods.widgets"
                     *         }
                     *       ],
                     *       "currency": "USD",
                     *       "ean": [],
                     *       "id": "test-uvlzejsxusko",
                     *       "image_url": null,
                     *       "max_per_order": 9999,
                     *       "price": 2,
                     *       "released": null,
                     *       "sku": "test-uvlzejsxusko",
                     *       "stock_quantity": 5,
                     *       "thumbnail_url": null,
                     *       "updated_at": "2026-11-30T08:07:04.455Z",
                     *       "version": 1796026024455
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description The product was created. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Widget kwernvqgrazm",
                     *       "description": null,
                     *       "attributes": {
                     *         "Colour": "Cyan"
                     *       },
                     *       "brand": "Testbrand",
                     *       "category": [
                     *         {
                     *           "name": "Test goods",
                     *           "id": "test-goods"
                     *         },
                     *         {
                     *           "name": "Widgets",
                     *           "id": "test-goods.widgets"
                     *         }
                     *       ],
                     *       "currency": "USD",
                     *       "ean": [],
                     *       "id": "test-kwernvqgrazm",
                     *       "image_url": null,
                     *       "max_per_order": 9999,
                     *       "price": 45,
                     *       "released": null,
                     *       "sku": "test-kwernvqgrazm",
                     *       "stock_quantity": 0,
                     *       "thumbnail_url": null,
                     *       "updated_at": "2026-11-30T08:05:25.449Z",
                     *       "version": 1796025925449
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: The id in the path is not 1 to 64 letters, digits, `-`, `_` or `.`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    deleteProduct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product is removed. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: There is no such product. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getRefundRequest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the refund that waits for a second person. */
                refund_request_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The refund as it was asked for. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "amount": 1500,
                     *       "currency": "USD",
                     *       "expires_at": "2026-12-07T04:12:06.000Z",
                     *       "order_id": "01a22aa6-c64f-7b33-8331-f9432d9ec693",
                     *       "reason": "late",
                     *       "refund_request_id": "01a22aa6-c64f-7b33-8331-f9432d9ec693.ge01Yq25d2zUVH0Qgq989w",
                     *       "refund_to": "original",
                     *       "requested_at": "2026-11-30T04:12:06.592Z",
                     *       "requested_by": "01a22aa6-ce8c-7676-bfc2-51f65a0304c6"
                     *     }
                     */
                    "application/json": components["schemas"]["RequestedRefund"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: There is no such request, or it has expired. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    approveRefund: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the refund that waits for a second person. */
                refund_request_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "amount": 1500
                 *     }
                 */
                "application/json": components["schemas"]["ApproveRefundRequest"];
            };
        };
        responses: {
            /** @description The refund, which is due. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "amount": 1400,
                     *       "currency": "USD",
                     *       "order_id": "01a22a14-0d6e-7ec3-a5a9-321a7defe3d3",
                     *       "reason": "late",
                     *       "refund_id": "1",
                     *       "refund_to": "original",
                     *       "status": "pending"
                     *     }
                     */
                    "application/json": components["schemas"]["GrantedRefund"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             *     - `second_person_required`: The caller asked for this refund: another person has to approve it.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing" | "second_person_required";
                    };
                };
            };
            /** @description - `not_found`: There is no such request, or it has expired. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `amount_mismatch`: The refund that was asked for has another amount.
             *     - `not_refundable`: Other refunds were granted meanwhile: the amount exceeds `refundable_amount`.
             *     - `requester_not_permitted`: Who asked for this refund may not refund orders any more: ask for it again.
             *     - `store_credit_unavailable`: The order belongs to no account with a verified address, so nobody could spend the store credit. Choose `original`.
             *     - `too_many_refunds`: The order has 30 refunds without a return already.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "amount_mismatch" | "not_refundable" | "requester_not_permitted" | "store_credit_unavailable" | "too_many_refunds";
                    } & {
                        /** @description ISO 4217. */
                        currency?: string;
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                        /** @description What can be refunded at most. */
                        refundable_amount?: components["schemas"]["Amount"];
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key of the request was used for another request about the order: ask for the refund again.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listReturns: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. Without it: the first page. */
                cursor?: string;
                /** @description The maximum number of orders on a page. Each may have several returns. */
                limit?: number;
                /** @description Only `requested` is valid. `GET /admin/orders/{order_id}` shows decided returns. */
                status?: "requested";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of returns. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "next_cursor": "LqqY3tAn49AwMWEyMjkyOC0xZDgxLTdlMzgtYjE0OC04NTNhMjc5ZmZkZTM",
                     *       "returns": [
                     *         {
                     *           "amount": 161.95,
                     *           "currency": "USD",
                     *           "items": [
                     *             {
                     *               "product_id": "GAR-0001057",
                     *               "quantity": 1,
                     *               "reason": "too small"
                     *             }
                     *           ],
                     *           "order_id": "01a22928-1d81-7e38-b148-853a279ffde3",
                     *           "requested_at": "2026-11-29T21:13:44.795Z",
                     *           "return_id": "1",
                     *           "status": "requested",
                     *           "user_id": "01a22927-eae7-7490-ad38-4ca795812c7d"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["ReturnList"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listStaff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The staff of the shop. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "staff": [
                     *         {
                     *           "email": "shopper-aafpnwxfhycw@souk.example",
                     *           "granted_at": "2026-11-30T01:25:07.824Z",
                     *           "granted_by": "01a229db-37d0-74e8-8ef6-d2a69b9a2342",
                     *           "roles": [
                     *             "refunds"
                     *           ],
                     *           "user_id": "01a22a0e-3e4e-7914-9d07-eb13c5dcf7b2"
                     *         },
                     *         {
                     *           "email": "shopper-afxpohgkqmvk@souk.example",
                     *           "granted_at": "2026-11-30T01:31:35.329Z",
                     *           "granted_by": "01a229db-37d0-74e8-8ef6-d2a69b9a2342",
                     *           "roles": [
                     *             "refunds"
                     *           ],
                     *           "user_id": "01a22a14-2628-758d-a20f-401d8a6f496d"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StaffList"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    putStaff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the account. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "expires_at": "2036-01-31T23:00:00Z",
                 *       "roles": [
                 *         "orders",
                 *         "refunds"
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["PutStaffRequest"];
            };
        };
        responses: {
            /** @description The roles of the account. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "email": "shopper-mvkndankyfsm@souk.example",
                     *       "granted_at": "2026-11-30T00:53:00.937Z",
                     *       "granted_by": "01a229db-37d0-74e8-8ef6-d2a69b9a2342",
                     *       "roles": [
                     *         "catalogue"
                     *       ],
                     *       "user_id": "01a229f0-d918-7ff8-a5b7-26e0b53827b1"
                     *     }
                     */
                    "application/json": components["schemas"]["StaffMember"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `last_administrator`: No other administrator would stay whose grant lasts as long: grant the role to another account first.
             *     - `own_grant`: Administrators cannot end or extend their own roles, or give them an end.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "last_administrator" | "own_grant";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    deleteStaff: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the account. */
                user_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The account has no roles. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `last_administrator`: No other administrator would stay whose grant lasts as long: grant the role to another account first.
             *     - `own_grant`: Administrators cannot end their own role.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "last_administrator" | "own_grant";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getSynonyms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The synonyms. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "groups": [
                     *         [
                     *           "notebook",
                     *           "laptop"
                     *         ],
                     *         [
                     *           "tv",
                     *           "television"
                     *         ],
                     *         [
                     *           "mobile phone",
                     *           "cell phone",
                     *           "cellphone",
                     *           "smartphone"
                     *         ],
                     *         [
                     *           "usb flash drive",
                     *           "usb stick",
                     *           "memory stick",
                     *           "pen drive",
                     *           "thumb drive"
                     *         ],
                     *         [
                     *           "hard drive",
                     *           "hard disk",
                     *           "hdd"
                     *         ],
                     *         [
                     *           "solid state drive",
                     *           "ssd"
                     *         ],
                     *         [
                     *           "graphics card",
                     *           "video card",
                     *           "gpu"
                     *         ],
                     *         [
                     *           "processor",
                     *           "cpu"
                     *         ],
                     *         [
                     *           "memory module",
                     *           "ram"
                     *         ],
                     *         [
                     *           "headphone",
                     *           "earphone",
                     *           "headset"
                     *         ],
                     *         [
                     *           "router",
                     *           "wlan router"
                     *         ],
                     *         [
                     *           "wifi",
                     *           "wlan",
                     *           "wireless lan"
                     *         ],
                     *         [
                     *           "ups",
                     *           "uninterruptible power supply"
                     *         ],
                     *         [
                     *           "power supply",
                     *           "psu"
                     *         ],
                     *         [
                     *           "multifunctional",
                     *           "all in one printer",
                     *           "multifunction printer"
                     *         ],
                     *         [
                     *           "fridge",
                     *           "refrigerator"
                     *         ],
                     *         [
                     *           "hoover",
                     *           "vacuum cleaner"
                     *         ],
                     *         [
                     *           "desktop",
                     *           "desktop computer"
                     *         ],
                     *         [
                     *           "display",
                     *           "monitor"
                     *         ],
                     *         [
                     *           "colour",
                     *           "color"
                     *         ],
                     *         [
                     *           "grey",
                     *           "gray"
                     *         ],
                     *         [
                     *           "centre",
                     *           "center"
                     *         ],
                     *         [
                     *           "fibre",
                     *           "fiber"
                     *         ],
                     *         [
                     *           "aluminium",
                     *           "aluminum"
                     *         ],
                     *         [
                     *           "litre",
                     *           "liter"
                     *         ],
                     *         [
                     *           "metre",
                     *           "meter"
                     *         ]
                     *       ],
                     *       "version": 10
                     *     }
                     */
                    "application/json": components["schemas"]["Synonyms"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    putSynonyms: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "groups": [
                 *         [
                 *           "sofa",
                 *           "couch"
                 *         ],
                 *         [
                 *           "usb stick",
                 *           "flash drive"
                 *         ]
                 *       ],
                 *       "version": 0
                 *     }
                 */
                "application/json": components["schemas"]["PutSynonymsRequest"];
            };
        };
        responses: {
            /** @description The new list, with its version. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "groups": [
                     *         [
                     *           "lktalizewggm",
                     *           "cjlgcefvizmp"
                     *         ],
                     *         [
                     *           "notebook",
                     *           "laptop"
                     *         ],
                     *         [
                     *           "tv",
                     *           "television"
                     *         ],
                     *         [
                     *           "mobile phone",
                     *           "cell phone",
                     *           "cellphone",
                     *           "smartphone"
                     *         ],
                     *         [
                     *           "usb flash drive",
                     *           "usb stick",
                     *           "memory stick",
                     *           "pen drive",
                     *           "thumb drive"
                     *         ],
                     *         [
                     *           "hard drive",
                     *           "hard disk",
                     *           "hdd"
                     *         ],
                     *         [
                     *           "solid state drive",
                     *           "ssd"
                     *         ],
                     *         [
                     *           "graphics card",
                     *           "video card",
                     *           "gpu"
                     *         ],
                     *         [
                     *           "processor",
                     *           "cpu"
                     *         ],
                     *         [
                     *           "memory module",
                     *           "ram"
                     *         ],
                     *         [
                     *           "headphone",
                     *           "earphone",
                     *           "headset"
                     *         ],
                     *         [
                     *           "router",
                     *           "wlan router"
                     *         ],
                     *         [
                     *           "wifi",
                     *           "wlan",
                     *           "wireless lan"
                     *         ],
                     *         [
                     *           "ups",
                     *           "uninterruptible power supply"
                     *         ],
                     *         [
                     *           "power supply",
                     *           "psu"
                     *         ],
                     *         [
                     *           "multifunctional",
                     *           "all in one printer",
                     *           "multifunction printer"
                     *         ],
                     *         [
                     *           "fridge",
                     *           "refrigerator"
                     *         ],
                     *         [
                     *           "hoover",
                     *           "vacuum cleaner"
                     *         ],
                     *         [
                     *           "desktop",
                     *           "desktop computer"
                     *         ],
                     *         [
                     *           "display",
                     *           "monitor"
                     *         ],
                     *         [
                     *           "colour",
                     *           "color"
                     *         ],
                     *         [
                     *           "grey",
                     *           "gray"
                     *         ],
                     *         [
                     *           "centre",
                     *           "center"
                     *         ],
                     *         [
                     *           "fibre",
                     *           "fiber"
                     *         ],
                     *         [
                     *           "aluminium",
                     *           "aluminum"
                     *         ],
                     *         [
                     *           "litre",
                     *           "liter"
                     *         ],
                     *         [
                     *           "metre",
                     *           "meter"
                     *         ]
                     *       ],
                     *       "version": 11
                     *     }
                     */
                    "application/json": components["schemas"]["Synonyms"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /**
             * @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address.
             *     - `forbidden`: The account lacks the permission.
             *     - `second_factor_missing`: The account has the permission, but the session was started without a second factor.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused" | "forbidden" | "second_factor_missing";
                    };
                };
            };
            /** @description - `synonyms_changed`: The list was changed meanwhile: read it again. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "synonyms_changed";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    createGuest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session of a new guest. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expires_in": 900,
                     *       "kind": "guest",
                     *       "refresh_token": "…",
                     *       "token": "…",
                     *       "token_type": "Bearer",
                     *       "user_id": "01a229ef-868e-7734-afce-62a99dd6978c"
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    acceptInvitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery staple",
                 *       "token": "x7rYkzB0mT1vQ4nUe9aZcW2dLs8fJgHp3oKi6R5tVbE"
                 *     }
                 */
                "application/json": components["schemas"]["AcceptInvitationRequest"];
            };
        };
        responses: {
            /** @description The account has the roles of the invitation. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /** @description - `invalid_credentials`: The e-mail address has an account, and this is not its password. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_credentials";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /**
             * @description - `last_administrator`: No other administrator would stay whose grant lasts as long: grant the role to another account first.
             *     - `own_grant`: An administrator accepted an own invitation with other roles.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "last_administrator" | "own_grant";
                    };
                };
            };
            /** @description - `link_expired`: The link was used, has expired or never existed, the account has changed since, or the inviting account is no administrator any more: ask for another invitation. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "link_expired";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ann@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["LoginRequest"];
            };
        };
        responses: {
            /** @description A new session. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "device_token": "…",
                     *       "expires_in": 900,
                     *       "kind": "shopper",
                     *       "refresh_token": "…",
                     *       "token": "…",
                     *       "token_type": "Bearer",
                     *       "user_id": "01a22b7e-3f66-7f2c-8e08-70cf720ca89e"
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `challenge_expired`: There is no such challenge any more: log in again with the password.
             *     - `invalid_code`: The code is wrong or was used before.
             *     - `invalid_credentials`: The e-mail address or the password is wrong.
             *     - `second_factor_required`: The account has a second factor.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "challenge_expired" | "invalid_code" | "invalid_credentials" | "second_factor_required";
                    } & {
                        /** @description With `second_factor_required`: send it with the `code` within five minutes, in place of address and password. */
                        challenge?: string;
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts to log in. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    logout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "AZpA2CNbcGCq0BDAkjoXnQGaQNgjW3BgqtAQwJI6F50AAAAAq2Yx0Jt7RkWmPzC4vHsLbN8eGdUfTaKiOoQw3XyZ5ME"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshTokenRequest"];
            };
        };
        responses: {
            /** @description The session has ended, or there was none with this token. */
            204: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    requestPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ann@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["EmailRequest"];
            };
        };
        responses: {
            /** @description A mail is sent. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    confirmPasswordReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "battery staple correct horse",
                 *       "token": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA"
                 *     }
                 */
                "application/json": components["schemas"]["ConfirmPasswordResetRequest"];
            };
        };
        responses: {
            /** @description The account has the new password. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "device_token": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["PasswordReset"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `link_expired`: The link was used, has expired or never existed: ask for another mail. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "link_expired";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    refresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "refresh_token": "AZpA2CNbcGCq0BDAkjoXnQGaQNgjW3BgqtAQwJI6F50AAAAAq2Yx0Jt7RkWmPzC4vHsLbN8eGdUfTaKiOoQw3XyZ5ME"
                 *     }
                 */
                "application/json": components["schemas"]["RefreshTokenRequest"];
            };
        };
        responses: {
            /** @description The next pair of tokens of the session. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expires_in": 900,
                     *       "kind": "guest",
                     *       "refresh_token": "…",
                     *       "token": "…",
                     *       "token_type": "Bearer",
                     *       "user_id": "01a229f0-d65c-7ecb-bb53-0984703272f9"
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `refresh_token_invalid`: The session has ended, or the token was never issued: log in again.
             *     - `refresh_token_reused`: The token was used before, so its session was ended: log in again.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "refresh_token_invalid" | "refresh_token_reused";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ann@example.com",
                 *       "password": "correct horse battery staple"
                 *     }
                 */
                "application/json": components["schemas"]["RegisterRequest"];
            };
        };
        responses: {
            /** @description The session of the new account, whose `kind` is `guest`. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expires_in": 900,
                     *       "kind": "guest",
                     *       "refresh_token": "…",
                     *       "token": "…",
                     *       "token_type": "Bearer",
                     *       "user_id": "01a22a13-aca0-7388-813e-407d3e81b19d"
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    requestVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "ann@example.com"
                 *     }
                 */
                "application/json": components["schemas"]["EmailRequest"];
            };
        };
        responses: {
            /** @description A mail is sent if the address was registered. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    confirmVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "password": "correct horse battery staple",
                 *       "token": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA"
                 *     }
                 */
                "application/json": components["schemas"]["ConfirmVerificationRequest"];
            };
        };
        responses: {
            /** @description A session of the account, whose `kind` is `shopper`. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "device_token": "…",
                     *       "expires_in": 900,
                     *       "kind": "shopper",
                     *       "refresh_token": "…",
                     *       "token": "…",
                     *       "token_type": "Bearer",
                     *       "user_id": "01a22b7e-3f66-7f2c-8e08-70cf720ca89e"
                     *     }
                     */
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /** @description - `invalid_credentials`: The password is not that of the registration. The link still works. */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_credentials";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `address_taken`: Another account has verified the address. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "address_taken";
                    };
                };
            };
            /** @description - `link_expired`: The link was used, has expired or never existed: ask for another mail. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "link_expired";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts. Try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many passwords are checked at once. Try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [],
                     *       "total_amount": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    clearCart: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [],
                     *       "total_amount": 0
                     *     }
                     */
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    addCartItem: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "product_id": "OUT-0000472",
                 *       "quantity": 2
                 *     }
                 */
                "application/json": components["schemas"]["AddCartItemRequest"];
            };
        };
        responses: {
            /** @description The cart with the added units. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "cart": {
                     *         "currency": "USD",
                     *         "items": [
                     *           {
                     *             "name": "Widget lzdjwhymdyrr",
                     *             "available": true,
                     *             "line_total": 1.05,
                     *             "price": 1.05,
                     *             "product_id": "test-lzdjwhymdyrr",
                     *             "quantity": 1,
                     *             "stock_quantity": 3
                     *           },
                     *           {
                     *             "name": "Widget wxnityiyxygy",
                     *             "available": true,
                     *             "line_total": 2,
                     *             "price": 2,
                     *             "product_id": "test-wxnityiyxygy",
                     *             "quantity": 1,
                     *             "stock_quantity": 3
                     *           }
                     *         ],
                     *         "total_amount": 3.05
                     *       },
                     *       "message": "Item added"
                     *     }
                     */
                    "application/json": components["schemas"]["CartAddition"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `product_not_found`: There is no such product. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "product_not_found";
                    };
                };
            };
            /**
             * @description - `cart_full`: The cart has as many different products as it may have.
             *     - `quantity_limit`: The line would have more units than one order may have.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "cart_full" | "quantity_limit";
                    } & {
                        /**
                         * Format: uint32
                         * @description With `quantity_limit`: the most units of the product in one order.
                         */
                        max_per_order?: number;
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    removeCartItem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cart. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "name": "Widget lzdjwhymdyrr",
                     *           "available": true,
                     *           "line_total": 3.15,
                     *           "price": 1.05,
                     *           "product_id": "test-lzdjwhymdyrr",
                     *           "quantity": 3,
                     *           "stock_quantity": 3
                     *         }
                     *       ],
                     *       "total_amount": 3.15
                     *     }
                     */
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: The id in the path is not 1 to 64 letters, digits, `-`, `_` or `.`. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    updateCartItem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "quantity": 3
                 *     }
                 */
                "application/json": components["schemas"]["UpdateCartItemRequest"];
            };
        };
        responses: {
            /** @description The cart with the new quantity. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "name": "Widget lzdjwhymdyrr",
                     *           "available": true,
                     *           "line_total": 3.15,
                     *           "price": 1.05,
                     *           "product_id": "test-lzdjwhymdyrr",
                     *           "quantity": 3,
                     *           "stock_quantity": 3
                     *         },
                     *         {
                     *           "name": "Widget wxnityiyxygy",
                     *           "available": true,
                     *           "line_total": 2,
                     *           "price": 2,
                     *           "product_id": "test-wxnityiyxygy",
                     *           "quantity": 1,
                     *           "stock_quantity": 3
                     *         }
                     *       ],
                     *       "total_amount": 5.15
                     *     }
                     */
                    "application/json": components["schemas"]["Cart"];
                };
            };
            /** @description - `malformed_json`: The body is not a JSON object. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "malformed_json";
                    };
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: The product is not in the cart. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `quantity_limit`: The line would have more units than one order may have. */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "quantity_limit";
                    } & {
                        /**
                         * Format: uint32
                         * @description With `quantity_limit`: the most units of the product in one order.
                         */
                        max_per_order?: number;
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listCategories: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The category tree. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "categories": [
                     *         {
                     *           "name": "0",
                     *           "children": [],
                     *           "id": "0"
                     *         },
                     *         {
                     *           "name": "00",
                     *           "children": [],
                     *           "id": "00"
                     *         },
                     *         {
                     *           "name": "00000000000000000000000000000000000000000000000000000000000",
                     *           "children": [],
                     *           "id": "00000000000000000000000000000000000000000000000000000000000"
                     *         },
                     *         {
                     *           "name": "000000000000000000000000000000000000000000000000000000000000",
                     *           "children": [],
                     *           "id": "000000000000000000000000000000000000000000000000000000000000"
                     *         },
                     *         {
                     *           "name": "Audio",
                     *           "children": [
                     *             {
                     *               "name": "Earbuds",
                     *               "children": [],
                     *               "id": "audio.earbuds"
                     *             },
                     *             {
                     *               "name": "Headphones",
                     *               "children": [],
                     *               "id": "audio.headphones"
                     *             },
                     *             {
                     *               "name": "Microphones",
                     *               "children": [],
                     *               "id": "audio.microphones"
                     *             },
                     *             {
                     *               "name": "Speakers",
                     *               "children": [],
                     *               "id": "audio.speakers"
                     *             },
                     *             {
                     *               "name": "Turntables",
                     *               "children": [],
                     *               "id": "audio.turntables"
                     *             }
                     *           ],
                     *           "id": "audio"
                     *         },
                     *         {
                     *           "name": "Clothing",
                     *           "children": [
                     *             {
                     *               "name": "Jackets",
                     *               "children": [],
                     *               "id": "clothing.jackets"
                     *             },
                     *             {
                     *               "name": "Shoes",
                     *               "children": [],
                     *               "id": "clothing.shoes"
                     *             },
                     *             {
                     *               "name": "Sweaters",
                     *               "children": [],
                     *               "id": "clothing.sweaters"
                     *             },
                     *             {
                     *               "name": "T-shirts",
                     *               "children": [],
                     *               "id": "clothing.t-shirts"
                     *             },
                     *             {
                     *               "name": "Trousers",
                     *               "children": [],
                     *               "id": "clothing.trousers"
                     *             }
                     *           ],
                     *           "id": "clothing"
                     *         },
                     *         {
                     *           "name": "Computers",
                     *           "children": [
                     *             {
                     *               "name": "Drives",
                     *               "children": [],
                     *               "id": "computers.drives"
                     *             },
                     *             {
                     *               "name": "Keyboards",
                     *               "children": [],
                     *               "id": "computers.keyboards"
                     *             },
                     *             {
                     *               "name": "Laptops",
                     *               "children": [],
                     *               "id": "computers.laptops"
                     *             },
                     *             {
                     *               "name": "Mice",
                     *               "children": [],
                     *               "id": "computers.mice"
                     *             },
                     *             {
                     *               "name": "Monitors",
                     *               "children": [],
                     *               "id": "computers.monitors"
                     *             }
                     *           ],
                     *           "id": "computers"
                     *         },
                     *         {
                     *           "name": "Cycling",
                     *           "children": [
                     *             {
                     *               "name": "City bikes",
                     *               "children": [],
                     *               "id": "cycling.city-bikes"
                     *             },
                     *             {
                     *               "name": "E-bikes",
                     *               "children": [],
                     *               "id": "cycling.e-bikes"
                     *             },
                     *             {
                     *               "name": "Helmets",
                     *               "children": [],
                     *               "id": "cycling.helmets"
                     *             },
                     *             {
                     *               "name": "Locks",
                     *               "children": [],
                     *               "id": "cycling.locks"
                     *             },
                     *             {
                     *               "name": "Pumps",
                     *               "children": [],
                     *               "id": "cycling.pumps"
                     *             }
                     *           ],
                     *           "id": "cycling"
                     *         },
                     *         {
                     *           "name": "Furniture",
                     *           "children": [
                     *             {
                     *               "name": "Beds",
                     *               "children": [],
                     *               "id": "furniture.beds"
                     *             },
                     *             {
                     *               "name": "Chairs",
                     *               "children": [],
                     *               "id": "furniture.chairs"
                     *             },
                     *             {
                     *               "name": "Desks",
                     *               "children": [],
                     *               "id": "furniture.desks"
                     *             },
                     *             {
                     *               "name": "Lighting",
                     *               "children": [],
                     *               "id": "furniture.lighting"
                     *             },
                     *             {
                     *               "name": "Shelves",
                     *               "children": [],
                     *               "id": "furniture.shelves"
                     *             }
                     *           ],
                     *           "id": "furniture"
                     *         },
                     *         {
                     *           "name": "Garden",
                     *           "children": [
                     *             {
                     *               "name": "Grills",
                     *               "children": [],
                     *               "id": "garden.grills"
                     *             },
                     *             {
                     *               "name": "Hand tools",
                     *               "children": [],
                     *               "id": "garden.hand-tools"
                     *             },
                     *             {
                     *               "name": "Mowers",
                     *               "children": [],
                     *               "id": "garden.mowers"
                     *             },
                     *             {
                     *               "name": "Planters",
                     *               "children": [],
                     *               "id": "garden.planters"
                     *             },
                     *             {
                     *               "name": "Watering",
                     *               "children": [],
                     *               "id": "garden.watering"
                     *             }
                     *           ],
                     *           "id": "garden"
                     *         },
                     *         {
                     *           "name": "Health & Sport",
                     *           "children": [
                     *             {
                     *               "name": "Running",
                     *               "children": [],
                     *               "id": "health-sport.running"
                     *             },
                     *             {
                     *               "name": "Swimming",
                     *               "children": [],
                     *               "id": "health-sport.swimming"
                     *             },
                     *             {
                     *               "name": "Watches",
                     *               "children": [],
                     *               "id": "health-sport.watches"
                     *             },
                     *             {
                     *               "name": "Weights",
                     *               "children": [],
                     *               "id": "health-sport.weights"
                     *             },
                     *             {
                     *               "name": "Yoga",
                     *               "children": [],
                     *               "id": "health-sport.yoga"
                     *             }
                     *           ],
                     *           "id": "health-sport"
                     *         },
                     *         {
                     *           "name": "Kitchen",
                     *           "children": [
                     *             {
                     *               "name": "Blenders",
                     *               "children": [],
                     *               "id": "kitchen.blenders"
                     *             },
                     *             {
                     *               "name": "Coffee makers",
                     *               "children": [],
                     *               "id": "kitchen.coffee-makers"
                     *             },
                     *             {
                     *               "name": "Kettles",
                     *               "children": [],
                     *               "id": "kitchen.kettles"
                     *             },
                     *             {
                     *               "name": "Knives",
                     *               "children": [],
                     *               "id": "kitchen.knives"
                     *             },
                     *             {
                     *               "name": "Pans",
                     *               "children": [],
                     *               "id": "kitchen.pans"
                     *             }
                     *           ],
                     *           "id": "kitchen"
                     *         },
                     *         {
                     *           "name": "Office",
                     *           "children": [
                     *             {
                     *               "name": "Notebooks",
                     *               "children": [],
                     *               "id": "office.notebooks"
                     *             },
                     *             {
                     *               "name": "Organisers",
                     *               "children": [],
                     *               "id": "office.organisers"
                     *             },
                     *             {
                     *               "name": "Paper",
                     *               "children": [],
                     *               "id": "office.paper"
                     *             },
                     *             {
                     *               "name": "Pens",
                     *               "children": [],
                     *               "id": "office.pens"
                     *             },
                     *             {
                     *               "name": "Printers",
                     *               "children": [],
                     *               "id": "office.printers"
                     *             }
                     *           ],
                     *           "id": "office"
                     *         },
                     *         {
                     *           "name": "Outdoor",
                     *           "children": [
                     *             {
                     *               "name": "Backpacks",
                     *               "children": [],
                     *               "id": "outdoor.backpacks"
                     *             },
                     *             {
                     *               "name": "Cookware",
                     *               "children": [],
                     *               "id": "outdoor.cookware"
                     *             },
                     *             {
                     *               "name": "Lamps",
                     *               "children": [],
                     *               "id": "outdoor.lamps"
                     *             },
                     *             {
                     *               "name": "Sleeping bags",
                     *               "children": [],
                     *               "id": "outdoor.sleeping-bags"
                     *             },
                     *             {
                     *               "name": "Tents",
                     *               "children": [],
                     *               "id": "outdoor.tents"
                     *             }
                     *           ],
                     *           "id": "outdoor"
                     *         },
                     *         {
                     *           "name": "Phones & Tablets",
                     *           "children": [
                     *             {
                     *               "name": "Cases",
                     *               "children": [],
                     *               "id": "phones-tablets.cases"
                     *             },
                     *             {
                     *               "name": "Chargers",
                     *               "children": [],
                     *               "id": "phones-tablets.chargers"
                     *             },
                     *             {
                     *               "name": "Power banks",
                     *               "children": [],
                     *               "id": "phones-tablets.power-banks"
                     *             },
                     *             {
                     *               "name": "Smartphones",
                     *               "children": [],
                     *               "id": "phones-tablets.smartphones"
                     *             },
                     *             {
                     *               "name": "Tablets",
                     *               "children": [],
                     *               "id": "phones-tablets.tablets"
                     *             }
                     *           ],
                     *           "id": "phones-tablets"
                     *         },
                     *         {
                     *           "name": "Printing",
                     *           "children": [
                     *             {
                     *               "name": "Ink cartridges",
                     *               "children": [],
                     *               "id": "printing.ink-cartridges"
                     *             }
                     *           ],
                     *           "id": "printing"
                     *         },
                     *         {
                     *           "name": "Test goods",
                     *           "children": [
                     *             {
                     *               "name": "Gadgets",
                     *               "children": [],
                     *               "id": "test-goods.gadgets"
                     *             },
                     *             {
                     *               "name": "Widgets",
                     *               "children": [],
                     *               "id": "test-goods.widgets"
                     *             }
                     *           ],
                     *           "id": "test-goods"
                     *         },
                     *         {
                     *           "name": "Toys & Games",
                     *           "children": [
                     *             {
                     *               "name": "Board games",
                     *               "children": [],
                     *               "id": "toys-games.board-games"
                     *             },
                     *             {
                     *               "name": "Building sets",
                     *               "children": [],
                     *               "id": "toys-games.building-sets"
                     *             },
                     *             {
                     *               "name": "Outdoor toys",
                     *               "children": [],
                     *               "id": "toys-games.outdoor-toys"
                     *             },
                     *             {
                     *               "name": "Plush",
                     *               "children": [],
                     *               "id": "toys-games.plush"
                     *             },
                     *             {
                     *               "name": "Puzzles",
                     *               "children": [],
                     *               "id": "toys-games.puzzles"
                     *             }
                     *           ],
                     *           "id": "toys-games"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CategoryTree"];
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listCollections: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All collections, at most about a hundred. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "collections": [
                     *         {
                     *           "name": "Ink on sale",
                     *           "id": "ink-on-sale"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CollectionList"];
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getInventory: {
        parameters: {
            query: {
                /** @description The ids of up to 10 products, separated by commas. */
                product_ids: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stock of each product. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "items": [
                     *         {
                     *           "available": 1,
                     *           "product_id": "test-sajfgfurfpfu"
                     *         },
                     *         {
                     *           "available": 22,
                     *           "product_id": "test-rcqkawgmsymw"
                     *         },
                     *         {
                     *           "available": 0,
                     *           "product_id": "never"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["StockList"];
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getOpenapi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getLinkedOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The token of the link. */
                token: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:06:48.791Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget iflydqpkyfyr",
                     *           "line_total": 10,
                     *           "price": 10,
                     *           "product_id": "test-iflydqpkyfyr",
                     *           "quantity": 1
                     *         }
                     *       ],
                     *       "order_id": "01a229ef-c3b7-71de-ab6d-ee7d3dad65df",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T00:51:48.791Z",
                     *       "refunded_amount": 0,
                     *       "refunds": [],
                     *       "returns": [],
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "paid",
                     *       "timeline": [
                     *         {
                     *           "amount": 10,
                     *           "at": "2026-11-30T00:51:48.791Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:51:48.985Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 10,
                     *           "at": "2026-11-30T00:51:49.033Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         }
                     *       ],
                     *       "total_amount": 10
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: The link is not valid or has expired. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listOrders: {
        parameters: {
            query?: {
                /** @description `next_cursor` of the page before. Without it: the first page. */
                cursor?: string;
                /** @description The maximum number of orders on a page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of orders. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "next_cursor": null,
                     *       "orders": []
                     *     }
                     */
                    "application/json": components["schemas"]["OrderList"];
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    placeOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "contact": {
                 *         "email": "ada@example.com",
                 *         "phone": "+1 217 555 0100"
                 *       },
                 *       "payment_method": "credit_card",
                 *       "shipping_address": {
                 *         "name": "Ada Example",
                 *         "city": "Springfield",
                 *         "country": "US",
                 *         "line1": "1 Main Street",
                 *         "postal_code": "62701",
                 *         "region": "IL"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["PlaceOrderRequest"];
            };
        };
        responses: {
            /** @description The order, which waits for its payment. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:46:17.506Z",
                     *       "order_id": "01a22a13-e882-7b6d-8a10-72736f750b09",
                     *       "status": "pending_payment",
                     *       "total_amount": 2500
                     *     }
                     */
                    "application/json": components["schemas"]["PlacedOrder"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /**
             * @description - `cart_changed`: The cart was changed at the same time: the shopper should look at it again.
             *     - `cart_empty`: There is nothing in the cart.
             *     - `insufficient_stock`: There is less in stock than in the cart.
             *     - `order_too_large`: The cart is too large for one order. Order a part of it first.
             *     - `price_changed`: The total is not `expected_total`.
             *     - `product_unavailable`: Products in the cart are no longer sold.
             *     - `quantity_limited`: There is more of a product in the cart than one order may have. `limits` has the maximum of each.
             *     - `too_many_unpaid_orders`: Too many orders or units wait for their payment. Pay or cancel one of `order_ids` first.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "cart_changed" | "cart_empty" | "insufficient_stock" | "order_too_large" | "price_changed" | "product_unavailable" | "quantity_limited" | "too_many_unpaid_orders";
                    } & {
                        /** @description With `insufficient_stock`: the products of which there is less in stock than in the cart. */
                        items?: components["schemas"]["ItemShortage"][];
                    } & {
                        /** @description With `price_changed`: ISO 4217. */
                        currency?: string;
                        /** @description With `price_changed`: the current total of the cart. */
                        total_amount?: components["schemas"]["Amount"];
                    } & {
                        /** @description With `product_unavailable`: the products to remove from the cart. */
                        product_ids?: string[];
                    } & {
                        /** @description With `quantity_limited`: the products of which the cart has too many units. */
                        limits?: components["schemas"]["QuantityLimit"][];
                    } & {
                        /** @description With `too_many_unpaid_orders`: the orders that wait for their payment. */
                        order_ids?: string[];
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_orders`: Too many orders from this network address or with this contact; try again after `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_orders";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `busy`: Too many orders of the same products at the same time; try again after `Retry-After` seconds.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "busy" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:46:26.958Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget cygkimcbabol",
                     *           "line_total": 1500,
                     *           "price": 1500,
                     *           "product_id": "test-cygkimcbabol",
                     *           "quantity": 1
                     *         }
                     *       ],
                     *       "order_id": "01a22a14-0d6e-7ec3-a5a9-321a7defe3d3",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "payment_id": "pay_74a146dc0007df0f13ba895d",
                     *         "status": "completed"
                     *       },
                     *       "placed_at": "2026-11-30T01:31:26.958Z",
                     *       "refunded_amount": 1400,
                     *       "refunds": [
                     *         {
                     *           "amount": 1400,
                     *           "reason": "late",
                     *           "refund_id": "1",
                     *           "refund_to": "original",
                     *           "status": "completed"
                     *         }
                     *       ],
                     *       "returns": [],
                     *       "shipment": {
                     *         "carrier": "DHL",
                     *         "tracking_number": "00340434161094042557"
                     *       },
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "partially_refunded",
                     *       "timeline": [
                     *         {
                     *           "amount": 1500,
                     *           "at": "2026-11-30T01:31:26.958Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T01:31:27.384Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 1500,
                     *           "at": "2026-11-30T01:31:27.485Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T01:31:28.135Z",
                     *           "carrier": "DHL",
                     *           "event": "shipped",
                     *           "tracking_number": "00340434161094042557"
                     *         },
                     *         {
                     *           "at": "2026-11-30T01:31:28.597Z",
                     *           "event": "delivered"
                     *         },
                     *         {
                     *           "amount": 1400,
                     *           "at": "2026-11-30T01:31:36.365Z",
                     *           "event": "refund_due",
                     *           "reason": "late",
                     *           "refund_id": "1",
                     *           "refund_to": "original"
                     *         },
                     *         {
                     *           "amount": 1400,
                     *           "at": "2026-11-30T01:31:36.474Z",
                     *           "event": "refunded",
                     *           "reason": "late",
                     *           "refund_id": "1",
                     *           "refund_to": "original"
                     *         }
                     *       ],
                     *       "total_amount": 1500
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id, or it belongs to another account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cancelled order. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "contact": {
                     *         "email": "ann@souk.example"
                     *       },
                     *       "currency": "USD",
                     *       "hold_expires_at": "2026-11-30T01:06:51.434Z",
                     *       "lines": [
                     *         {
                     *           "name": "Widget bmvkdmlqigsp",
                     *           "line_total": 25,
                     *           "price": 12.5,
                     *           "product_id": "test-bmvkdmlqigsp",
                     *           "quantity": 2
                     *         }
                     *       ],
                     *       "order_id": "01a229ef-ce0a-7aae-880a-415e29c73909",
                     *       "payment": {
                     *         "method": "credit_card",
                     *         "payment_id": "pay_c8b0cbe5417a9daccce1e093",
                     *         "status": "refunded"
                     *       },
                     *       "placed_at": "2026-11-30T00:51:51.434Z",
                     *       "refunded_amount": 25,
                     *       "refunds": [
                     *         {
                     *           "amount": 25,
                     *           "refund_id": "1",
                     *           "refund_to": "original",
                     *           "status": "completed"
                     *         }
                     *       ],
                     *       "returns": [],
                     *       "shipping_address": "1 Main Street, Springfield",
                     *       "status": "refunded",
                     *       "timeline": [
                     *         {
                     *           "amount": 25,
                     *           "at": "2026-11-30T00:51:51.434Z",
                     *           "event": "placed"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:51:51.575Z",
                     *           "event": "payment_started",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "amount": 25,
                     *           "at": "2026-11-30T00:51:51.616Z",
                     *           "event": "paid",
                     *           "payment_method": "credit_card"
                     *         },
                     *         {
                     *           "at": "2026-11-30T00:51:51.795Z",
                     *           "event": "cancelled"
                     *         },
                     *         {
                     *           "amount": 25,
                     *           "at": "2026-11-30T00:51:51.795Z",
                     *           "event": "refund_due",
                     *           "refund_id": "1",
                     *           "refund_to": "original"
                     *         },
                     *         {
                     *           "amount": 25,
                     *           "at": "2026-11-30T00:51:51.894Z",
                     *           "event": "refunded",
                     *           "refund_id": "1",
                     *           "refund_to": "original"
                     *         }
                     *       ],
                     *       "total_amount": 25
                     *     }
                     */
                    "application/json": components["schemas"]["Order"];
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id, or it belongs to another account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `cancellation_limited`: The caller cancelled several paid orders within a day. Staff can cancel this one.
             *     - `not_cancellable`: The order is shipped, delivered, partially refunded or expired.
             *     - `payment_in_progress`: A payment of the order is being processed; try again after `Retry-After` seconds.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "cancellation_limited" | "not_cancellable" | "payment_in_progress";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    createOrderLink: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "expires_at": "2027-02-28T00:51:33.571Z",
                     *       "token": "…"
                     *     }
                     */
                    "application/json": components["schemas"]["OrderLink"];
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id, or it belongs to another account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    payOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "payment_token": "sandbox_success"
                 *     }
                 */
                "application/json": components["schemas"]["PayOrderRequest"];
            };
        };
        responses: {
            /** @description The order is paid. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "order_id": "01a229f0-980f-753d-83fb-dc4fd975dc38",
                     *       "payment_id": "credit_01a229f0-980f-753d-83fb-dc4fd975dc38_0",
                     *       "status": "completed"
                     *     }
                     */
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /** @description The outcome is not known yet. With the status `requires_action`, send the shopper to `action_url`. `GET /orders/{order_id}` shows the outcome once it is known: within minutes, for a bank transfer within days. */
            202: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "action_url": "https://sandbox.invalid/authenticate/pay_e40dd225ee87d78e330af059",
                     *       "order_id": "01a229ef-c4d1-72eb-9c7a-d9012d92d614",
                     *       "payment_id": "pay_e40dd225ee87d78e330af059",
                     *       "status": "requires_action"
                     *     }
                     */
                    "application/json": components["schemas"]["Payment"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /**
             * @description - `session_ended`: The session has ended: log in again.
             *     - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "session_ended" | "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `payment_declined`: The payment was declined. `decline_code` says why, if the caller is an account that has paid before. */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payment_declined";
                    } & {
                        /**
                         * @description With `payment_declined`: why, such as `card_declined`, `insufficient_funds`, `expired_card`, `incorrect_cvc`,
                         *     `authentication_required`, `invalid_token`, `payment_method_unavailable`, `insufficient_store_credit` or
                         *     `abandoned`. More may follow. Guests, and accounts that have not paid an order yet, only get
                         *     `insufficient_store_credit`.
                         */
                        decline_code?: string;
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id, or it belongs to another account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `hold_expired`: The order was not paid in time. Place a new one.
             *     - `not_payable`: The order is cancelled or refunded.
             *     - `payment_in_progress`: Another payment of the order is being processed.
             *     - `request_in_progress`: The first request with this `Idempotency-Key` is being processed.
             *     - `store_credit_unavailable`: The caller has no account with a verified address, and so no store credit.
             *     - `too_many_payment_attempts`: The order has as many payment attempts as it may have. Place a new one.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "hold_expired" | "not_payable" | "payment_in_progress" | "request_in_progress" | "store_credit_unavailable" | "too_many_payment_attempts";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /**
             * @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds.
             *     - `too_many_attempts`: Too many attempts to pay failed, of the caller, from this network address or with this card. Wait `Retry-After` seconds.
             */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited" | "too_many_attempts";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `payment_unavailable`: This way to pay does not work at the moment. Nothing was charged.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payment_unavailable" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    requestReturn: {
        parameters: {
            query?: never;
            header?: {
                /** @description Marks a retry as the same call. Chosen by the client, anew for each call, such as a UUID. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The id of the order. */
                order_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "items": [
                 *         {
                 *           "product_id": "OUT-0000472",
                 *           "quantity": 1,
                 *           "reason": "does not fit"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["RequestReturnRequest"];
            };
        };
        responses: {
            /** @description The requested return. */
            201: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "amount": 10,
                     *       "currency": "USD",
                     *       "items": [
                     *         {
                     *           "product_id": "test-ytycvogxqjui",
                     *           "quantity": 2,
                     *           "reason": "too small"
                     *         }
                     *       ],
                     *       "order_id": "01a229f0-8d6a-7d82-8c35-f5e5b019a69f",
                     *       "requested_at": "2026-11-30T00:52:41.094Z",
                     *       "return_id": "1",
                     *       "status": "requested"
                     *     }
                     */
                    "application/json": components["schemas"]["RequestedReturn"];
                };
            };
            /**
             * @description - `card_number`: The key looks like a card number, which must never reach the shop.
             *     - `invalid_idempotency_key`: The key is not 1 to 255 printable ASCII characters without spaces.
             *     - `malformed_json`: The body is not a JSON object.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "card_number" | "invalid_idempotency_key" | "malformed_json";
                    };
                };
            };
            /**
             * @description - `token_expired`: The token has expired: refresh it.
             *     - `token_invalid`: The token is not valid: log in again.
             *     - `token_required`: There is no token.
             */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "token_expired" | "token_invalid" | "token_required";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: Nothing has this id, or it belongs to another account. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /**
             * @description - `not_returnable`: The order is not delivered, or the request has more units than `items[].returnable` of the problem.
             *     - `too_many_returns`: The order has ten returns already, or their reasons are too long together.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_returnable" | "too_many_returns";
                    } & {
                        /** @description With `not_returnable`: the items of the request, with what can be returned. */
                        items?: components["schemas"]["ReturnableItem"][];
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    } & {
                        /**
                         * @description The status of the order. Absent with `payment_in_progress` and `request_in_progress`.
                         * @enum {string}
                         */
                        order_status?: "pending_payment" | "paid" | "shipped" | "delivered" | "cancelled" | "expired" | "refunded" | "partially_refunded";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 65,536 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /**
             * @description - `idempotency_key_reused`: The key was used for another request.
             *     - `invalid_fields`: Fields are invalid. `errors` lists all of them.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "idempotency_key_reused" | "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    listProducts: {
        parameters: {
            query?: {
                /** @description Only products with these attributes, each as a parameter of its own: `attr.<name>=<value>`, such as `attr.Colour=Cyan` or `attr.Page%20yield=750`. Names and values are those of the product's `attributes`, ignoring case and accents. Values of one name are alternatives; all names must match. At most 20 values. */
                attr?: {
                    [key: string]: string | string[];
                };
                /** @description Only products of this brand, ignoring case and accents. Repeated: of any of these brands. */
                brand?: string[];
                /** @description Only products of this department or category, with those inside it. An id that staff have merged or deleted counts as the one that replaces it. */
                category_id?: string;
                /** @description Only products of this collection. Unknown: no products. */
                collection_id?: string;
                /** @description `next_cursor` of the page before, instead of `page`. Without either: the first page. Leave `sort` and the filters as they were: a cursor of another order or of other filters is refused with 422. */
                cursor?: string;
                /** @description `false` leaves out the facets, which makes the response faster. */
                facets?: boolean;
                /** @description `true` adds `name_html` to the products: the name with its matches marked. */
                highlight?: boolean;
                /** @description `true`: only products in stock. `false`: only products that are sold out. */
                in_stock?: boolean;
                /** @description The maximum number of products on a page. */
                limit?: number;
                /** @description Only products at this price or a lower one. Not below `min_price`. */
                max_price?: string;
                /** @description Only products at this price or a higher one, in the shop's currency. */
                min_price?: string;
                /** @description The number of the page, from 1. `page` times `limit` is at most 10,000. */
                page?: number;
                /** @description The text that the shopper typed. */
                search?: string;
                /** @description The order. `relevance`: best match first; without `search`, in stock first and latest release first. `newest`: latest release first. */
                sort?: "relevance" | "price_asc" | "price_desc" | "newest" | "name";
            };
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the list. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "currency": "USD",
                     *       "facets": {
                     *         "attributes": [
                     *           {
                     *             "name": "Colour",
                     *             "values": [
                     *               {
                     *                 "count": 252,
                     *                 "value": "Cyan"
                     *               }
                     *             ]
                     *           }
                     *         ],
                     *         "brands": [
                     *           {
                     *             "count": 252,
                     *             "value": "Testbrand"
                     *           }
                     *         ],
                     *         "categories": [
                     *           {
                     *             "count": 258,
                     *             "value": "test-goods"
                     *           },
                     *           {
                     *             "count": 258,
                     *             "value": "test-goods.widgets"
                     *           }
                     *         ],
                     *         "prices": [
                     *           {
                     *             "count": 123,
                     *             "max": 4.99
                     *           },
                     *           {
                     *             "count": 32,
                     *             "max": 9.99,
                     *             "min": 5
                     *           },
                     *           {
                     *             "count": 80,
                     *             "max": 19.99,
                     *             "min": 10
                     *           },
                     *           {
                     *             "count": 17,
                     *             "max": 49.99,
                     *             "min": 20
                     *           },
                     *           {
                     *             "count": 3,
                     *             "max": 99.99,
                     *             "min": 50
                     *           },
                     *           {
                     *             "count": 3,
                     *             "max": 999.99,
                     *             "min": 500
                     *           },
                     *           {
                     *             "count": 3,
                     *             "max": 1999.99,
                     *             "min": 1000
                     *           },
                     *           {
                     *             "count": 1,
                     *             "max": 9999.99,
                     *             "min": 5000
                     *           }
                     *         ]
                     *       },
                     *       "limit": 1,
                     *       "next_cursor": "QpgDTSPTFhVbMjM0MC42OTM2LDEsInRlc3QtYWFjZHdwbnJocHV4Il0",
                     *       "page": 1,
                     *       "products": [
                     *         {
                     *           "name": "Widget aacdwpnrhpux",
                     *           "brand": "Testbrand",
                     *           "currency": "USD",
                     *           "id": "test-aacdwpnrhpux",
                     *           "price": 19.99,
                     *           "sku": "test-aacdwpnrhpux",
                     *           "stock_quantity": 2,
                     *           "thumbnail_url": null
                     *         }
                     *       ],
                     *       "total": 262
                     *     }
                     */
                    "application/json": components["schemas"]["ProductList"];
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `search_unavailable`: Search does not answer, and the list needs it.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "search_unavailable" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getProduct: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Widget udsbctrdauib",
                     *       "description": null,
                     *       "attributes": {
                     *         "Colour": "Cyan"
                     *       },
                     *       "brand": "Testbrand",
                     *       "category": [
                     *         {
                     *           "name": "Test goods",
                     *           "id": "test-goods"
                     *         },
                     *         {
                     *           "name": "Widgets",
                     *           "id": "test-goods.widgets"
                     *         }
                     *       ],
                     *       "currency": "USD",
                     *       "ean": [],
                     *       "id": "test-udsbctrdauib",
                     *       "image_url": null,
                     *       "max_per_order": 9999,
                     *       "price": 45,
                     *       "released": null,
                     *       "sku": "test-udsbctrdauib",
                     *       "stock_quantity": 2,
                     *       "thumbnail_url": null,
                     *       "updated_at": "2026-11-30T08:05:29.153Z",
                     *       "version": 1796025929153
                     *     }
                     */
                    "application/json": components["schemas"]["Product"];
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: There is no such product. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    getProductDocument: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The id of the product. */
                product_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The product without its stock. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "Widget udsbctrdauib",
                     *       "description": null,
                     *       "attributes": {
                     *         "Colour": "Cyan"
                     *       },
                     *       "brand": "Testbrand",
                     *       "category": [
                     *         {
                     *           "name": "Test goods",
                     *           "id": "test-goods"
                     *         },
                     *         {
                     *           "name": "Widgets",
                     *           "id": "test-goods.widgets"
                     *         }
                     *       ],
                     *       "currency": "USD",
                     *       "ean": [],
                     *       "id": "test-udsbctrdauib",
                     *       "image_url": null,
                     *       "max_per_order": 9999,
                     *       "price": 45,
                     *       "released": null,
                     *       "sku": "test-udsbctrdauib",
                     *       "thumbnail_url": null,
                     *       "updated_at": "2026-11-30T08:05:29.153Z",
                     *       "version": 1796025929153
                     *     }
                     */
                    "application/json": components["schemas"]["ProductDocument"];
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: There is no such product. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /** @description - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "temporarily_unavailable";
                    };
                };
            };
        };
    };
    suggest: {
        parameters: {
            query: {
                /** @description The maximum number of products. There are at most 4 categories and 4 brands. */
                limit?: number;
                /** @description The text so far. */
                q: string;
            };
            header?: {
                /** @description The `ETag` of the response that the client has. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The suggestions, best first. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "brands": [],
                     *       "categories": [
                     *         {
                     *           "name": "Widgets",
                     *           "id": "test-goods.widgets"
                     *         }
                     *       ],
                     *       "products": [
                     *         {
                     *           "name": "Widget rijhxrgjsuxe",
                     *           "brand": "Testbrand",
                     *           "id": "test-rijhxrgjsuxe"
                     *         },
                     *         {
                     *           "name": "Widget dvywwvuubkyf",
                     *           "brand": null,
                     *           "id": "test-dvywwvuubkyf"
                     *         },
                     *         {
                     *           "name": "Widget zhaskghobhhd",
                     *           "brand": null,
                     *           "id": "test-zhaskghobhhd"
                     *         },
                     *         {
                     *           "name": "Widget ktvuqgmmvspm",
                     *           "brand": "Testbrand",
                     *           "id": "test-ktvuqgmmvspm"
                     *         },
                     *         {
                     *           "name": "Widget fswlwwrxpdsf",
                     *           "brand": "Testbrand",
                     *           "id": "test-fswlwwrxpdsf"
                     *         },
                     *         {
                     *           "name": "Widget dilseayltzvn",
                     *           "brand": "Testbrand",
                     *           "id": "test-dilseayltzvn"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Suggestions"];
                };
            };
            /** @description The client has this response already. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `invalid_fields`: Fields are invalid. `errors` lists all of them. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_fields";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `search_unavailable`: Search does not answer.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "search_unavailable" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
    stripeWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "charge.succeeded",
                 *       "data": {
                 *         "object": {
                 *           "id": "ch_1"
                 *         }
                 *       }
                 *     }
                 */
                "application/json": {
                    data: {
                        /** @description The payment intent or refund. */
                        object: Record<string, never>;
                    };
                    /** @description What happened. */
                    type: string;
                };
            };
        };
        responses: {
            /** @description The event was processed, or does not concern this shop. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StripeEventOutcome"];
                };
            };
            /**
             * @description - `invalid_signature`: The signature is missing, not valid, or older than five minutes.
             *     - `malformed_event`: The event is signed, but cannot be read.
             */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "invalid_signature" | "malformed_event";
                    };
                };
            };
            /** @description - `direct_access_refused`: The shop is behind an edge, and the request was sent to the API's own address. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "direct_access_refused";
                    };
                };
            };
            /** @description - `not_found`: The shop does not use Stripe, or has no such order or refund. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "not_found";
                    };
                };
            };
            /** @description - `body_too_large`: The body has more than 262,144 bytes. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "body_too_large";
                    };
                };
            };
            /** @description - `unsupported_media_type`: The `Content-Type` is not the media type that this operation takes. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "unsupported_media_type";
                    };
                };
            };
            /** @description - `rate_limited`: The caller sends more requests of this kind than the shop allows. Try again after `Retry-After` seconds. */
            429: {
                headers: {
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "rate_limited";
                    };
                };
            };
            /** @description - `internal_error`: An error of the shop. Report its `request_id`. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "internal_error";
                    };
                };
            };
            /**
             * @description - `payment_unavailable`: Stripe could not be asked for the state of the payment.
             *     - `temporarily_unavailable`: A part of the shop does not answer; try again after `Retry-After` seconds.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayError"];
                    "application/problem+json": components["schemas"]["Problem"] & {
                        /** @enum {unknown} */
                        code?: "payment_unavailable" | "temporarily_unavailable";
                    };
                };
            };
        };
    };
}
