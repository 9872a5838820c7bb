"""Clocks and mirrors."""

from __future__ import annotations

import math

from loadtest.storefront.artwork.canvas import Brush, box, oval, shade, shape, stroke


def clock(brush: Brush) -> str:
    """A wall clock at ten past ten, as clocks in shops are."""
    dots = brush.dice.share("dots") < 0.5
    marks = "".join(_mark(hour, dots=dots, colour=brush.dark(0.4)) for hour in range(12))
    return "".join(
        (
            oval((410, 418), (238, 238), "#000000", 'opacity=".12"'),
            oval((400, 400), (236, 236), "url(#wood)"),
            oval((400, 400), (214, 214), "url(#face)"),
            marks,
            stroke("M400 400L318 340", "#2b2a29", 13),
            stroke("M400 400L516 330", "#2b2a29", 8),
            stroke("M400 436L400 250", "#b4533a", 3.5),
            oval((400, 400), (13, 13), brush.metal),
        )
    )


def arch_mirror(brush: Brush) -> str:
    """A tall mirror with a round head, framed in colour or in wood."""
    frame = brush.dice.pick("frame", ("url(#main)", "url(#wood)"))
    return "".join(
        (
            shape("M268 690V296A148 148 0 0 1 564 296V690Z", "#000000", 'opacity=".12"'),
            shape("M252 676V280A148 148 0 0 1 548 280V676Z", frame),
            shape("M270 658V280A130 130 0 0 1 530 280V658Z", "url(#glass)"),
            stroke("M310 500L470 300M340 560L500 360", "#ffffff", 13, 'opacity=".35"'),
        )
    )


def round_mirror(brush: Brush) -> str:
    """A round mirror, framed or hung from a strap."""
    strap = stroke("M400 90L262 260M400 90L538 260", shade(brush.wood, -0.3), 13)
    strap += oval((400, 90), (13, 13), brush.metal)
    return "".join(
        (
            strap if brush.dice.share("strap") < 0.5 else "",
            oval((414, 436), (214, 214), "#000000", 'opacity=".12"'),
            oval((400, 420), (212, 212), "url(#main)"),
            oval((400, 420), (190, 190), "url(#glass)"),
            stroke("M290 470L440 300M330 500L500 310", "#ffffff", 12, 'opacity=".35"'),
        )
    )


def _mark(hour: int, *, dots: bool, colour: str) -> str:
    angle = math.radians(hour * 30)
    x, y = 400 + 178 * math.sin(angle), 400 - 178 * math.cos(angle)
    if dots:
        return oval((round(x, 1), round(y, 1)), (8, 8), colour)
    long = 34 if hour % 3 == 0 else 20
    turn = f'transform="translate({x:.1f} {y:.1f}) rotate({hour * 30})"'
    return box((-4, -long / 2), (8, long), colour, radius=4, more=turn)
