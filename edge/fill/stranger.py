"""The second stranger: the same page asked for once more, by somebody who has nothing to do with the first."""

from __future__ import annotations

import msgspec

from edge.errors import OriginError, OriginProtocolError, OriginUnavailable
from edge.fill.answers import failure_name
from edge.fill.asking import asking
from edge.fill.blame import NoAnswer
from edge.fill.bodies import Unstorable, whole_body
from edge.fill.exchange import OriginResponse
from edge.fill.filling import Filling
from edge.fill.manners import NoTurn
from edge.fill.polite import ask
from edge.model import Pairs, fields
from edge.policy.set_cookie import cookies_set


class Seen(msgspec.Struct, frozen=True):
    """A response as one stranger was given it."""

    status: int
    pairs: Pairs
    body: bytes
    """Without content coding; empty when it is one that could not be stored anyway."""

    @property
    def content_type(self) -> str:
        """As stated; empty when it is not."""
        return fields(self.pairs).get("Content-Type", "")

    @property
    def cookies(self) -> Pairs:
        """(name, value) of each cookie it sets, as sent. A deleted one has no value worth looking for."""
        set_here = cookies_set(fields(self.pairs).getall("Set-Cookie", ()))
        return tuple((cookie.name, cookie.value) for cookie in set_here if cookie.value)


class Unseen(msgspec.Struct, frozen=True):
    """The origin could not be asked a second time, or failed: nothing is known of the page."""

    error: OriginError


async def second_stranger(filling: Filling) -> Seen | Unseen:
    """Ask again for what the first stranger was given: no cookies, the same declared fields, nobody's address.

    Over a connection of the same pool and under the same limits, so that an origin never meets more of us than before.
    """
    parts, request = filling.parts, filling.request
    asked = asking(msgspec.structs.replace(request, client=""), parts.rules, stored=None)

    async def take(response: OriginResponse) -> Seen:
        try:
            body = await whole_body(
                response,
                origin=request.origin,
                limit_bytes=parts.rules.max_object_bytes,
                limit_s=parts.rules.wait_limit_s,
            )
        except Unstorable:
            body = b""
        return Seen(response.status, response.pairs, body)

    if not parts.health.permit(request.origin):
        return Unseen(OriginUnavailable(request.origin, "it failed before the second stranger could ask"))
    try:
        seen = await ask(filling, asked, take, repeatable=True)
    except NoTurn as exc:
        return Unseen(OriginUnavailable(request.origin, str(exc)))
    except OriginError as exc:
        parts.counters.origin_requests[request.origin, failure_name(exc)] += 1
        await parts.health.failed(request.origin, certain=not isinstance(exc, NoAnswer | OriginProtocolError))
        return Unseen(exc)
    if seen.status >= 500 or seen.status == 429:
        return Unseen(OriginUnavailable(request.origin, f"it answered {seen.status} to the second stranger"))
    return seen
