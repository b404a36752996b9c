"""Hooks of schemathesis: real data in valid requests, and a report of what was reached.

The environment names the role (`SOUK_FUZZ_ROLE`: nobody, guest, shopper, staff), stack.json (`SOUK_STACK`), the file for the
report (`SOUK_FUZZ_REPORT`) and the seed (`SOUK_FUZZ_SEED`). `cargo xtask fuzz` sets them, and puts this folder into
`PYTHONPATH`.
"""

import atexit
import collections
import json
import os
import pathlib
import string
import uuid

import schemathesis
import shop as souk

ROLE = os.environ["SOUK_FUZZ_ROLE"]
STACK = json.loads(pathlib.Path(os.environ["SOUK_STACK"]).read_text())
RANDOM = souk.seeded(os.environ["SOUK_FUZZ_SEED"], ROLE)
# Who may call what.
MAY_CALL = {
    "nobody": {"anyone"},
    "guest": {"anyone", "guest"},
    "shopper": {"anyone", "guest", "account"},
    "staff": {"anyone", "guest", "account", "staff"},
}[ROLE]
# So many times an operation gets an order, a product or a token of its own; then once in a few cases, because making one
# takes up to eight calls.
FRESH_CASES, FRESH_EVERY = 4, 8
# Wrong passwords in one run. The shop allows 20 for one account in 15 minutes.
WRONG_PASSWORDS = 15
# Calls that end sessions of the account, or change the credentials of its next log-in. A separate account makes them.
BY_THROWAWAY = {
    "DELETE /account",
    "PUT /account/password",
    "DELETE /account/sessions",
    "DELETE /account/sessions/{session_id}",
    "POST /account/second-factor",
    "POST /account/second-factor/confirm",
    "DELETE /account/second-factor",
}
# Calls that do so to the account in their path, which must not be the account of the role.
ON_ACCOUNTS = {"PUT /admin/staff/{user_id}", "DELETE /admin/staff/{user_id}", "DELETE /admin/accounts/{user_id}"}
# Why a valid request may be refused: rules that the schemas do not express.
PROBLEMS_BEYOND_SCHEMAS = {
    "card_number": "no text may contain a card number",
    "common_password": "passwords that are easy to guess are refused",
    "idempotency_key_reused": "the key was used for another request",
}
FIELDS_BEYOND_SCHEMAS = {
    "actor": "the audit log is read by subject or by actor",
    "subject": "the audit log is read by subject or by actor",
    "contact": "required for guests; some addresses are none of the shop, and a phone number has three digits at least",
    "email": "some addresses of valid form are none of the shop; a log-in without a challenge needs one",
    "password": "a log-in without a challenge needs one",
    "code": "a log-in with a challenge needs one",
    "expires_at": "a grant ends in the future",
    "category": "names of categories contain a letter or a digit",
    "cursor": "cursors are opaque; only those are valid that the shop has made for the same list",
    "image_url": "a host has no characters that no name of a host may have",
    "thumbnail_url": "a host has no characters that no name of a host may have",
    "payment_token": "required unless the order is paid with store credit",
    "compare_at_price": "it is higher than the price",
    "on_sale": "a collection has at least one condition",
    "groups": "of synonyms: two different terms, each of 1 to 4 words with a letter or a digit",
}
# The last one is about items of a return, of which those of one product are merged.
TEXTS_BEYOND_SCHEMAS = ("must not be empty", "must not contain control characters", "together")
# Members of bodies that are amounts of money.
AMOUNTS = {"amount", "compare_at_price", "expected_total", "max_price", "min_price", "price"}

shop = souk.Shop(STACK)
staff = souk.Account.staff(shop, STACK, pathlib.Path(os.environ["SOUK_STACK"]).parent)
someone = souk.Account.verified(shop)
actor = {"nobody": None, "guest": souk.Account.guest(shop), "shopper": someone, "staff": staff}[ROLE]
# Orders belong to whoever calls the operations of shoppers. Staff operations take those of a customer.
own_orders = souk.Orders(shop, actor or someone, staff)
customers_orders = souk.Orders(shop, someone, staff)
goods = souk.Goods(staff, RANDOM)
synonyms = staff.call("GET", "/admin/synonyms")

