"""Planters, planted."""

from __future__ import annotations

import math

from loadtest.storefront.artwork.canvas import FLOOR, Brush, group, oval, shade, shape, stroke, turned

_GREENS = ("#5f7d52", "#4e6b4a", "#7c9463", "#3f5d45")


def rubber_fig(brush: Brush) -> str:
    """Broad leaves up a thin stem."""
    leaves = []
    for number in range(11):
        y = 500 - number * 36
        side = 1 if number % 2 else -1
        turn = side * (66 - number * 4)
        leaf = shape("M0 0C-46 -40 -44 -112 0 -160C44 -112 46 -40 0 0Z", _GREENS[number % 4])
        leaves.append(
            group(
                leaf + stroke("M0 -6V-146", shade(_GREENS[number % 4], 0.25), 3), f"translate(400 {y}) rotate({turn})"
            )
        )
    return stroke("M400 560V110", "#6b5a43", 9) + "".join(leaves) + _pot(brush)


def snake_plant(brush: Brush) -> str:
    """Upright blades with pale edges."""
    blades = []
    for number, lean in enumerate((-20, 16, -9, 22, 4, -14, 10)):
        height = 250 + brush.dice.whole(f"height{number}", 0, 130)
        low, high = f"-{height * 0.5:.0f}", f"-{height * 0.85:.0f}"
        blade = f"M-24 0C-34 {low} -16 {high} 0 -{height}C18 {high} 34 {low} 24 0Z"
        green = _GREENS[number % 4]
        blades.append(
            group(
                shape(blade, green) + stroke(blade, "#c9c98a", 3.5, 'opacity=".8"'),
                f"translate({400 + (number - 3) * 22} 540) rotate({lean})",
            )
        )
    return "".join(blades) + _pot(brush)


def palm(brush: Brush) -> str:
    """Arching fronds."""
    fronds = []
    for number in range(9):
        angle = math.radians(-160 + number * 17.5)
        tip_x, tip_y = 400 + 240 * math.cos(angle), 330 + 220 * math.sin(angle)
        green = _GREENS[number % 4]
        fronds.append(stroke(f"M400 540Q400 {300 - number % 3 * 24} {tip_x:.0f} {tip_y:.0f}", green, 5))
        for step in range(3, 11):
            t = step / 10
            x = (1 - t) ** 2 * 400 + 2 * t * (1 - t) * 400 + t * t * tip_x
            y = (1 - t) ** 2 * 540 + 2 * t * (1 - t) * (300 - number % 3 * 24) + t * t * tip_y
            reach = 46 * (1.15 - t)
            pair = (f"M{x:.0f} {y:.0f}l{side * reach:.0f} {-reach * 0.5:.0f}" for side in (1, -1))
            fronds.append(stroke("".join(pair), green, 6))
    return "".join(fronds) + _pot(brush)


def cactus(brush: Brush) -> str:
    """A column with two arms and a flower."""
    green = _GREENS[brush.dice.whole("green", 0, 3)]
    ribs = stroke("M378 250V540M400 236V540M422 250V540", shade(green, 0.22), 3)
    return "".join(
        (
            stroke("M352 460H300Q272 460 272 430V380M448 420H504Q530 420 530 392V330", green, 46),
            stroke("M400 540V270", green, 104),
            ribs,
            "".join(
                oval((400 + dx, 212 + dy), (14, 14), "#dd8f86")
                for dx, dy in ((0, -12), (13, 0), (-13, 0), (7, 10), (-7, 10))
            ),
            oval((400, 212), (8, 8), "#f0d58a"),
            _pot(brush),
        )
    )


def _pot(brush: Brush) -> str:
    wide = brush.dice.between("pot", 104, 132)
    style = brush.dice.whole("style", 0, 2)
    body = turned([(wide, 516), (wide * 0.98, 540), (wide * 0.84, 640), (wide * 0.74, FLOOR)], "url(#main)")
    if style == 0:
        rim = turned([(wide + 10, 506), (wide + 10, 546)], "url(#dusk)")
    elif style == 1:
        flutes = "".join(
            f"M{400 - wide + 16 + n * (wide * 2 - 32) / 9:.0f} 530L{400 - wide * 0.72 + n * wide * 0.16:.0f} 652"
            for n in range(10)
        )
        rim = stroke(flutes, brush.dark(0.16), 4)
    else:
        upper, lower = f"M{400 - wide:.0f} 560Q400 586 {400 + wide:.0f} 560", wide * 0.93
        band = f"{upper}L{400 + lower:.0f} 604Q400 630 {400 - lower:.0f} 604Z"
        rim = shape(band, brush.light(0.55), 'opacity=".8"')
    return body + rim + oval((400, 514), (wide - 4, 13), "#3a2b20")
