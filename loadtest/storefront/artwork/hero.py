"""The home page's wide picture and the shop's mark."""

from __future__ import annotations

from functools import lru_cache

from loadtest.storefront.artwork import furniture, lighting, plants, storage, textiles
from loadtest.storefront.artwork.canvas import Brush, box, group, oval, shade, shape, stroke
from loadtest.storefront.artwork.scene import Drawing, paints
from loadtest.storefront.dice import Dice

_WALL = "#d9cdbb"
_PIECES: tuple[tuple[Drawing, str, str], ...] = (
    (textiles.rug, "#b8674a", "matrix(2.1 0 -.45 .38 560 706)"),
    (storage.sideboard, "#7c8a6b", "translate(610 204) scale(.78)"),
    (lighting.arc_lamp, "#2f4a43", "translate(1010 72) scale(1.02)"),
    (furniture.lounge_chair, "#c98a3d", "translate(1010 300) scale(.76)"),
    (furniture.side_table, "#e0d6c4", "translate(860 470) scale(.5)"),
    (plants.rubber_fig, "#8a5b45", "translate(1265 250) scale(.74)"),
)


@lru_cache(maxsize=1)
def hero() -> str:
    """A living room, 1600 by 900."""
    parts = [_room()]
    for number, (drawing, main, transform) in enumerate(_PIECES):
        brush = Brush(dice=Dice(f"hero/{number}"), main=main, wood="#8a5f40", metal="#b8924a", accent="#e2b765")
        prefix = f"p{number}-"
        shadow = "" if drawing is textiles.rug else oval((400, 664), (270, 22), "url(#shadow)")
        inside = f"<defs>{paints(brush, _WALL)}</defs>{shadow}{drawing(brush)}"
        parts.append(group(inside.replace('id="', f'id="{prefix}').replace("url(#", f"url(#{prefix}"), transform))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 900" preserveAspectRatio="xMidYMid slice" '
        f'width="1600" height="900">{"".join(parts)}</svg>'
    )


@lru_cache(maxsize=1)
def mark() -> str:
    """The leaf that stands for the shop, 32 by 32."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        + box((0, 0), (32, 32), "#2f4a43", radius=8)
        + shape("M16 5C8 10 7 19 16 27C25 19 24 10 16 5Z", "#e2b765")
        + stroke("M16 10V27M16 16L12 13M16 20L20.5 16.5", "#2f4a43", 1.6)
        + "</svg>"
    )


def _room() -> str:
    window = group(
        "".join(
            (
                box((560, 90), (330, 420), "#f6efe2", radius=165),
                box((576, 106), (298, 392), "#cfdfe0", radius=149),
                oval((790, 250), (52, 52), "#f7e3b0"),
                shape("M576 470Q650 380 730 432T874 404V498H576Z", "#8fa58a"),
                shape("M576 498V440Q660 420 740 470T874 456V498Z", "#6e8a70"),
                stroke("M725 106V498M576 300H874", "#f6efe2", 9),
            )
        ),
        "translate(215 -10) scale(.98)",
    )
    boards = "".join(f"M{x} 690L{800 + (x - 800) * 1.8:.0f} 900" for x in range(-200, 1801, 110))
    return "".join(
        (
            box((0, 0), (1600, 900), _WALL),
            box((0, 0), (1600, 900), shade(_WALL, 0.25), more='opacity=".35"'),
            shape("M1080 110L1600 0V420L1180 690H900Z", "#fff6e2", 'opacity=".3"'),
            window,
            box((0, 690), (1600, 210), "#b68c5f"),
            stroke(boards, "#a57c51", 2),
            box((0, 668), (1600, 22), "#f6efe2"),
            shape("M640 690H980L1180 900H560Z", "#ffe9bd", 'opacity=".22"'),
        )
    )
