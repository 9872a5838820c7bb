"""Rugs, cushions and throws with woven patterns."""

from __future__ import annotations

from loadtest.storefront.artwork.canvas import Brush, box, group, oval, shape, stroke

_WOOL = "#efe7d8"


def rug(brush: Brush) -> str:
    """A rug seen from above, fringed at both ends."""
    fringe = "".join(f"M{224 + 8 * n} 112V88M{224 + 8 * n} 688V712" for n in range(45))
    return "".join(
        (
            stroke(fringe, "#e0d5c1", 2.5),
            box((218, 110), (364, 580), "url(#main)", radius=3),
            box((236, 128), (328, 544), _WOOL, more='opacity=".18"'),
            _pattern(brush),
            stroke("M236 128H564V672H236Z", brush.dark(0.3), 3),
        )
    )


def cushion(brush: Brush) -> str:
    """A square cushion, slightly turned."""
    outline = (
        "M190 226Q180 206 208 206Q400 236 592 206Q620 206 610 226Q584 410 612 590Q616 616 590 612"
        "Q400 586 210 612Q184 616 188 590Q216 410 190 226Z"
    )
    style = brush.dice.whole("style", 0, 2)
    marks = (
        "M206 300Q400 322 594 300M204 360Q400 380 596 360M204 460Q400 444 596 460M202 520Q400 502 598 520",
        "M290 220Q302 410 290 600M345 226Q352 410 345 594M455 226Q448 410 455 594M510 220Q498 410 510 600",
        "M400 226L586 408L400 590L214 408ZM400 300L510 408L400 516L290 408Z",
    )[style]
    return group(
        shape(outline, "url(#main)")
        + stroke(marks, brush.light(0.55), (14, 9, 8)[style], 'opacity=".8"')
        + stroke(outline, brush.dark(0.25), 3)
        + oval((330, 320), (110, 80), "#ffffff", 'opacity=".08"'),
        f"rotate({brush.dice.whole('turn', -7, 7)} 400 410)",
    )


def throw(brush: Brush) -> str:
    """A folded throw, its fringe over the edge."""
    layers = "".join(
        shape(
            f"M196 {y}Q196 {y - 34} 232 {y - 34}H580Q608 {y - 34} 608 {y}"
            f"Q608 {y + 30} 580 {y + 30}H232Q196 {y + 30} 196 {y}Z",
            fill,
        )
        + stroke(f"M214 {y + 12}H596", brush.dark(0.2), 2.5, 'opacity=".6"')
        for y, fill in ((614, "url(#dusk)"), (552, "url(#main)"), (490, "url(#dusk)"))
    )
    bands = "".join(
        box((x, 392), (wide, 236), _WOOL, more='opacity=".75"')
        for x, wide in ((318, 18), (350, 6), (448, 6), (468, 18))
    )
    fringe = "".join(f"M{300 + 9 * n} 628V666" for n in range(23))
    return "".join(
        (
            layers,
            shape("M280 430Q280 392 318 392H486Q518 392 518 430V628H280Z", "url(#main)"),
            bands,
            stroke(fringe, brush.dark(0.1), 3),
        )
    )


def _pattern(brush: Brush) -> str:
    style = brush.dice.whole("pattern", 0, 3)
    if style == 0:
        return "".join(
            shape(
                f"M{256 + 96 * col} {262 + 136 * row}V{210 + 136 * row}A48 48 0 0 1 {352 + 96 * col} {210 + 136 * row}"
                f"V{262 + 136 * row}Z",
                (brush.accent, _WOOL, brush.dark(0.3))[(row + col) % 3],
            )
            for row in range(3)
            for col in range(3)
        ) + box((250, 560), (300, 60), brush.dark(0.3))
    if style == 1:
        return "".join(
            box((236, 150 + 52 * n), (328, (12, 26, 6)[n % 3]), (_WOOL, brush.dark(0.35), brush.accent)[n % 3])
            for n in range(10)
        )
    if style == 2:
        return "".join(
            box((246 + 51.5 * col, 138 + 52.5 * row), (51.5, 52.5), _WOOL, more='opacity=".85"')
            for row in range(10)
            for col in range(6)
            if (row + col) % 2
        )
    return "".join(
        (
            oval((400, 300), (118, 118), brush.accent),
            oval((400, 300), (74, 74), _WOOL),
            shape("M250 520Q325 440 400 520T550 520V650H250Z", brush.dark(0.3)),
            stroke("M250 480Q325 400 400 480T550 480", _WOOL, 10),
        )
    )
