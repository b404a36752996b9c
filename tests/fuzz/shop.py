"""A client of the shop that prepares what the fuzzer needs: accounts, products, and orders in every state."""

import base64
import fcntl
import hmac
import itertools
import json
import os
import pathlib
import random
import re
import struct
import time
import uuid

import requests

PASSWORD = "correct horse battery staple"
# A token is valid for 15 minutes.
TOKEN_SECONDS = 10 * 60
# The length of a step of the second factor. The shop accepts a code one step early.
STEP_SECONDS = 30
# How long a mail may take, because it goes through a queue.
MAIL_SECONDS = 60
# Staff find orders by an index that is eventually consistent.
VISIBLE_SECONDS = 20
ADDRESS = "1 Main Street, Springfield"
CONTACT = {"email": "ann@souk.example"}
# The text before the one-time token of a mail.
MAILED_TOKEN = re.compile(r"(?:#token=|Token: )([A-Za-z0-9_-]+)")


def client_address():
    """A random network address. The local API takes it from X-Forwarded-For, so that the limits for an address, which are
    for one client, do not stop the fuzzer."""
    return ".".join(["10", *map(str, os.urandom(3))])


class Shop:
    """The shop that stack.json describes."""

    def __init__(self, stack):
        self.url = stack["api_url"].rstrip("/")
        self.aws_url = stack["aws_endpoint_url"]
        self.success = stack["sandbox_tokens"]["success"]
        self.http = requests.Session()
        self.http.trust_env = False
        self.products = None

    def send(self, method, path, body=None, token=None):
        """The response of a call. Repeats it while the shop is busy."""
        headers = {"x-forwarded-for": client_address()}
        if token:
            headers["authorization"] = f"Bearer {token}"
        for _ in range(30):
            response = self.http.request(method, self.url + path, json=body, headers=headers, timeout=60)
            if response.status_code not in (429, 503):
                break
            time.sleep(1)
        return response

    def call(self, method, path, body=None, token=None):
        """The body of a successful call."""
        response = self.send(method, path, body, token)
        if not response.ok:
            raise RuntimeError(f"{method} {path} with {json.dumps(body)}: {response.status_code} {response.text}")
        return response.json() if response.content else None

    def mailed_tokens(self, email):
        """The one-time tokens of the mails to an address, oldest first."""
        mails = self.http.get(f"{self.aws_url}/_ministack/ses/messages", timeout=60).json()["messages"]
        texts = [mail["BodyText"] for mails in mails.values() for mail in mails if email in mail["To"]]
        return [match[1] for match in map(MAILED_TOKEN.search, texts) if match]

    def mailed_token(self, email, earlier=0):
        """The one-time token of the mail that comes after so many earlier ones."""
        until = time.monotonic() + MAIL_SECONDS
        while len(tokens := self.mailed_tokens(email)) <= earlier:
            if time.monotonic() > until:
                raise RuntimeError(f"no mail comes to {email}")
            time.sleep(0.1)
        return tokens[earlier]

    def product_id(self):
        """A product of the sample catalogue that is in stock. Each call returns another one."""
        if self.products is None:
            page = self.call("GET", "/products?in_stock=true&limit=50")
            stocked = [product["id"] for product in page["products"] if product["stock_quantity"] >= 20]
            if not stocked:
                raise RuntimeError("the shop has no stock: load the sample with `cargo xtask up`")
            self.products = itertools.cycle(stocked)
        return next(self.products)