operations = {}
statuses = collections.defaultdict(collections.Counter)
fresh_cases = collections.Counter()
known_ids = {}
wrong_passwords = 0
# By the label of the operation.
throwaways = {}
# The token that schemathesis has put into the case.
sent_token = None


@schemathesis.auth(refresh_interval=None)
class Token:
    """The token of the role. In the role nobody it keeps schemathesis from signing up by itself."""

    def get(self, case, context):
        global sent_token
        sent_token = actor.token if actor else None
        return sent_token

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A body of an import, which is a text already."""
    return value


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Notes all operations."""
    for path, item in raw_schema["paths"].items():
        for method, operation in item.items():
            label = f"{method.upper()} {path}"
            operations[label] = {"id": operation["operationId"], "caller": operation["x-caller"]}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts real data into a valid request. Most would otherwise end at the first check: there is no such order."""
    label = case.operation.label
    operation = operations[label]
    case.headers["X-Forwarded-For"] = souk.client_address()
    if operation["caller"] in MAY_CALL:
        spare_sessions(case, label)
    if operation["caller"] not in MAY_CALL or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "Idempotency-Key" in case.headers and RANDOM.random() < 0.8:
        case.headers["Idempotency-Key"] = str(uuid.UUID(int=RANDOM.getrandbits(128)))
    if isinstance(case.body, dict):
        case.body = as_clients_write(case.body)
        if RANDOM.random() < 0.6:
            case.body = legible(case.body)
    prepare = PREPARATIONS.get(operation["id"], PREPARATIONS.get(label))
    if prepare is not None:
        prepare(case)


@schemathesis.hook
def after_call(context, case, response):
    """Counts the response, and notes what a throwaway account has changed."""
    label = case.operation.label
    statuses[label][response.status_code] += 1
    succeeded = response.status_code < 300
    if label == "PUT /account/password" and succeeded and label in throwaways:
        throwaways[label].password = case.body["password"]
    has_ended = response.status_code == 401 or (succeeded and label.startswith("DELETE "))
    if label in BY_THROWAWAY and has_ended:
        throwaways.pop(label, None)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure counts. A valid request may be refused by a rule that no schema can express. Invalid names of
    the exploded object `attr` are other parameters on the wire, and those are ignored."""
    kind = type(failure).__name__
    if kind == "AcceptedNegativeData" and "`attr`" in failure.message:
        return "attr." in response.request.url
    if kind != "RejectedPositiveData":
        return True
    try:
        problem = response.json()
    except ValueError:
        return True
    if problem.get("code") != "invalid_fields":
        return problem.get("code") not in PROBLEMS_BEYOND_SCHEMAS
    return not all(is_beyond_schemas(error) for error in problem["errors"])


def is_beyond_schemas(error):
    """Whether an invalid field broke a rule that no schema expresses."""
    field = error["field"].replace("[", ".").split(".")[0]
    is_rule = field in FIELDS_BEYOND_SCHEMAS or error["code"] in PROBLEMS_BEYOND_SCHEMAS
    return is_rule or error["message"].endswith(TEXTS_BEYOND_SCHEMAS)


@atexit.register
def finish():
    """Writes the report, and restores what others see."""
    report = {
        label: {**operation, "may_call": operation["caller"] in MAY_CALL, "statuses": statuses[label]}
        for label, operation in operations.items()
    }
    pathlib.Path(os.environ["SOUK_FUZZ_REPORT"]).write_text(json.dumps(report, indent=1))
    current = staff.call("GET", "/admin/synonyms")
    if current["groups"] != synonyms["groups"]:
        body = {"groups": synonyms["groups"], "version": current["version"]}
        staff.call("PUT", "/admin/synonyms", body)
    for collection_id in versions_of_collections():
        staff.call("DELETE", f"/admin/collections/{collection_id}")


def as_clients_write(value, name=None):
    """The value with whole numbers as JSON libraries write them (schemas do not tell 1.0 from 1), and amounts with the
    currency's decimals."""
    if isinstance(value, dict):
        return {key: as_clients_write(member, key) for key, member in value.items()}
    if isinstance(value, list):
        return [as_clients_write(item, name) for item in value]
    if isinstance(value, float):
        value = round(value % 1e6, 2) if name in AMOUNTS else value
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    return value


