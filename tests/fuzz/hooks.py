"""Hooks of schemathesis: real data in valid requests, and a report of what was reached.

The environment names the role (`SOUK_FUZZ_ROLE`: nobody, shopper, staff), stack.json (`SOUK_STACK`), the file for the
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
MAY_CALL = {"nobody": {"anyone"}, "shopper": {"anyone", "shopper"}, "staff": {"anyone", "shopper", "staff"}}[ROLE]
# So many times an operation gets an order, a product or a token of its own; then once in a few cases, because making one
# takes up to eight calls.
FRESH_CASES, FRESH_EVERY = 4, 8
# Wrong passwords in one run. The shop allows 200 from one address in 15 minutes, for all roles and the tests before.
WRONG_PASSWORDS = 15
# Why a valid request may be refused: rules that the schemas do not express.
PROBLEMS_BEYOND_SCHEMAS = {
    "card_number": "no text may contain a card number",
    "idempotency_key_reused": "the key was used for another request",
}
FIELDS_BEYOND_SCHEMAS = {
    "category": "names of categories contain a letter or a digit",
    "cursor": "cursors are opaque; only those are valid that the shop has made for the same list",
    "payment_token": "required unless the order is paid with store credit",
    "groups": "of synonyms: two different terms, each of 1 to 4 words with a letter or a digit",
}
TEXTS_BEYOND_SCHEMAS = ("must not be empty", "must not contain control characters")
# Members of bodies that are amounts of money.
AMOUNTS = {"amount", "expected_total", "price"}

shop = souk.Shop(STACK)
staff = souk.Account.log_in(shop, STACK["staff_email"], STACK["staff_password"])
someone = souk.Account.register(shop)
actor = {"nobody": None, "shopper": someone, "staff": staff}[ROLE]
# Orders belong to whoever calls the operations of shoppers. Staff operations take those of a customer.
own_orders = souk.Orders(shop, staff if ROLE == "staff" else someone, staff)
customers_orders = souk.Orders(shop, someone, staff)
goods = souk.Goods(staff, RANDOM)
synonyms = staff.call("GET", "/admin/synonyms")

operations = {}
statuses = collections.defaultdict(collections.Counter)
fresh_cases = collections.Counter()
known_ids = {}
wrong_passwords = 0


@schemathesis.auth(refresh_interval=None)
class Token:
    """The token of the role. In the role nobody it keeps schemathesis from signing up by itself."""

    def get(self, case, context):
        return actor.token if actor else None

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
    operation = operations[case.operation.label]
    if operation["caller"] not in MAY_CALL or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if "Idempotency-Key" in case.headers and RANDOM.random() < 0.8:
        case.headers["Idempotency-Key"] = str(uuid.UUID(int=RANDOM.getrandbits(128)))
    if isinstance(case.body, dict):
        case.body = as_clients_write(case.body)
        if RANDOM.random() < 0.6:
            case.body = legible(case.body)
    prepare = PREPARATIONS.get(operation["id"])
    if prepare is not None:
        prepare(case)


@schemathesis.hook
def after_call(context, case, response):
    """Counts the response."""
    statuses[case.operation.label][response.status_code] += 1


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failure counts. A valid request may be refused by a rule that no schema can express. Invalid names of
    the exploded object `attr` are other parameters on the wire, and those are ignored."""
    kind = type(failure).__name__
    if kind == "AcceptedNegativeData" and "parameter `attr`" in failure.message:
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


def register(case):
    """Mostly an address that is not taken."""
    if RANDOM.random() < 0.7:
        set_body(case, email=f"fuzz-{uuid.uuid4().hex[:12]}@souk.example")


def log_in(case):
    """Mostly the right password: wrong ones are limited."""
    global wrong_passwords
    account = actor or someone
    if wrong_passwords < WRONG_PASSWORDS and RANDOM.random() < 0.3:
        wrong_passwords += 1
    else:
        set_body(case, email=account.email, password=account.password)


def refresh(case):
    """A refresh token can be used once."""
    account = actor or someone
    set_body(case, refresh_token=fresh(case, account.fresh_refresh_token))


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


PREPARATIONS = {
    "register": register,
    "login": log_in,
    "refresh": refresh,
    "logout": refresh,
    "listProducts": search,
    "getProduct": product_of_catalogue,
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
    "retryRefund": with_part_of_order(customers_orders.refunded, "refund_id"),
    "listReturns": with_cursor,
    "acceptReturn": with_part_of_order(customers_orders.returned, "return_id"),
    "rejectReturn": with_part_of_order(customers_orders.returned, "return_id"),
    "putSynonyms": put_synonyms,
    "putProduct": put_product,
    "deleteProduct": delete_product,
    "importProducts": import_products,
    "countInventory": product_of_fuzzer,
    "adjustInventory": product_of_fuzzer,
    "spreadInventory": product_of_fuzzer,
    "listStockChanges": lambda case: (product_of_fuzzer(case), with_cursor(case)),
}