def code_of(secret, step):
    """The code of a step (RFC 6238). `secret` is base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    (word,) = struct.unpack_from(">I", digest, digest[-1] & 0xF)
    return f"{(word & 0x7FFFFFFF) % 1_000_000:06}"


class Authenticator:
    """Makes the codes of a second factor, each once."""

    def __init__(self, secret):
        self.secret, self.last_step = secret, 0

    def code(self):
        """A code that was not used. Waits until the shop accepts it."""
        self.last_step = max(int(time.time()) // STEP_SECONDS, self.last_step + 1)
        time.sleep(max(0, (self.last_step - 1) * STEP_SECONDS - time.time()))
        return code_of(self.secret, self.last_step)


class StaffAuthenticator(Authenticator):
    """The same for the staff account of the stack, whose other programs also use codes: they share the latest step in a
    file (xtask/accounts/src/staff.rs)."""

    def __init__(self, secret, home):
        super().__init__(secret)
        self.home = home

    def code(self):
        file, partial = self.home / "staff-session.json", self.home / "staff-session.partial"
        with open(self.home / "staff-session.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = json.loads(file.read_text()) if file.exists() else {"last_step": 0, "tokens": None}
            self.last_step = state["last_step"]
            code = super().code()
            partial.touch(mode=0o600)
            partial.write_text(json.dumps(state | {"last_step": self.last_step}))
            partial.rename(file)
        return code


class Account:
    """A guest or an account that is logged in."""

    def __init__(self, shop, session, email=None, password=None):
        self.shop, self.email, self.password = shop, email, password
        self.user_id = session["user_id"]
        self.authenticator = None
        self._take(session)

    @classmethod
    def guest(cls, shop):
        """A new guest."""
        return cls(shop, shop.call("POST", "/auth/guest"))

    @classmethod
    def register(cls, shop):
        """A new account whose address is pending."""
        email = f"fuzz-{uuid.uuid4().hex[:12]}@souk.example"
        body = {"email": email, "password": PASSWORD}
        return cls(shop, shop.call("POST", "/auth/register", body), email, PASSWORD)

    @classmethod
    def verified(cls, shop):
        """A new account with a verified address."""
        pending = cls.register(shop)
        body = {"token": shop.mailed_token(pending.email), "password": PASSWORD}
        return cls(shop, shop.call("POST", "/auth/verification/confirm", body), pending.email, PASSWORD)

    @classmethod
    def enrolled(cls, shop):
        """A new account with a second factor."""
        account = cls.verified(shop)
        account.start_second_factor()
        account.call("POST", "/account/second-factor/confirm", {"code": account.authenticator.code()})
        return account

    def start_second_factor(self):
        """Makes the secret of a second factor."""
        answer = self.call("POST", "/account/second-factor", {"password": self.password})
        self.authenticator = Authenticator(answer["secret"])

    @classmethod
    def staff(cls, shop, stack, home):
        """The staff account of the stack, with a session of the fuzzer's own."""
        email, password = stack["staff_email"], stack["staff_password"]
        authenticator = StaffAuthenticator(stack["staff_totp_secret"], home)
        body = {"email": email, "password": password, "code": authenticator.code()}
        account = cls(shop, shop.call("POST", "/auth/login", body), email, password)
        account.authenticator = authenticator
        return account

    def _take(self, session):
        self._token, self._refresh_token = session["token"], session["refresh_token"]
        self._expires = time.monotonic() + TOKEN_SECONDS

    @property
    def token(self):
        """A valid access token."""
        if time.monotonic() > self._expires:
            self._take(self.shop.call("POST", "/auth/refresh", {"refresh_token": self._refresh_token}))
        return self._token

    def call(self, method, path, body=None):
        """The body of a successful call by this account."""
        return self.shop.call(method, path, body, self.token)


