"""Chairs, stools, benches and tables."""

from __future__ import annotations

from loadtest.storefront.artwork.canvas import FLOOR, Brush, box, leg, oval, shade, shape, stroke, turned

_WOOD = "url(#wood)"
_MAIN = "url(#main)"


def dining_chair(brush: Brush) -> str:
    """A chair with a bent top rail on spindles."""
    far = shade(brush.wood, -0.35)
    spindles = brush.dice.whole("spindles", 3, 6)
    gap = 150 / (spindles + 1)
    bars = "".join(
        stroke(f"M{325 + gap * n:.0f} 300L{318 + (gap + 1.5) * n:.0f} 470", brush.wood, 7)
        for n in range(1, spindles + 1)
    )
    return "".join(
        (
            leg((350, 480), (336, 622), far, width=18),
            leg((470, 480), (484, 622), far, width=18),
            stroke("M316 290L302 480", brush.wood, 17),
            stroke("M484 290L498 480", brush.wood, 17),
            bars,
            shape(
                "M296 306C290 262 296 232 306 224C360 202 440 202 494 224C504 232 510 262 504 306"
                "C440 284 360 284 296 306Z",
                _WOOD,
            ),
            leg((296, 492), (272, FLOOR), _WOOD, width=24),
            leg((504, 492), (528, FLOOR), _WOOD, width=24),
            shape("M286 482H514L522 504Q400 524 278 504Z", _WOOD),
            shape("M282 476Q280 456 306 452Q400 436 494 452Q520 456 518 476Q514 492 400 496Q286 492 282 476Z", _MAIN),
        )
    )


def lounge_chair(brush: Brush) -> str:
    """A shell on splayed legs with a loose cushion."""
    return "".join(
        (
            leg((330, 540), (286, 632), shade(brush.wood, -0.4), width=20),
            leg((470, 540), (514, 632), shade(brush.wood, -0.4), width=20),
            leg((300, 545), (238, FLOOR), _WOOD, width=26),
            leg((500, 545), (562, FLOOR), _WOOD, width=26),
            shape(
                "M222 420C214 280 286 196 400 196C514 196 586 280 578 420C576 470 560 540 520 560"
                "C460 580 340 580 280 560C240 540 224 470 222 420Z",
                "url(#dusk)",
            ),
            shape(
                "M256 400C256 290 312 228 400 228C488 228 544 290 544 400C544 452 500 476 400 476"
                "C300 476 256 452 256 400Z",
                _MAIN,
            ),
            stroke("M400 240V466M322 258Q352 350 336 462M478 258Q448 350 464 462", brush.dark(0.14), 3),
            shape(
                "M214 420Q190 400 190 440Q194 530 262 566Q330 590 400 590Q470 590 538 566Q606 530 610 440"
                "Q610 400 586 420Q576 486 520 500Q400 520 280 500Q224 486 214 420Z",
                _MAIN,
            ),
            shape("M276 498Q400 520 524 498Q540 512 526 532Q400 556 274 532Q260 512 276 498Z", brush.light(0.22)),
        )
    )


def stool(brush: Brush) -> str:
    """A round bar stool with a foot ring."""
    padded = (
        oval((400, 296), (112, 26), _MAIN) if brush.dice.share("padded") < 0.6 else oval((400, 296), (112, 26), _WOOD)
    )
    return "".join(
        (
            leg((352, 330), (318, 636), shade(brush.wood, -0.35), width=18),
            leg((448, 330), (482, 636), shade(brush.wood, -0.35), width=18),
            leg((316, 326), (262, FLOOR), _WOOD, width=22),
            leg((484, 326), (538, FLOOR), _WOOD, width=22),
            stroke("M286 528Q400 560 514 528", brush.metal, 9),
            shape("M288 300V320Q292 348 400 348Q508 348 512 320V300Z", "url(#dusk)"),
            padded,
            oval((392, 290), (84, 15), brush.light(0.2), 'opacity=".45"'),
        )
    )


def armchair(brush: Brush) -> str:
    """A deep, fully upholstered chair."""
    round_back = brush.dice.whole("back", 40, 96)
    return "".join(
        (
            leg((250, 610), (242, FLOOR), brush.wood, width=26),
            leg((550, 610), (558, FLOOR), brush.wood, width=26),
            box((226, 240), (348, 320), "url(#dusk)", radius=round_back),
            box((252, 262), (296, 250), _MAIN, radius=max(24, round_back - 24)),
            stroke("M400 270V470", brush.dark(0.14), 3),
            box((166, 392), (104, 236), _MAIN, radius=48),
            box((530, 392), (104, 236), _MAIN, radius=48),
            box((226, 548), (348, 80), "url(#dusk)", radius=22),
            box((254, 470), (292, 92), _MAIN, radius=34),
            stroke("M276 536Q400 552 524 536", brush.dark(0.18), 3),
            oval((400, 486), (110, 9), brush.light(0.28), 'opacity=".5"'),
        )
    )


