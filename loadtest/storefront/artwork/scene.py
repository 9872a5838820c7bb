"""Puts a drawing into a picture: on a studio ground, in a room, close up, or as a measured sketch."""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import lru_cache
from typing import assert_never

from loadtest.storefront.artwork import ceramics, furniture, lighting, plants, storage, table, textiles, walls
from loadtest.storefront.artwork.canvas import FLOOR, Brush, box, group, mix, oval, shade, shape, stroke
from loadtest.storefront.catalogue import Product
from loadtest.storefront.dice import Dice

Drawing = Callable[[Brush], str]

_DRAWINGS: dict[str, Drawing] = {
    drawing.__name__: drawing
    for drawing in (
        furniture.dining_chair, furniture.lounge_chair, furniture.stool, furniture.armchair, furniture.bench,
        furniture.pedestal_table, furniture.desk, furniture.coffee_table, furniture.side_table,
        lighting.dome_pendant, lighting.globe_pendant, lighting.mushroom_lamp, lighting.arc_lamp, lighting.tripod_lamp,
        storage.bookcase, storage.sideboard, storage.chest, storage.wall_shelf,
        ceramics.vase, ceramics.bottle_vase, ceramics.vessel_pair, ceramics.footed_bowl,
        textiles.rug, textiles.cushion, textiles.throw,
        table.mug, table.plates, table.bowl, table.teapot, table.carafe,
        table.kettle, table.casserole, table.boards, table.mill,
        walls.clock, walls.arch_mirror, walls.round_mirror,
        plants.rubber_fig, plants.snake_plant, plants.palm, plants.cactus,
    )
}  # fmt: skip

_HANGING = {"dome_pendant", "globe_pendant"}
_ON_WALL = {"wall_shelf", "clock", "arch_mirror", "round_mirror"}
_FLAT = {"rug", "cushion"}
_ON_TABLE = {"ceramics", "tableware", "kitchen"}

_GROUNDS = {
    "seating": "#ebe2d4", "tables": "#e3e1d8", "lighting": "#2d3a44", "storage": "#e6ded2", "ceramics": "#e7dbd0",
    "textiles": "#dde2de", "tableware": "#ede6da", "kitchen": "#dbe2e3", "clocks-mirrors": "#dcd9e0",
    "plants": "#e1e7da",
}  # fmt: skip
_WOODS = {"oak": "#c79c66", "walnut": "#80583b", "ash": "#d9c09a", "beech": "#cfa679"}
_METALS = {"brass": "#c6a255", "steel": "#9ea6ab"}


class View(enum.IntEnum):
    """The pictures of one product, in gallery order."""

    STUDIO = 1
    ROOM = 2
    DETAIL = 3
    SKETCH = 4


@lru_cache(maxsize=2_048)
def picture(product: Product, view: View) -> str:
    """The SVG document of one view, 800 by 800."""
    brush = _brush(product)
    drawing = _DRAWINGS[product.kind.drawing](brush)
    ground = _GROUNDS[product.category.slug]
    frame = "0 0 800 800"
    match view:
        case View.STUDIO | View.DETAIL:
            body = _studio(product, drawing, ground)
        case View.ROOM:
            body = _room(product, drawing, brush)
        case View.SKETCH:
            body = _sketch(product, drawing)
        case _:
            assert_never(view)
    if view is View.DETAIL:
        frame = "190 120 360 360" if product.kind.drawing in _HANGING | _ON_WALL | _FLAT else "200 250 360 360"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame}" width="800" height="800">'
        f"<defs>{paints(brush, ground)}</defs>{body}</svg>"
    )


def _brush(product: Product) -> Brush:
    dice = Dice(f"{product.sku}/picture")
    main = product.colour.value
    return Brush(
        dice=dice,
        main=main,
        wood=_tone(product, _WOODS) or dice.pick("wood", tuple(_WOODS.values())),
        metal=_tone(product, _METALS) or dice.pick("metal", ("#c6a255", "#3a3836")),
        accent=dice.pick("accent", ("#c5714f", "#d3a045", "#33455a", "#93a58c", "#e4ddcf")),
    )