class Orders:
    """Orders of a customer in every state that an operation may need."""

    def __init__(self, shop, customer, staff):
        self.shop, self.customer, self.staff = shop, customer, staff

    def fill_cart(self, quantity=1, product_id=None):
        """Puts a product into the cart and returns its id."""
        self.customer.call("DELETE", "/cart")
        product_id = product_id or self.shop.product_id()
        self.customer.call("POST", "/cart/items", {"product_id": product_id, "quantity": quantity})
        return product_id

    def placed(self, product_id=None):
        """An unpaid order: its id and its product."""
        product_id = self.fill_cart(product_id=product_id)
        body = {"payment_method": "credit_card", "shipping_address": ADDRESS, "contact": CONTACT}
        response = self.shop.send("POST", "/orders", body, self.customer.token)
        if response.ok:
            return response.json()["order_id"], product_id
        # Unpaid orders of earlier calls, whose units the fuzzer chose, may hold all that one shopper may hold.
        for order_id in response.json().get("order_ids", []):
            self.shop.send("POST", f"/orders/{order_id}/cancel", token=self.customer.token)
        return self.customer.call("POST", "/orders", body)["order_id"], product_id

    def paid(self, product_id=None):
        """A paid order that staff can see."""
        order_id, product_id = self.placed(product_id)
        self.customer.call("POST", f"/orders/{order_id}/pay", {"payment_token": self.shop.success})
        until = time.monotonic() + VISIBLE_SECONDS
        while self.shop.send("GET", f"/admin/orders/{order_id}", token=self.staff.token).status_code != 200:
            if time.monotonic() > until:
                raise RuntimeError(f"staff cannot see the order {order_id}")
            time.sleep(0.1)
        return order_id, product_id

    def shipped(self, product_id=None):
        """A shipped order."""
        order_id, product_id = self.paid(product_id)
        body = {"carrier": "DHL", "tracking_number": "00340434161094042557"}
        self.staff.call("POST", f"/admin/orders/{order_id}/ship", body)
        return order_id, product_id

    def delivered(self, product_id=None):
        """A delivered order."""
        order_id, product_id = self.shipped(product_id)
        self.staff.call("POST", f"/admin/orders/{order_id}/deliver")
        return order_id, product_id

    def returned(self):
        """A delivered order with a return that staff have to decide: the ids of the order and of the return."""
        order_id, product_id = self.delivered()
        body = {"items": [{"product_id": product_id, "quantity": 1, "reason": "too small"}]}
        return order_id, self.customer.call("POST", f"/orders/{order_id}/returns", body)["return_id"]

    def refunded(self):
        """A delivered order with a partial refund: the ids of the order and of the refund."""
        order_id, _ = self.delivered()
        body = {"amount": 0.01, "refund_to": "store_credit", "reason": "scratched"}
        return order_id, self.staff.call("POST", f"/admin/orders/{order_id}/refunds", body)["refund_id"]

    def waiting_refund(self, product_id):
        """The id of a refund that waits for a second person. The product costs more than one person may refund."""
        order_id, _ = self.delivered(product_id)
        amount = self.staff.call("GET", f"/admin/orders/{order_id}")["total_amount"]
        body = {"amount": amount, "refund_to": "original", "reason": "late"}
        return self.staff.call("POST", f"/admin/orders/{order_id}/refunds", body)["refund_request_id"]


class Goods:
    """Products that belong to the fuzzer: staff operations may change their stock, replace and delete them."""

    def __init__(self, staff, randomness):
        self.staff, self.random = staff, randomness
        self.numbers = itertools.count(1)
        self.run = uuid.uuid4().hex[:8]
        self.made = []

    def new_id(self):
        """The id of a product that does not exist yet."""
        return f"fuzz-{self.run}-{next(self.numbers)}"

    def new(self, price=9.99):
        """A new product with stock."""
        product_id = self.new_id()
        self.staff.call("PUT", f"/admin/products/{product_id}", {"name": "A product of the fuzzer", "price": price})
        self.staff.call("PUT", f"/admin/inventory/{product_id}", {"available": 100, "reason": "counted"})
        return product_id

    def new_category(self):
        """A new category, which no product is in."""
        category_id = self.new_id()
        self.staff.call("PUT", f"/admin/categories/{category_id}", {"name": category_id})
        return category_id

    def known(self):
        """One of a few products that exist."""
        if len(self.made) < 3:
            self.made.append(self.new())
            return self.made[-1]
        return self.random.choice(self.made)


def seeded(seed, role):
    """The randomness of a role."""
    return random.Random(f"{seed}/{role}")
