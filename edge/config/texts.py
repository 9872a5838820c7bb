"""Texts of ``vitrine.toml`` that have to look a certain way, and how to write them right."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

Name = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$",
        description="a name of letters, digits, dots, dashes and underscores, at most 63 of them",
    ),
]
HttpUrl = Annotated[
    str,
    Meta(
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*)?$",
        description='a URL without query, such as "http://127.0.0.1:9000"',
    ),
]
UrlPath = Annotated[str, Meta(pattern=r"^/\S*$", description="a path that begins with a slash")]
RequestPattern = Annotated[
    str,
    Meta(
        pattern=r"^([/*][^?\s]*(\?[^?&=\s]\S*)?|\?[^?&=\s]\S*)$",
        description='a path, parameters or both, such as "/cart/add*", "?add-to-cart", "/index.php?route=cart*"',
    ),
]
FeedUrl = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^/?#\s]+)?/[^#\s]*$",
        description='a path on the origin such as "/feed.xml", or a URL such as "https://feeds.example/shop.xml"',
    ),
]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description='an ISO 4217 code such as "EUR"')]
