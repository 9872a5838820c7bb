"""What every drawing is made of. The canvas is 800 by 800; things stand on y = 660 and hang from y = 0."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from loadtest.storefront.dice import Dice

FLOOR = 660
CENTRE = 400

Point = tuple[float, float]


class Brush(msgspec.Struct, frozen=True):
    """The colours and the choices of one product."""

    dice: Dice
    main: str
    wood: str
    metal: str
    accent: str

    def dark(self, amount: float = 0.25) -> str:
        """The main colour in shadow."""
        return shade(self.main, -amount)

    def light(self, amount: float = 0.3) -> str:
        """The main colour in light."""
        return shade(self.main, amount)


def shade(colour: str, amount: float) -> str:
    """``#rrggbb`` mixed with black (amount below 0, down to -1) or with white (up to 1)."""
    target = 255 if amount > 0 else 0
    channels = (int(colour[index : index + 2], 16) for index in (1, 3, 5))
    return "#" + "".join(f"{round(channel + (target - channel) * abs(amount)):02x}" for channel in channels)


def mix(one: str, other: str, share: float) -> str:
    """``share`` of the other colour in the one."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def shape(outline: str, fill: str, more: str = "") -> str:
    """A filled path."""
    return f'<path d="{outline}" fill="{fill}"{_attributes(more)}/>'


def stroke(outline: str, colour: str, width: float, more: str = "") -> str:
    """A path drawn as a line with round ends."""
    return (
        f'<path d="{outline}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        f'stroke-linecap="round" stroke-linejoin="round"{_attributes(more)}/>'
    )


def box(corner: Point, size: Point, fill: str, *, radius: float = 0, more: str = "") -> str:
    """A rectangle from its upper left corner."""
    (x, y), (width, height) = corner, size
    rounded = f' rx="{radius:g}"' if radius else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"{rounded} fill="{fill}"{_attributes(more)}/>'
    )


def oval(centre: Point, radii: Point, fill: str, more: str = "") -> str:
    """An ellipse."""
    (x, y), (rx, ry) = centre, radii
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}"{_attributes(more)}/>'


def leg(top: Point, foot: Point, fill: str, *, width: float = 20) -> str:
    """A tapered leg from the underside of something to the floor."""
    (x1, y1), (x2, y2) = top, foot
    half, tip = width / 2, width / 4
    return shape(f"M{x1 - half:g} {y1:g}H{x1 + half:g}L{x2 + tip:g} {y2:g}H{x2 - tip:g}Z", fill)


def turned(profile: Sequence[Point], fill: str, *, centre: float = CENTRE) -> str:
    """A solid of revolution seen from the side. ``profile`` is (radius, y) from top to bottom; curves are smooth."""
    right = [(centre + radius, y) for radius, y in profile]
    left = [(centre - radius, y) for radius, y in reversed(profile)]
    start = f"M{right[0][0]:g} {right[0][1]:g}"
    return shape(f"{start}{_through(right)}L{left[0][0]:g} {left[0][1]:g}{_through(left)}Z", fill)


def group(parts: str, transform: str, more: str = "") -> str:
    """Parts moved, scaled or turned together."""
    return f'<g transform="{transform}"{_attributes(more)}>{parts}</g>'


def _through(points: Sequence[Point]) -> str:
    """Cubic Bezier segments through all points (Catmull-Rom, tension 1/6)."""
    padded = [points[0], *points, points[-1]]
    parts = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        x1, y1 = start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6
        x2, y2 = end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6
        parts.append(f"C{x1:.1f} {y1:.1f} {x2:.1f} {y2:.1f} {end[0]:g} {end[1]:g}")
    return "".join(parts)


def _attributes(more: str) -> str:
    return f" {more}" if more else ""
