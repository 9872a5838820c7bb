"""Which kind of storefront a page comes from, by its cookies and its markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from renderers.inspect.claims import metas
from renderers.inspect.sample import Sample, attribute

_SIGNS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "woocommerce": (
        re.compile(r"woocommerce|wp_woocommerce"),
        re.compile(r"woocommerce-|wp-content/plugins/woocommerce|wc-block"),
    ),
    "magento": (
        re.compile(r"^form_key$|^mage-|^X-Magento"),
        re.compile(r"data-mage-init|text/x-magento-init|Magento_|name=[\"']form_key[\"']"),
    ),
    "opencart": (
        re.compile(r"^OCSESSID$"),
        re.compile(r"route=(?:product|common|checkout)/|catalog/view/(?:javascript|theme|stylesheet)"),
    ),
    "evershop": (re.compile(r"^a?sid$"), re.compile(r"eContext|evershop", re.IGNORECASE)),
    "shopify": (
        re.compile(r"^_shopify|^cart_sig$|^secure_customer_sig$"),
        re.compile(r"cdn\.shopify\.com|Shopify\.theme"),
    ),
    "django": (re.compile(r"^csrftoken$|^oscar_|^sessionid$"), re.compile(r"csrfmiddlewaretoken|/static/oscar/")),
}
"""By name: what its cookies are called, and what its pages hold. Either alone proves nothing."""


def platform(sample: Sample, cookies: Sequence[str]) -> str | None:
    """The platform's name; None when cookies and markup do not agree on one."""
    text = sample.body.decode("utf-8", "replace")
    generators = " ".join(attribute(node, "content") for node in metas(sample.tree, ("generator",))).lower()
    for name, (by_cookie, by_page) in _SIGNS.items():
        marked = by_page.search(text) is not None
        if (marked and any(by_cookie.search(cookie) for cookie in cookies)) or (marked and name in generators):
            return name
    return None
