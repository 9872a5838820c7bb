"""What stands on a table or a stove: mugs, plates, bowls, jugs, kettles, pans, boards and mills."""

from __future__ import annotations

from loadtest.storefront.artwork.canvas import FLOOR, Brush, box, group, oval, shade, shape, stroke, turned

_MAIN = "url(#main)"
_WOOD = "url(#wood)"
_METAL = "url(#metal)"


def mug(brush: Brush) -> str:
    """A mug with steam over it."""
    belly = brush.dice.between("belly", 132, 160)
    dipped = shape(
        f"M{400 - belly + 8:.0f} 590Q400 622 {400 + belly - 8:.0f} 590L{392 + belly * 0.72:.0f} 658Q400 676 "
        f"{408 - belly * 0.72:.0f} 658Z",
        brush.light(0.55),
        'opacity=".8"',
    )
    return "".join(
        (
            stroke("M366 300C340 260 396 236 370 190M430 300C404 260 460 236 434 190", "#ffffff", 7, 'opacity=".55"'),
            stroke(
                f"M{388 + belly:.0f} 440C{500 + belly:.0f} 420 {500 + belly:.0f} 580 {384 + belly:.0f} 566",
                brush.dark(0.08),
                28,
            ),
            turned([(belly - 6, 372), (belly, 420), (belly, 560), (belly * 0.74, 650), (belly * 0.66, FLOOR)], _MAIN),
            dipped,
            oval((400, 372), (belly - 6, 26), brush.light(0.2)),
            oval((400, 377), (belly - 18, 19), "#4a3224"),
        )
    )


def plates(brush: Brush) -> str:
    """A stack of plates with two bowls on top."""
    stack = "".join(
        turned(
            [(230, 560 + 22 * n), (226, 572 + 22 * n), (112, 590 + 22 * n), (106, 594 + 22 * n)],
            _MAIN if n % 2 else "url(#pale)",
        )
        + oval((400, 560 + 22 * n), (230, 13), brush.light(0.3))
        for n in (3, 2, 1, 0)
    )
    bowls = "".join(
        turned(
            [(146, 430 + 44 * n), (130, 490 + 44 * n), (70, 536 + 40 * n), (64, 546 + 40 * n)],
            _MAIN if n else "url(#pale)",
        )
        + oval((400, 430 + 44 * n), (146, 15), brush.dark(0.3) if n == 0 else brush.light(0.2))
        for n in (1, 0)
    )
    return stack + oval((400, 561), (180, 9), brush.dark(0.15)) + bowls


def bowl(brush: Brush) -> str:
    """A serving bowl with two wooden spoons."""
    spoons = "".join(
        group(
            box((-7, -250), (14, 240), _WOOD, radius=7) + oval((0, -268), (26, 40), _WOOD),
            f"translate({x} 480) rotate({turn})",
        )
        for x, turn in ((430, 38), (400, 24))
    )
    return "".join(
        (
            spoons if brush.dice.share("spoons") < 0.7 else "",
            oval((400, 456), (218, 30), brush.dark(0.35)),
            turned([(218, 456), (210, 520), (150, 620), (86, 652), (84, FLOOR)], _MAIN),
            shape("M182 460Q400 520 618 460L616 484Q400 544 184 484Z", brush.light(0.5), 'opacity=".75"'),
        )
    )


def teapot(brush: Brush) -> str:
    """A round pot with a bamboo handle."""
    belly = brush.dice.between("belly", 158, 184)
    return "".join(
        (
            stroke("M282 420C250 180 550 180 518 420", shade(brush.wood, -0.1), 15),
            shape(
                f"M{380 + belly:.0f} 500C{450 + belly:.0f} 500 {430 + belly:.0f} 420 {490 + belly:.0f} 392"
                f"L{512 + belly:.0f} 410C{470 + belly:.0f} 450 {480 + belly:.0f} 566 {370 + belly:.0f} 580Z",
                "url(#dusk)",
            ),
            turned([(86, 404), (belly * 0.86, 440), (belly, 520), (belly * 0.8, 614), (96, 652), (92, FLOOR)], _MAIN),
            turned([(18, 356), (22, 372), (12, 384), (70, 394), (90, 408)], "url(#pale)"),
            shape(
                f"M{400 - belly * 0.72:.0f} 480Q{400 - belly * 0.66:.0f} 440 {400 - belly * 0.3:.0f} 428",
                "none",
                f'stroke="{brush.light(0.7)}" stroke-width="10" stroke-linecap="round" opacity=".5"',
            ),
        )
    )


