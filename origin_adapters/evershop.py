"""EverShop (Node).

Sources: its source code: ``bin/lib/addDefaultMiddlewareFuncs.js`` (``sid`` is set for every visitor, as
``saveUninitialized`` is on, and the session lasts a day), ``modules/checkout/api`` and ``modules/customer/api`` (routes
below ``/api``); its documentation on configuration (``shop.homeUrl``) and on GraphQL (queries only: whatever changes
something is a REST call).

No cookie says that a visitor has a basket or is signed in, so visitors are kept out of the store by what they have
done. No form carries a token.
"""

from __future__ import annotations

from origin_adapters import measuring
from origin_adapters.contract import Adapter

EVERSHOP = Adapter(
    name="evershop",
    bypass_cookies=("asid",),  # the administration's session
    harmless=measuring.COOKIES,
    mutating_get=("*/logout", "*/logout/"),
    harmless_paths=(
        *measuring.PATHS,
        "/api/graphql*",  # queries only
        "/eHot/*",  # webpack's hot reload, in development
    ),
    preserve_host=False,  # links are made of shop.homeUrl
)