def _tone(product: Product, tones: dict[str, str]) -> str | None:
    return next((tone for word, tone in tones.items() if word in product.material), None)


def paints(brush: Brush, ground: str) -> str:
    """The gradients that drawings refer to: main, dusk, pale, wood, metal, glass, face, light and shadow."""
    return "".join((
        _across("main", shade(brush.main, 0.24), brush.main, shade(brush.main, -0.26)),
        _across("dusk", shade(brush.main, 0.02), shade(brush.main, -0.16), shade(brush.main, -0.38)),
        _across("pale", shade(brush.main, 0.72), shade(brush.main, 0.55), shade(brush.main, 0.28)),
        _across("wood", shade(brush.wood, 0.2), brush.wood, shade(brush.wood, -0.24)),
        _across("metal", shade(brush.metal, 0.5), brush.metal, shade(brush.metal, -0.35)),
        _across("glass", "#f4f7f7", "#cfdadd", "#a9bac0"), _across("face", "#fffdf8", "#f7f2e8", "#e9e1d2"),
        _radial("glow", ("#ffe2a6", 0.5), ("#ffe2a6", 0)), _radial("opal", ("#fffdf4", 1), ("#f6dfb2", 1)),
        _radial("shadow", ("#1d1710", 0.42), ("#1d1710", 0)), _radial("ground", (shade(ground, 0.3), 1), (ground, 1)),
        '<linearGradient id="beam" x2="0" y2="1"><stop stop-color="#ffe7b5" stop-opacity=".42"/>'
        '<stop offset="1" stop-color="#ffe7b5" stop-opacity="0"/></linearGradient>'
        '<linearGradient id="lit" x2="0" y2="1"><stop stop-color="#fff1cf" stop-opacity=".15"/>'
        '<stop offset="1" stop-color="#fff1cf" stop-opacity=".7"/></linearGradient>',
    ))  # fmt: skip


def _across(name: str, *stops: str) -> str:
    marks = "".join(f'<stop offset="{n / (len(stops) - 1):g}" stop-color="{stop}"/>' for n, stop in enumerate(stops))
    return f'<linearGradient id="{name}" y1="0" y2=".25">{marks}</linearGradient>'


def _radial(name: str, inner: tuple[str, float], outer: tuple[str, float]) -> str:
    return (
        f'<radialGradient id="{name}"><stop stop-color="{inner[0]}" stop-opacity="{inner[1]:g}"/>'
        f'<stop offset="1" stop-color="{outer[0]}" stop-opacity="{outer[1]:g}"/></radialGradient>'
    )


def _studio(product: Product, drawing: str, ground: str) -> str:
    kind = product.kind.drawing
    backdrop = box((0, 0), (800, 800), ground) + oval((400, 380), (620, 560), "url(#ground)")
    if kind in _HANGING | _ON_WALL:
        return backdrop + drawing
    if kind in _FLAT:
        return backdrop + oval((412, 430), (290, 360), "url(#shadow)") + drawing
    table_edge = shape("M0 636H800V800H0Z", shade(ground, -0.05))
    return backdrop + table_edge + oval((400, FLOOR), (330, 46), "url(#shadow)") + drawing


def _room(product: Product, drawing: str, brush: Brush) -> str:
    kind = product.kind.drawing
    wall = mix("#efe8dc", brush.main, 0.16)
    light = shape("M470 0L800 0V470L560 560Z", "#fffaf0", 'opacity=".4"') + shape(
        "M560 0L584 0L680 520L656 530Z", wall, 'opacity=".7"'
    )
    if product.category.slug == "lighting":
        wall, light = mix("#3a4650", brush.main, 0.12), ""
    base = box((0, 0), (800, 800), wall) + light
    if kind in _HANGING:
        return base + _floor(brush) + _low_table(brush) + group(drawing, "translate(100 0) scale(.75)")
    if kind in _ON_WALL:
        return base + _floor(brush) + group(drawing, "translate(160 20) scale(.6)") + _console(brush)
    if kind == "rug":
        return base + _floor(brush) + group(drawing, "matrix(1.5 0 -.35 .42 -60 470)") + _far_chair(brush)
    if product.category.slug in _ON_TABLE or kind in {"mushroom_lamp", "throw", "cactus"}:
        return (
            base
            + _frame(brush)
            + _table_top(brush)
            + oval((400, 668), (250, 26), "url(#shadow)")
            + group(drawing, "translate(80 135) scale(.8)")
        )
    if kind == "cushion":
        return base + _floor(brush) + _bench_for(brush) + group(drawing, "translate(180 200) scale(.55)")
    standing = oval((400, 716), (280, 34), "url(#shadow)") + group(drawing, "translate(56 144) scale(.86)")
    return base + _frame(brush) + _floor(brush) + standing