def legible(value):
    """The value with texts that people could have typed."""
    if isinstance(value, dict):
        return {key: legible(member) for key, member in value.items()}
    if isinstance(value, list):
        return [legible(item) for item in value]
    if isinstance(value, str):
        return "".join(c for c in value if c.isprintable()).strip() or RANDOM.choice(string.ascii_letters)
    return value


def throwaway(label):
    """The account that makes a call of this kind. Another one follows when its session has ended."""
    if label not in throwaways:
        make = souk.Account.enrolled if label == "DELETE /account/second-factor" else souk.Account.verified
        throwaways[label] = souk.Account.guest(shop) if ROLE == "guest" else make(shop)
    return throwaways[label]


def spare_sessions(case, label):
    """Lets another account make a call that would end the session of the role, or suffer it."""
    if label in BY_THROWAWAY and sent_token and case.headers.get("Authorization") == f"Bearer {sent_token}":
        case.headers["Authorization"] = f"Bearer {throwaway(label).token}"
    if label in ON_ACCOUNTS and case.path_parameters.get("user_id") == staff.user_id:
        set_path(case, user_id=throwaway(label).user_id)


def set_path(case, **values):
    """Sets parts of the path."""
    case.path_parameters.update(values)


def has_link(case, name):
    """Whether a link has set this part of the path: the test is about an earlier response."""
    return case.meta.phase.name == "stateful" and name in case._override.path_parameters


def set_body(case, **values):
    """Sets members of the body; None removes."""
    if not isinstance(case.body, dict):
        return
    for name, value in values.items():
        if value is None:
            case.body.pop(name, None)
        else:
            case.body[name] = value


def fresh(case, make):
    """What `make` makes: anew for the first cases of an operation and for some later ones, else what it made last."""
    label = case.operation.label
    fresh_cases[label] += 1
    if fresh_cases[label] <= FRESH_CASES or fresh_cases[label] % FRESH_EVERY == 0 or label not in known_ids:
        known_ids[label] = make()
    return known_ids[label]


def with_order(make):
    """A preparation: the path gets an order in the state that `make` makes."""

    def prepare(case):
        if not has_link(case, "order_id"):
            order_id, _ = fresh(case, make)
            set_path(case, order_id=order_id)

    return prepare


def with_part_of_order(make, name):
    """The same, with a return or a refund of the order."""

    def prepare(case):
        if has_link(case, "order_id") and has_link(case, name):
            return
        order_id, part_id = fresh(case, make)
        set_path(case, order_id=order_id, **{name: part_id})

    return prepare


def with_cursor(case):
    """A list gets a cursor that the shop has made for the same list, or none."""
    if "cursor" not in case.query or RANDOM.random() < 0.2:
        return
    sent = case.query.pop("cursor")
    if RANDOM.random() < 0.3:
        return
    query = {name: value for name, value in case.query.items() if value is not None}
    headers = {"authorization": f"Bearer {actor.token}"} if actor else {}
    url = shop.url + case.formatted_path
    response = shop.http.get(url, params={**query, "limit": 1}, headers=headers, timeout=60)
    cursor = response.json().get("next_cursor") if response.ok else None
    if cursor is not None:
        case.query["cursor"] = cursor
    elif RANDOM.random() < 0.1:
        case.query["cursor"] = sent


