"""Bookcases, sideboards, chests and shelves."""

from __future__ import annotations

from loadtest.storefront.artwork.canvas import FLOOR, Brush, Point, box, leg, oval, shade, stroke, turned

_WOOD = "url(#wood)"
_MAIN = "url(#main)"
_SPINES = ("#8c3f33", "#d9c7a3", "#33455a", "#93a58c", "#b9874c", "#5a4a4f", "#e3ded2", "#4c6a62")


def bookcase(brush: Brush) -> str:
    """Four or five shelves, half of them in use."""
    shelves = brush.dice.whole("shelves", 4, 5)
    step = 470 / shelves
    parts = [
        leg((262, 620), (256, FLOOR), brush.wood, width=24),
        leg((538, 620), (544, FLOOR), brush.wood, width=24),
        box((236, 130), (328, 506), shade(brush.wood, -0.5), radius=6),
    ]
    for number in range(shelves):
        top = 148 + number * step
        parts += (
            box((250, top), (300, step - 14), brush.dark(0.3)),
            _shelf_contents(brush, (250, top + step - 14), number),
        )
        parts.append(box((244, top + step - 14), (312, 14), _WOOD))
    return "".join(
        (
            *parts,
            box((228, 122), (344, 22), _WOOD, radius=5),
            box((228, 122), (18, 516), _WOOD, radius=4),
            box((554, 122), (18, 516), _WOOD, radius=4),
        )
    )


def sideboard(brush: Brush) -> str:
    """Sliding or slatted doors on a low frame."""
    doors = brush.dice.whole("doors", 2, 4)
    width = 512 / doors
    fronts = "".join(
        box((144 + width * n + 3, 404), (width - 6, 172), _MAIN if n % 2 else _WOOD, radius=4)
        + (_slats((144 + width * n, 404), (width, 172), brush) if n % 2 == 0 else "")
        + oval((144 + width * (n + (0.88 if n % 2 == 0 else 0.12)), 490), (7, 7), brush.metal)
        for n in range(doors)
    )
    return "".join(
        (
            leg((190, 590), (176, FLOOR), _WOOD, width=24),
            leg((610, 590), (624, FLOOR), _WOOD, width=24),
            box((128, 384), (544, 210), shade(brush.wood, -0.3), radius=10),
            fronts,
            box((120, 376), (560, 24), _WOOD, radius=6),
            _still_life(brush),
        )
    )


def chest(brush: Brush) -> str:
    """Drawers, one above the other."""
    rows = brush.dice.whole("rows", 3, 5)
    step = 330 / rows
    fronts = "".join(
        box((246, 268 + step * n), (308, step - 10), _MAIN if n % 2 == 0 else "url(#dusk)", radius=5)
        + box((370, 268 + step * (n + 0.5) - 9), (60, 8), brush.metal, radius=4)
        for n in range(rows)
    )
    return "".join(
        (
            leg((258, 610), (250, FLOOR), _WOOD, width=24),
            leg((542, 610), (550, FLOOR), _WOOD, width=24),
            box((230, 252), (340, 364), shade(brush.wood, -0.35), radius=8),
            fronts,
            box((220, 240), (360, 22), _WOOD, radius=6),
        )
    )


def wall_shelf(brush: Brush) -> str:
    """One board on two brackets with a few things on it."""
    return "".join(
        (
            stroke("M250 452V548Q250 556 262 548L318 470M550 452V548Q550 556 538 548L482 470", brush.metal, 9),
            box((166, 436), (468, 26), _WOOD, radius=5),
            _books(brush, (196, 436), 7, 96),
            turned([(12, 350), (14, 370), (38, 398), (34, 428), (22, 436)], _MAIN, centre=450),
            stroke("M450 352C452 310 434 280 418 262M450 352C456 306 474 282 492 270", "#6d7a52", 4),
            oval((414, 256), (11, 20), "#7f8f62"),
            oval((496, 264), (11, 20), "#7f8f62"),
            box((528, 356), (76, 80), brush.dark(0.1), radius=4),
            box((538, 366), (56, 60), "#efe8da"),
        )
    )


def _slats(corner: Point, size: Point, brush: Brush) -> str:
    (x, y), (width, height) = corner, size
    count = int(width // 14)
    lines = "".join(f"M{x + 8 + 14 * n:.0f} {y + 6:.0f}V{y + height - 6:.0f}" for n in range(count))
    return stroke(lines, shade(brush.wood, -0.22), 3)


def _shelf_contents(brush: Brush, floor: Point, number: int) -> str:
    x, y = floor
    if number % 2 == 0:
        return _books(brush, (x + 14, y), 9 + number, 66) + turned(
            [(10, y - 52), (26, y - 30), (18, y)], brush.light(0.3), centre=x + 258
        )
    return _books(brush, (x + 120, y), 8, 60) + oval((x + 60, y - 24), (34, 24), brush.light(0.15))


def _books(brush: Brush, floor: Point, count: int, tall: float) -> str:
    x, y = floor
    parts = []
    for number in range(count):
        width = brush.dice.between(f"book{x}{y}{number}", 11, 20)
        height = tall * brush.dice.between(f"tall{x}{y}{number}", 0.7, 1.1)
        spine = brush.dice.pick(f"spine{x}{y}{number}", _SPINES)
        parts.append(box((round(x, 1), round(y - height, 1)), (width, height), spine, radius=1.5))
        x += width + 1
    return "".join(parts)


def _still_life(brush: Brush) -> str:
    return "".join(
        (
            turned([(14, 268), (13, 290), (44, 326), (38, 364), (24, 376)], _MAIN, centre=220),
            stroke("M220 270C214 224 196 196 176 178M220 270C226 214 246 192 262 176", "#6d7a52", 4),
            oval((170, 172), (12, 24), "#7f8f62", 'transform="rotate(-30 170 172)"'),
            oval((268, 170), (12, 24), "#7f8f62", 'transform="rotate(30 268 170)"'),
            _books(brush, (520, 376), 5, 58),
        )
    )
