"""The structure of a page in eight bytes, to notice when a page kind begins to look different."""

from __future__ import annotations

import hashlib
import re

from renderers.charsets import transcode
from renderers.strangers.outline import Form, Node, Outline, TooLarge

_GENERATED = re.compile(r"(?<![0-9a-fA-F])(?=[a-fA-F]*[0-9])[0-9a-fA-F]{6,}|[0-9]+")
_FIELDS = frozenset({b"input", b"select", b"textarea", b"button", b"meta"})
_TOO_LARGE = b"\xff" * 8


def structure_digest(page: bytes, charset: str) -> bytes:
    """8 bytes over the set of element paths (names, classes without numbers, form field names; order and number not).

    A list of 11 cards instead of 12 keeps it; a sold-out page, whose button gives way to a notice, does not. Pages too
    large to compare all have one digest.
    """
    source = transcode(page, charset)
    try:
        outline = Outline(page if source is None else source)
    except TooLarge:
        return _TOO_LARGE
    paths = _paths(outline)
    return hashlib.blake2b(b"".join(sorted(paths)), digest_size=8).digest()


def _paths(outline: Outline) -> set[bytes]:
    """A digest for each way from the root to an element, whichever element it is."""
    digests: dict[tuple[bytes, str], bytes] = {}
    pending: list[tuple[Node, bytes]] = [(outline.root, b"")]
    while pending:
        node, path = pending.pop()
        for child in node.children:
            if child.form is Form.ELEMENT:
                step = (path, _step(outline, child))
                if step not in digests:
                    digests[step] = hashlib.blake2b(path + step[1].encode(), digest_size=8).digest()
                pending.append((child, digests[step]))
    return set(digests.values())


def _step(outline: Outline, node: Node) -> str:
    """What makes an element out among others, but for numbers."""
    attributes = outline.attributes(node)
    parts = [node.name.decode("utf-8", "replace")]
    classes = (outline.value(attributes.get(b"class")) or b"").decode("utf-8", "replace")
    parts += sorted({"." + _GENERATED.sub("#", name) for name in classes.split()})
    if node.name in _FIELDS:
        for name in (b"type", b"name", b"property"):
            value = (outline.value(attributes.get(name)) or b"").decode("utf-8", "replace")
            parts.append(_GENERATED.sub("#", value))
        parts.append("disabled" if b"disabled" in attributes else "")
    return "\0".join(parts)