def search(case):
    """Rules between the parameters of a search, and the decimals of prices."""
    query = case.query
    if "cursor" in query:
        query.pop("page", None)
    with_cursor(case)
    if query.get("page"):
        query["page"] = min(int(query["page"]), 10_000 // int(query.get("limit") or 20))
    prices = [name for name in ("min_price", "max_price") if query.get(name)]
    for name in prices:
        query[name] = query[name][: query[name].find(".") + 3] if "." in query[name] else query[name]
    if len(prices) == 2:
        query["min_price"], query["max_price"] = sorted([query["min_price"], query["max_price"]], key=float)


def new_email():
    """An address that is not taken."""
    return f"fuzz-{uuid.uuid4().hex[:12]}@souk.example"


def guest_refresh_token():
    """The refresh token of a session that nobody uses."""
    return shop.call("POST", "/auth/guest")["refresh_token"]


def guests_cart(case):
    """Mostly no cart of a guest, or one of a guest who exists."""
    if RANDOM.random() < 0.8:
        set_body(case, guest_refresh_token=guest_refresh_token() if RANDOM.random() < 0.2 else None)


def register(case):
    """Mostly an address that is not taken, and a good password."""
    guests_cart(case)
    if RANDOM.random() < 0.7:
        set_body(case, email=new_email())
    if RANDOM.random() < 0.7:
        set_body(case, password=souk.PASSWORD)


def log_in(case):
    """Mostly the right password: wrong ones are limited."""
    global wrong_passwords
    guests_cart(case)
    if wrong_passwords < WRONG_PASSWORDS and RANDOM.random() < 0.3:
        wrong_passwords += 1
    else:
        set_body(case, email=someone.email, password=someone.password, challenge=None, code=None)


def refresh(case):
    """A refresh token can be used once."""
    set_body(case, refresh_token=fresh(case, guest_refresh_token))


def some_address(case):
    """An address of the fuzzer."""
    if RANDOM.random() < 0.8:
        set_body(case, email=RANDOM.choice([new_email(), someone.email]))


def registered():
    """The token of the mail to a pending account."""
    return shop.mailed_token(souk.Account.register(shop).email)


def forgotten():
    """The token of the mail to an account that has forgotten its password."""
    account = souk.Account.verified(shop)
    shop.call("POST", "/auth/password-reset", {"email": account.email})
    return shop.mailed_token(account.email, earlier=1)


def invited():
    """The token of the mail to a person who is invited to the staff."""
    email = new_email()
    staff.call("POST", "/admin/invitations", {"email": email, "roles": ["support"]})
    return shop.mailed_token(email)


def with_mailed_token(make):
    """A preparation: the body gets the token of a mail that `make` asks for, and a good password."""

    def prepare(case):
        if RANDOM.random() < 0.8:
            set_body(case, token=fresh(case, make), password=souk.PASSWORD)

    return prepare


def change_password(case):
    """From the password that the account has."""
    if RANDOM.random() < 0.8:
        set_body(case, current_password=throwaway("PUT /account/password").password, password=f"a new one {uuid.uuid4()}")


def end_session(case):
    """One that the account has."""
    if not has_link(case, "session_id"):
        sessions = throwaway("DELETE /account/sessions/{session_id}").call("GET", "/account/sessions")["sessions"]
        set_path(case, session_id=RANDOM.choice(sessions)["session_id"])


def start_second_factor(case):
    """With the right password."""
    if RANDOM.random() < 0.7:
        set_body(case, password=throwaway("POST /account/second-factor").password)


def confirm_second_factor(case):
    """With a code of the secret that the account has just got."""
    account = throwaway("POST /account/second-factor/confirm")
    if account.authenticator is None:
        account.start_second_factor()
        set_body(case, code=account.authenticator.code())


def end_second_factor(case):
    """Of an account that has one."""
    account = throwaway("DELETE /account/second-factor")
    if RANDOM.random() < 0.5:
        set_body(case, password=account.password, code=account.authenticator.code())


def delete_account(case):
    """With the right password of an account without a second factor."""
    if RANDOM.random() < 0.7:
        set_body(case, password=throwaway("DELETE /account").password, code=None)


def with_account(case):
    """An account of the fuzzer."""
    if not has_link(case, "user_id"):
        set_path(case, user_id=fresh(case, lambda: souk.Account.verified(shop).user_id))


def put_staff(case):
    """Roles for an account with a verified address."""
    with_account(case)
    if RANDOM.random() < 0.8:
        roles = RANDOM.sample(["catalogue", "stock", "orders", "refunds", "support"], 2)
        set_body(case, roles=roles, expires_at=None)


def granted():
    """The id of an account that is staff."""
    user_id = souk.Account.verified(shop).user_id
    staff.call("PUT", f"/admin/staff/{user_id}", {"roles": ["support"]})
    return user_id


def delete_staff(case):
    """An account that is staff."""
    if not has_link(case, "user_id"):
        set_path(case, user_id=fresh(case, granted))


def invite(case):
    """An address that mails can be sent to."""
    some_address(case)
    if RANDOM.random() < 0.8:
        set_body(case, roles=["support"], expires_at=None)


def read_audit_log(case):
    """Mostly what the staff account of the fuzzer has done."""
    with_cursor(case)
    if RANDOM.random() < 0.8:
        case.query.pop("subject", None)
        case.query["actor"] = staff.user_id


def linked_order(case):
    """The link of an order."""
    if not has_link(case, "token"):
        order_id, _ = fresh(case, own_orders.placed)
        set_path(case, token=own_orders.customer.call("POST", f"/orders/{order_id}/link")["token"])


def product_of_catalogue(case):
    if not has_link(case, "product_id"):
        set_path(case, product_id=shop.product_id())


def product_of_fuzzer(case):
    """Never another product, also if a link names one: orders of other cases need its stock."""
    if case.path_parameters.get("product_id") not in goods.made:
        set_path(case, product_id=goods.known())


def put_product(case):
    product_id = goods.new_id() if RANDOM.random() < 0.5 else goods.known()
    set_path(case, product_id=product_id)
    set_body(case, sku=RANDOM.choice([None, case.path_parameters["product_id"]]), currency=None)


def delete_product(case):
    """Only products that no other case needs."""
    set_path(case, product_id=fresh(case, goods.new))


def put_category(case):
    category_id = goods.new_id()
    set_path(case, category_id=category_id)
    set_body(case, name=category_id, parent_id=None)


def merge_category(case):
    set_path(case, category_id=fresh(case, goods.new_category))
    set_body(case, into=goods.new_category())


def delete_category(case):
    """Only categories that no other case needs."""
    set_path(case, category_id=fresh(case, goods.new_category))


def import_products(case):
    """Lines that can be imported, around whatever was generated."""
    line = json.dumps({"sku": goods.new_id(), "name": "An imported product of the fuzzer", "price": 1.25})
    if isinstance(case.body, str) and RANDOM.random() < 0.7:
        case.body = f"{line}\n{case.body}\n{line}\n"


def put_synonyms(case):
    if RANDOM.random() < 0.8:
        set_body(case, version=staff.call("GET", "/admin/synonyms")["version"])
    if RANDOM.random() < 0.5:
        set_body(case, groups=[["sofa", "couch"], ["tv", "television set"]])


def versions_of_collections():
    """Versions of the collections of this fuzzer by their ids. It uses few: a shop has at most a hundred."""
    listed = staff.call("GET", "/admin/collections")["collections"]
    return {it["id"]: it["version"] for it in listed if it["id"].startswith(f"fuzz-{ROLE}-")}


def put_collection(case):
    collection_id = f"fuzz-{ROLE}-{RANDOM.randint(1, 3)}"
    set_path(case, collection_id=collection_id)
    if RANDOM.random() < 0.8:
        set_body(case, version=versions_of_collections().get(collection_id, 0))
    if RANDOM.random() < 0.5:
        set_body(case, on_sale=True, min_price=None)
    if not isinstance(case.body, dict):
        return
    prices = [case.body.get("min_price"), case.body.get("max_price")]
    if all(isinstance(price, int | float) for price in prices):
        set_body(case, min_price=min(prices), max_price=max(prices))
    brands, attributes = case.body.get("brands") or [], case.body.get("attributes") or {}
    pairs = [name + value for name, values in attributes.items() for value in values]
    # A rule has at most 20 values of attributes and 4,000 bytes.
    if len(pairs) > 20 or sum(len(text) for text in [*brands, *pairs]) > 1_000:
        set_body(case, brands=None, attributes=None, on_sale=True)


def delete_collection(case):
    """One that no other case needs. It is there for most cases."""
    collection_id = f"fuzz-{ROLE}-0"
    if RANDOM.random() < 0.8 and collection_id not in versions_of_collections():
        staff.call("PUT", f"/admin/collections/{collection_id}", {"name": "Fuzzed", "on_sale": True, "version": 0})
    set_path(case, collection_id=collection_id)


def stock_of_products(case):
    if RANDOM.random() < 0.7:
        case.query["product_ids"] = [shop.product_id() for _ in range(RANDOM.randint(1, 5))]


def add_cart_item(case):
    set_body(case, product_id=shop.product_id())
    if RANDOM.random() < 0.5:
        set_body(case, quantity=RANDOM.randint(1, 3))


def cart_item(case):
    if not has_link(case, "product_id"):
        set_path(case, product_id=own_orders.fill_cart())


def place_order(case):
    if case.meta.phase.name != "stateful" or RANDOM.random() < 0.5:
        own_orders.fill_cart(quantity=RANDOM.randint(1, 2))
    if RANDOM.random() < 0.8:
        set_body(case, expected_total=None)
    if RANDOM.random() < 0.5:
        set_body(case, shipping_address=souk.ADDRESS)
    if RANDOM.random() < 0.8:
        set_body(case, contact=souk.CONTACT)


def pay_order(case):
    with_order(own_orders.placed)(case)
    tokens = ["success", "success", "success", "decline", "requires_action", "timeout_after_charge"]
    if RANDOM.random() < 0.9:
        set_body(case, payment_token=f"sandbox_{RANDOM.choice(tokens)}", payment_method=None)


def request_return(case):
    if has_link(case, "order_id"):
        return
    order_id, product_id = fresh(case, own_orders.delivered)
    set_path(case, order_id=order_id)
    if RANDOM.random() < 0.8:
        set_body(case, items=[{"product_id": product_id, "quantity": 1, "reason": "too small"}])


def grant_refund(case):
    with_order(customers_orders.delivered)(case)
    if RANDOM.random() < 0.8:
        set_body(case, amount=RANDOM.choice([0.01, 0.5, 1]))


def refund_request(case):
    """A refund that waits for a second person."""
    if not has_link(case, "refund_request_id"):
        set_path(case, refund_request_id=fresh(case, lambda: customers_orders.waiting_refund(goods.new(price=2500))))


PREPARATIONS = {
    "register": register,
    "login": log_in,
    "refresh": refresh,
    "logout": refresh,
    "POST /auth/verification": some_address,
    "POST /auth/verification/confirm": with_mailed_token(registered),
    "POST /auth/password-reset": some_address,
    "POST /auth/password-reset/confirm": with_mailed_token(forgotten),
    "POST /auth/invitations/accept": with_mailed_token(invited),
    "PUT /account/password": change_password,
    "DELETE /account/sessions/{session_id}": end_session,
    "POST /account/second-factor": start_second_factor,
    "POST /account/second-factor/confirm": confirm_second_factor,
    "DELETE /account/second-factor": end_second_factor,
    "DELETE /account": delete_account,
    "GET /admin/accounts/{user_id}/export": with_account,
    "DELETE /admin/accounts/{user_id}": with_account,
    "DELETE /admin/accounts/{user_id}/second-factor": with_account,
    "PUT /admin/staff/{user_id}": put_staff,
    "DELETE /admin/staff/{user_id}": delete_staff,
    "POST /admin/invitations": invite,
    "GET /admin/audit": read_audit_log,
    "POST /orders/{order_id}/link": with_order(own_orders.placed),
    "GET /order-links/{token}": linked_order,
    "listProducts": search,
    "getProduct": product_of_catalogue,
    "getProductDocument": product_of_catalogue,
    "getInventory": stock_of_products,
    "addCartItem": add_cart_item,
    "updateCartItem": cart_item,
    "removeCartItem": cart_item,
    "placeOrder": place_order,
    "listOrders": with_cursor,
    "getOrder": with_order(own_orders.placed),
    "payOrder": pay_order,
    "cancelOrder": with_order(own_orders.placed),
    "requestReturn": request_return,
    "adminListOrders": with_cursor,
    "adminGetOrder": with_order(customers_orders.paid),
    "adminCancelOrder": with_order(customers_orders.paid),
    "shipOrder": with_order(customers_orders.paid),
    "deliverOrder": with_order(customers_orders.shipped),
    "grantRefund": grant_refund,
    "getRefundRequest": refund_request,
    "retryRefund": with_part_of_order(customers_orders.refunded, "refund_id"),
    "listReturns": with_cursor,
    "acceptReturn": with_part_of_order(customers_orders.returned, "return_id"),
    "rejectReturn": with_part_of_order(customers_orders.returned, "return_id"),
    "putSynonyms": put_synonyms,
    "putCollection": put_collection,
    "deleteCollection": delete_collection,
    "putCategory": put_category,
    "mergeCategory": merge_category,
    "deleteCategory": delete_category,
    "putProduct": put_product,
    "deleteProduct": delete_product,
    "importProducts": import_products,
    "countInventory": product_of_fuzzer,
    "adjustInventory": product_of_fuzzer,
    "spreadInventory": product_of_fuzzer,
    "listStockChanges": lambda case: (product_of_fuzzer(case), with_cursor(case)),
}