def _sketch(product: Product, drawing: str) -> str:
    width, depth, height = product.size
    tall = depth if height == 1 else height  # a rug is measured lying down
    paper = box((0, 0), (800, 800), "#fbf9f5") + stroke(
        "".join(f"M{n * 40} 0V800M0 {n * 40}H800" for n in range(1, 20)), "#e9e3d7", 1
    )
    ink = "#5b5750"
    ruler = stroke("M130 740H670M130 728V752M670 728V752M60 130V660M48 130H72M48 660H72", ink, 2.5)
    text = 'font-family="Helvetica,Arial,sans-serif" font-size="24" fill="#5b5750" text-anchor="middle"'
    labels = (
        f'<text x="400" y="778" {text}>{width} cm</text>'
        f'<text x="32" y="395" {text} transform="rotate(-90 32 395)">{tall} cm</text>'
    )
    faded = group(drawing, "translate(60 60) scale(.85)", 'style="filter:grayscale(1) contrast(.7) brightness(1.25)"')
    return paper + faded + ruler + labels


def _floor(brush: Brush) -> str:
    tone = mix("#c9aa82", brush.wood, 0.3)
    boards = "".join(f"M{x} 640L{400 + (x - 400) * 1.9:.0f} 800" for x in range(-40, 881, 92))
    return box((0, 640), (800, 160), tone) + stroke(boards, shade(tone, -0.14), 2) + box((0, 622), (800, 18), "#fbf7ef")


def _frame(brush: Brush) -> str:
    return "".join((
        box((84, 90), (150, 190), "#fdfaf4", more='stroke="#b9a27e" stroke-width="7"'),
        oval((159, 168), (38, 38), brush.accent), shape("M110 250Q134 196 159 232T208 250Z", shade(brush.main, -0.2)),
    ))  # fmt: skip


def _table_top(brush: Brush) -> str:
    tone = mix("#b98d5f", brush.wood, 0.4)
    return (
        box((0, 640), (800, 160), tone)
        + box((0, 640), (800, 12), shade(tone, 0.25))
        + stroke("M0 690Q300 676 800 700M0 748Q420 730 800 756", shade(tone, -0.1), 2)
    )


def _low_table(brush: Brush) -> str:
    return box((150, 560), (500, 22), "url(#wood)", radius=6) + stroke(
        "M190 582L170 744M610 582L630 744", brush.wood, 16
    )


def _console(brush: Brush) -> str:
    return "".join((
        box((170, 520), (460, 22), "url(#wood)", radius=5), box((190, 542), (420, 56), shade(brush.wood, -0.2)),
        stroke("M206 598L194 740M594 598L606 740", brush.wood, 15),
        oval((560, 486), (30, 34), brush.dark(0.15)),
        stroke("M560 454C556 410 540 390 526 376M560 454C566 404 584 388 600 378", "#6d7a52", 4),
    ))  # fmt: skip


def _far_chair(brush: Brush) -> str:
    chair = furniture.lounge_chair(brush)
    return oval((590, 690), (120, 18), "url(#shadow)") + group(chair, "translate(400 350) scale(.5)")


def _bench_for(brush: Brush) -> str:
    return oval((400, 730), (300, 24), "url(#shadow)") + group(furniture.bench(brush), "translate(-60 -10) scale(1.15)")
