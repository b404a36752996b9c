"""A purchase in a running shop (SOUK_API_URL) by the client that openapi-python-client makes from docs/openapi.yaml.

    openapi-python-client generate --path docs/openapi.yaml --config clients/python/generator.yaml \
        --output-path target/clients/python --overwrite
    PYTHONPATH=target/clients/python SOUK_API_URL=... python -m unittest clients/python/test_purchase.py
"""

import os
import unittest
import uuid

from souk_client import AuthenticatedClient, Client
from souk_client.api.accounts import register
from souk_client.api.cart import add_cart_item
from souk_client.api.catalogue import list_products
from souk_client.api.orders import get_order, place_order
from souk_client.api.payments import pay_order
from souk_client.models import AddCartItemRequest, PayOrderRequest, PlaceOrderRequest, RegisterRequest


class Purchase(unittest.TestCase):
    def test_a_shopper_buys(self) -> None:
        url = os.environ["SOUK_API_URL"]
        anyone = Client(base_url=url, raise_on_unexpected_status=True, timeout=30)
        email = f"{uuid.uuid4()}@example.com"
        session = register.sync(client=anyone, body=RegisterRequest(email=email, password="correct horse battery staple"))
        shopper = AuthenticatedClient(base_url=url, token=session.token, raise_on_unexpected_status=True, timeout=30)

        found = list_products.sync(client=anyone, search="backpack", in_stock=True)
        product = next(product for product in found.products if (product.stock_quantity or 0) >= 2)
        item = AddCartItemRequest(product_id=product.id, quantity=2)
        added = add_cart_item.sync(client=shopper, body=item, idempotency_key=str(uuid.uuid4()))
        self.assertEqual([(line.product_id, line.quantity) for line in added.cart.items], [(product.id, 2)])

        checkout = {
            "payment_method": "credit_card",
            "shipping_address": "1 Main Street, Springfield",
            "contact": {"email": email},
        }
        body, key = PlaceOrderRequest.from_dict(checkout), str(uuid.uuid4())
        placed = place_order.sync(client=shopper, body=body, idempotency_key=key)
        replayed = place_order.sync(client=shopper, body=body, idempotency_key=key)
        self.assertEqual(placed.order_id, replayed.order_id)

        refused = place_order.sync_detailed(client=shopper, body=body)
        self.assertEqual((refused.status_code, refused.parsed.code), (409, "cart_empty"))

        sandbox = PayOrderRequest(payment_token="sandbox_success")
        payment = pay_order.sync(placed.order_id, client=shopper, body=sandbox)
        self.assertEqual(payment.status, "completed")
        order = get_order.sync(placed.order_id, client=shopper)
        self.assertEqual(order.status, "paid")
        self.assertEqual(round(order.total_amount * 100), 2 * round(product.price * 100))


if __name__ == "__main__":
    unittest.main()
