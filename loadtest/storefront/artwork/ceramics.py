"""Vases and bowls: turned profiles, glaze lines, now and then a branch."""

from __future__ import annotations

from collections.abc import Sequence

from loadtest.storefront.artwork.canvas import FLOOR, Brush, Point, box, oval, stroke, turned

_MAIN = "url(#main)"


def vase(brush: Brush) -> str:
    """A single vase with flowers."""
    neck = brush.dice.between("neck", 34, 70)
    belly = brush.dice.between("belly", 110, 170)
    shoulder = brush.dice.between("shoulder", 430, 510)
    profile = [(neck + 10, 330), (neck, 356), (neck + 8, 384), (belly, shoulder), (belly * 0.8, 600), (70, FLOOR)]
    return "".join(
        (
            _stems(brush, (400, 334)),
            turned(profile, _MAIN),
            oval((400, 330), (neck + 10, 11), brush.dark(0.5)),
            _glaze(brush, profile),
        )
    )


def bottle_vase(brush: Brush) -> str:
    """A tall vase with a thin neck."""
    belly = brush.dice.between("belly", 84, 124)
    profile = [(24, 220), (17, 244), (18, 350), (30, 410), (belly, 520), (belly * 0.94, 610), (belly * 0.6, FLOOR)]
    branch = stroke("M400 224C410 150 440 110 476 84M404 180C386 150 366 136 344 128", "#7a6248", 5)
    buds = "".join(oval(at, (9, 13), "#e7c9bd") for at in ((476, 82), (452, 104), (344, 126), (366, 140), (424, 140)))
    return "".join(
        (
            branch + buds if brush.dice.share("branch") < 0.7 else "",
            turned(profile, _MAIN),
            oval((400, 220), (24, 6), brush.dark(0.5)),
            _glaze(brush, profile),
        )
    )


def vessel_pair(brush: Brush) -> str:
    """A tall and a low vessel that belong together."""
    tall = [(46, 300), (40, 326), (88, 420), (104, 540), (66, FLOOR)]
    low = [(54, 500), (50, 512), (98, 580), (92, 630), (56, FLOOR)]
    return "".join(
        (
            _stems(brush, (312, 304)) if brush.dice.share("stems") < 0.5 else "",
            turned(tall, _MAIN, centre=312),
            oval((312, 300), (46, 9), brush.dark(0.5)),
            turned(low, "url(#pale)", centre=506),
            oval((506, 500), (54, 9), brush.dark(0.35)),
            stroke("M222 470Q312 492 402 470M212 520Q312 544 412 520", brush.light(0.35), 4, 'opacity=".7"'),
        )
    )


def footed_bowl(brush: Brush) -> str:
    """A wide bowl on a foot."""
    wide = brush.dice.between("wide", 200, 250)
    fruit = ("#c9803f", "#b5533c", "#d8a648")
    filled = "".join(
        oval((x, y), (44, 42), colour)
        for (x, y), colour in zip(((336, 438), (404, 426), (468, 440)), fruit, strict=True)
    )
    return "".join(
        (
            oval((400, 456), (wide, 26), brush.dark(0.4)),
            filled if brush.dice.share("fruit") < 0.6 else "",
            turned([(wide, 456), (wide * 0.9, 520), (wide * 0.5, 590), (54, 610), (50, 628), (92, FLOOR)], _MAIN),
            stroke(f"M{400 - wide:.0f} 457Q400 512 {400 + wide:.0f} 457", brush.light(0.3), 6),
        )
    )


def _glaze(brush: Brush, profile: Sequence[Point]) -> str:
    """A lighter band, runs or speckles, clipped by staying well inside the profile."""
    finish = brush.dice.whole("finish", 0, 2)
    radius, y = max(profile)
    if finish == 0:
        return "".join(
            oval(
                (400 + brush.dice.between(f"sx{n}", -0.7, 0.7) * radius, y + brush.dice.between(f"sy{n}", -60, 70)),
                (2.4, 2),
                brush.dark(0.45),
                'opacity=".55"',
            )
            for n in range(34)
        )
    if finish == 1:
        return "".join(
            stroke(
                f"M{400 - radius * 0.95:.0f} {y + gap}Q400 {y + gap + 24} {400 + radius * 0.95:.0f} {y + gap}",
                brush.light(0.4),
                4,
                'opacity=".75"',
            )
            for gap in (-16, 0, 16)
        )
    return box((400 - radius * 0.62, y - 40), (16, 110), brush.light(0.75), radius=8, more='opacity=".35"')


def _stems(brush: Brush, mouth: Point) -> str:
    x, y = mouth
    blossom = brush.dice.pick("blossom", ("#e8c2b3", "#e9d8a6", "#f1ece2", "#c98a7a"))
    parts = []
    for number, lean in enumerate((-128, -66, 0, 58, 120)):
        rise = 150 + brush.dice.whole(f"rise{number}", 0, 90)
        tip = (x + lean, y - rise)
        parts.append(
            stroke(
                f"M{x:g} {y:g}C{x:g} {y - rise / 2:g} {tip[0]:g} {tip[1] + 70:g} {tip[0]:g} {tip[1]:g}", "#66754f", 4
            )
        )
        if number % 2:
            parts += (
                oval((tip[0], tip[1]), (11, 26), "#8a9a6c", f'transform="rotate({lean / 4:g} {tip[0]:g} {tip[1]:g})"'),
                oval((tip[0] - 18, tip[1] + 30), (8, 20), "#7b8b5e"),
            )
        else:
            petals = ((0, -15), (14, -4), (9, 13), (-9, 13), (-14, -4))
            parts += [oval((tip[0] + dx, tip[1] + dy), (13, 13), blossom) for dx, dy in petals]
            parts.append(oval(tip, (9, 9), "#c58f3f"))
    return "".join(parts)