def bench(brush: Brush) -> str:
    """A long, low bench with a cushion or bare boards."""
    seat = (
        box((150, 476), (500, 44), _MAIN, radius=20) + stroke("M316 482V514M484 482V514", brush.dark(0.2), 3)
        if brush.dice.share("cushion") < 0.6
        else ""
    )
    return "".join(
        (
            leg((234, 540), (222, 636), shade(brush.wood, -0.35), width=22),
            leg((566, 540), (578, 636), shade(brush.wood, -0.35), width=22),
            leg((190, 540), (172, FLOOR), _WOOD, width=28),
            leg((610, 540), (628, FLOOR), _WOOD, width=28),
            stroke("M196 604H604", shade(brush.wood, -0.2), 11),
            box((140, 512), (520, 34), _WOOD, radius=8),
            seat,
        )
    )


def pedestal_table(brush: Brush) -> str:
    """A round table on a turned foot."""
    waist = brush.dice.between("waist", 26, 62)
    return "".join(
        (
            turned([(58, 404), (waist, 470), (waist - 4, 540), (70, 610), (134, 648), (138, FLOOR)], _MAIN),
            oval((400, 404), (276, 34), shade(brush.wood, -0.4)),
            shape("M116 372V388Q140 424 400 426Q660 424 684 388V372Z", shade(brush.wood, -0.18)),
            oval((400, 374), (284, 40), _WOOD),
            stroke("M180 366Q400 342 620 366M230 386Q400 402 590 384", shade(brush.wood, -0.1), 2, 'opacity=".6"'),
        )
    )


def desk(brush: Brush) -> str:
    """A writing desk with one or two drawers."""
    drawers = brush.dice.whole("drawers", 1, 2)
    fronts = "".join(
        box((288 + 232 * (n - (drawers - 1) / 2), 392), (224, 58), _MAIN, radius=6)
        + oval((400 + 232 * (n - (drawers - 1) / 2), 421), (9, 9), brush.metal)
        for n in range(drawers)
    )
    return "".join(
        (
            leg((206, 450), (196, 634), shade(brush.wood, -0.4), width=22),
            leg((594, 450), (604, 634), shade(brush.wood, -0.4), width=22),
            leg((162, 450), (138, FLOOR), _WOOD, width=30),
            leg((638, 450), (662, FLOOR), _WOOD, width=30),
            box((140, 384), (520, 74), shade(brush.wood, -0.14), radius=8),
            fronts,
            box((112, 358), (576, 30), _WOOD, radius=8),
        )
    )


def coffee_table(brush: Brush) -> str:
    """A low oval table with a shelf."""
    return "".join(
        (
            leg((330, 500), (310, 634), shade(brush.wood, -0.4), width=22),
            leg((470, 500), (490, 634), shade(brush.wood, -0.4), width=22),
            oval((400, 590), (190, 20), brush.dark(0.1)),
            oval((400, 582), (190, 20), _MAIN),
            leg((222, 506), (190, FLOOR), _WOOD, width=28),
            leg((578, 506), (610, FLOOR), _WOOD, width=28),
            shape("M122 476V494Q146 532 400 534Q654 532 678 494V476Z", shade(brush.wood, -0.2)),
            oval((400, 478), (278, 42), _WOOD),
            stroke("M196 468Q400 440 604 468M250 492Q400 508 570 490", shade(brush.wood, -0.12), 2, 'opacity=".6"'),
        )
    )


def side_table(brush: Brush) -> str:
    """A tray on a post."""
    lip = brush.dice.whole("lip", 14, 40)
    return "".join(
        (
            shape("M270 652Q272 628 400 626Q528 628 530 652L526 660H274Z", "url(#dusk)"),
            box((388, 404), (24, 232), "url(#metal)"),
            oval((400, 410), (150, 22), brush.dark(0.35)),
            shape(f"M244 {388 - lip}V396Q252 424 400 426Q548 424 556 396V{388 - lip}Z", _MAIN),
            oval((400, 388 - lip), (156, 24), brush.dark(0.22)),
            oval((400, 392 - lip), (148, 19), _WOOD),
        )
    )
