from __future__ import annotations

import pytest

from renderers.inspect.platform import platform
from tests.storefronts.samples import read


@pytest.mark.parametrize(
    ("markup", "cookies", "want"),
    [
        ('<p class="woocommerce-page">', ("woocommerce_recently_viewed",), "woocommerce"),
        ('<p class="woocommerce-page">', (), None),
        ('<meta name="generator" content="WooCommerce 9"><p class="woocommerce-page">', (), "woocommerce"),
        ("<p>", ("woocommerce_recently_viewed",), None),
        ('<input name="form_key">', ("PHPSESSID", "form_key"), "magento"),
        ('<a href="index.php?route=product/product">', ("OCSESSID",), "opencart"),
        ("<script>var eContext = {}</script>", ("sid",), "evershop"),
        ('<input name="csrfmiddlewaretoken">', ("csrftoken",), "django"),
        ("<link href=https://cdn.shopify.com/x.css>", ("_shopify_y",), "shopify"),
        ("<p>", ("PHPSESSID",), None),
    ],
)
def test_cookies_and_markup_have_to_agree(markup: str, cookies: tuple[str, ...], want: str | None) -> None:
    assert platform(read(markup).sample, cookies) == want