def carafe(brush: Brush) -> str:
    """A carafe and a glass."""
    return "".join(
        (
            turned([(66, 250), (44, 300), (50, 360), (104, 470), (112, 600), (96, FLOOR)], _MAIN, centre=350),
            oval((350, 250), (66, 12), brush.dark(0.4)),
            turned([(52, 240), (40, 226)], _WOOD, centre=350) if brush.dice.share("stopper") < 0.4 else "",
            box((282, 470), (14, 130), brush.light(0.75), radius=7, more='opacity=".4"'),
            turned([(58, 520), (56, 580), (46, 652), (44, FLOOR)], "url(#pale)", centre=556),
            oval((556, 520), (58, 10), brush.dark(0.25)),
        )
    )


def kettle(brush: Brush) -> str:
    """A stovetop kettle."""
    return "".join(
        (
            stroke("M286 400C286 210 514 210 514 400", "#2d2a28", 13),
            box((330, 244), (140, 28), _WOOD, radius=14),
            shape("M560 500C610 490 612 430 654 400L684 420C650 456 660 560 556 590Z", "url(#dusk)"),
            turned([(74, 408), (158, 430), (190, 520), (196, 610), (186, 650), (176, FLOOR)], _MAIN),
            turned([(20, 362), (24, 378), (14, 388), (60, 396), (80, 412)], _METAL),
            stroke("M214 626Q400 646 586 626", brush.metal, 6),
            box((250, 470), (15, 120), brush.light(0.75), radius=8, more='opacity=".4"'),
        )
    )


def casserole(brush: Brush) -> str:
    """A lidded pot with two ears."""
    deep = brush.dice.whole("deep", 470, 510)
    top, middle, low = deep + 40, deep + 62, deep + 84
    ears = f"M186 {top}H150Q132 {top} 132 {middle}Q132 {low} 150 {low}H190" + (
        f"M614 {top}H650Q668 {top} 668 {middle}Q668 {low} 650 {low}H610"
    )
    return "".join(
        (
            stroke(ears, brush.dark(0.2), 20),
            turned([(226, deep), (224, 600), (206, 648), (190, FLOOR)], _MAIN),
            turned([(40, deep - 74), (150, deep - 56), (222, deep - 14), (236, deep + 6)], "url(#dusk)"),
            box((164, deep - 2), (472, 16), brush.dark(0.3), radius=8),
            turned([(34, deep - 118), (38, deep - 100), (20, deep - 84), (26, deep - 70)], _METAL),
            box((212, deep + 40), (15, 90), brush.light(0.75), radius=8, more='opacity=".35"'),
        )
    )


def boards(brush: Brush) -> str:
    """Three boards leaning against a wall."""
    return "".join(
        (
            group(
                box((250, 190), (240, 470), shade(brush.wood, -0.25), radius=30)
                + oval((370, 232), (20, 20), "#00000055"),
                "rotate(-6 370 660)",
            ),
            group(
                box((330, 290), (250, 370), _WOOD, radius=125)
                + stroke("M372 400Q460 360 540 420M366 480Q450 440 550 500", shade(brush.wood, -0.12), 2.5),
                "rotate(5 450 660)",
            ),
            group(
                box((220, 420), (200, 240), _MAIN, radius=22)
                + box((286, 350), (68, 90), _MAIN, radius=30)
                + oval((320, 384), (13, 13), brush.dark(0.5)),
                "rotate(-2 320 660)",
            ),
        )
    )


def mill(brush: Brush) -> str:
    """A pepper mill and its salt twin."""
    profile = [(34, 300), (40, 330), (24, 366), (46, 420), (40, 520), (58, 610), (66, 640), (64, FLOOR)]
    short = [(32, 400), (38, 428), (23, 458), (44, 508), (44, 590), (60, 636), (58, FLOOR)]
    return "".join(
        (
            oval((326, 274), (36, 34), _METAL),
            turned(profile, _MAIN, centre=326),
            stroke("M262 630Q326 646 390 630", brush.metal, 7),
            oval((494, 376), (34, 31), _METAL),
            turned(short, _WOOD, centre=494),
            stroke("M438 634Q494 648 550 634", brush.metal, 7),
        )
    )
