"""Lamps, all of them lit."""

from __future__ import annotations

from loadtest.storefront.artwork.canvas import FLOOR, Brush, box, leg, oval, shape, stroke, turned

_MAIN = "url(#main)"
_METAL = "url(#metal)"


def dome_pendant(brush: Brush) -> str:
    """A dome on a long cord, its light falling in a cone."""
    wide = brush.dice.between("wide", 150, 210)
    top = 250
    return "".join(
        (
            shape(f"M{400 - wide:.0f} 430L120 800H680L{400 + wide:.0f} 430Z", "url(#beam)"),
            stroke(f"M400 0V{top - 40}", "#2b2a29", 4),
            box((382, top - 46), (36, 44), _METAL, radius=8),
            turned([(22, top - 6), (wide * 0.55, top + 26), (wide * 0.88, top + 96), (wide, top + 176)], _MAIN),
            oval((400, top + 176), (wide, 24), brush.dark(0.45)),
            oval((400, top + 178), (wide - 14, 18), "#fff1cf"),
            oval((400, top + 180), (46, 12), "#ffffff"),
        )
    )


def globe_pendant(brush: Brush) -> str:
    """One opal globe, or three on a bar."""
    drops = ((400, 420, 132),) if brush.dice.share("three") < 0.5 else ((236, 400, 74), (400, 500, 86), (564, 360, 74))
    parts = [] if len(drops) == 1 else [box((190, 96), (420, 14), _METAL, radius=7), stroke("M400 0V96", "#2b2a29", 4)]
    for x, y, radius in drops:
        parts += (
            oval((x, y), (radius * 2.1, radius * 2.1), "url(#glow)"),
            stroke(f"M{x} {0 if len(drops) == 1 else 104}V{y - radius - 12}", "#2b2a29", 4),
            oval((x, y), (radius, radius), "url(#opal)"),
            shape(f"M{x - 30} {y - radius + 12}Q{x} {y - radius - 34} {x + 30} {y - radius + 12}Z", _MAIN),
        )
    return "".join(parts)


def mushroom_lamp(brush: Brush) -> str:
    """A table lamp with a domed shade."""
    wide = brush.dice.between("wide", 150, 200)
    foot = brush.dice.between("foot", 66, 112)
    return "".join(
        (
            oval((400, 420), (350, 320), "url(#glow)"),
            turned([(20, 400), (24, 470), (30, 540), (foot * 0.8, 632), (foot, FLOOR)], _METAL),
            turned([(wide * 0.3, 232), (wide * 0.72, 264), (wide * 0.96, 340), (wide, 410)], _MAIN),
            oval((400, 410), (wide, 20), brush.dark(0.35)),
            oval((400, 411), (wide - 12, 14), "#fff1cf"),
            shape(
                f"M{400 - wide * 0.62:.0f} 300Q{400 - wide * 0.5:.0f} 262 {400 - wide * 0.2:.0f} 250",
                "none",
                f'stroke="{brush.light(0.6)}" stroke-width="9" stroke-linecap="round" opacity=".55"',
            ),
        )
    )


def arc_lamp(brush: Brush) -> str:
    """A floor lamp that reaches over a sofa."""
    return "".join(
        (
            oval((212, 330), (240, 220), "url(#glow)"),
            box((508, 616), (150, 44), "url(#dusk)", radius=10),
            stroke("M584 620C596 300 520 120 380 122C280 124 226 170 214 236", brush.metal, 11),
            turned([(20, 232), (64, 252), (92, 296), (104, 340)], _MAIN, centre=212),
            oval((212, 340), (104, 14), brush.dark(0.35)),
            oval((212, 341), (94, 9), "#fff1cf"),
            shape("M112 344L40 660H384L312 344Z", "url(#beam)"),
        )
    )


def tripod_lamp(brush: Brush) -> str:
    """A drum shade on three wooden legs."""
    taper = brush.dice.between("taper", 96, 150)
    return "".join(
        (
            oval((400, 270), (330, 280), "url(#glow)"),
            leg((404, 360), (428, 634), brush.metal, width=16),
            leg((388, 360), (280, FLOOR), "url(#wood)", width=22),
            leg((412, 360), (520, FLOOR), "url(#wood)", width=22),
            oval((400, 520), (66, 8), "none", f'stroke="{brush.metal}" stroke-width="6"'),
            shape(f"M{400 - taper:.0f} 140H{400 + taper:.0f}L560 372H240Z", _MAIN),
            shape(f"M{400 - taper:.0f} 140H{400 + taper:.0f}L560 372H240Z", "url(#lit)"),
            oval((400, 372), (160, 14), "#fff1cf"),
        )
    )
