"""What the shop sells: ten categories, what kinds of thing are in each, and in which colours they come."""

from __future__ import annotations

import msgspec


class Kind(msgspec.Struct, frozen=True):
    """One kind of product. ``drawing`` names the picture in ``artwork``."""

    name: str
    drawing: str
    price: tuple[int, int]
    """Lowest and highest price in whole euros."""
    size: tuple[int, int, int]
    """Typical width, depth and height in centimetres."""
    materials: tuple[str, ...]


class Category(msgspec.Struct, frozen=True):
    """One department of the shop."""

    slug: str
    code: str
    """Three letters that stand in every SKU of the category."""
    name: str
    tagline: str
    blurb: str
    kinds: tuple[Kind, ...]


class Colour(msgspec.Struct, frozen=True):
    """A finish: the name visitors read and the colour pictures use."""

    name: str
    value: str


COLOURS = (
    Colour("Sage", "#93a58c"),
    Colour("Ink", "#33455a"),
    Colour("Terracotta", "#c5714f"),
    Colour("Ochre", "#d3a045"),
    Colour("Chalk", "#e4ddcf"),
    Colour("Moss", "#69784f"),
    Colour("Plum", "#75516a"),
    Colour("Mist", "#a3bac6"),
    Colour("Charcoal", "#45444a"),
    Colour("Blush", "#dcae9f"),
    Colour("Pine", "#3b5b4c"),
    Colour("Clay", "#b48a6b"),
)

SERIES = (
    "Alder", "Arden", "Birk", "Brae", "Calla", "Clement", "Cove", "Dune", "Eddy", "Elm", "Fenn", "Flint", "Glen",
    "Grove", "Hale", "Heath", "Iris", "Isla", "Juno", "Jura", "Kelp", "Knoll", "Linden", "Lund", "Maren", "Moss",
    "Nave", "Nook", "Orla", "Otter", "Pell", "Pike", "Quill", "Reed", "Rowan", "Sable", "Skye", "Tarn", "Thorne",
    "Umber", "Una", "Vale", "Verge", "Wilder", "Willow", "Wren", "Yarrow", "Yewell", "Zella", "Zephyr",
)  # fmt: skip

_UPHOLSTERY = ("solid oak and wool bouclé", "walnut and brushed linen", "ash and recycled wool")
_TIMBER = ("oiled oak", "smoked walnut", "white-soaped ash")
_LAMPS = ("spun aluminium and brass", "powder-coated steel", "opal glass and brass")
_CLAY = ("stoneware, reactive glaze", "unglazed earthenware", "porcelain, satin glaze")
_WEAVE = ("undyed Gotland wool", "washed linen", "organic cotton and jute")
_TABLE = ("glazed stoneware", "bone china", "hand-dipped earthenware")
_STOVE = ("enamelled steel", "cast iron, enamelled", "stainless steel and beech")
_WALL = ("brass and mineral glass", "oak and silvered glass", "powder-coated steel")
_POTS = ("terracotta", "fluted concrete", "glazed stoneware")

CATEGORIES = (
    Category(
        "seating", "SEA", "Seating", "Chairs that ask you to stay",
        "Dining chairs, stools and deep armchairs, jointed by hand and upholstered in cloth that can be taken off, "
        "washed and put back.",
        (
            Kind("dining chair", "dining_chair", (189, 420), (48, 52, 80), _UPHOLSTERY),
            Kind("lounge chair", "lounge_chair", (690, 1690), (72, 78, 84), _UPHOLSTERY),
            Kind("bar stool", "stool", (149, 320), (40, 40, 66), _UPHOLSTERY),
            Kind("armchair", "armchair", (790, 1890), (86, 88, 76), _UPHOLSTERY),
            Kind("hall bench", "bench", (320, 740), (120, 38, 45), _UPHOLSTERY),
        ),
    ),
    Category(
        "tables", "TAB", "Tables & desks", "Somewhere to put the day down",
        "Solid tops from single boards, finished with plant oil. Every table arrives whole or with four bolts: "
        "nothing you'll need a weekend for.",
        (
            Kind("pedestal table", "pedestal_table", (640, 1640), (110, 110, 74), _TIMBER),
            Kind("writing desk", "desk", (520, 1290), (130, 65, 75), _TIMBER),
            Kind("coffee table", "coffee_table", (290, 780), (95, 60, 40), _TIMBER),
            Kind("side table", "side_table", (129, 340), (42, 42, 52), _TIMBER),
        ),
    ),
    Category(
        "lighting", "LGT", "Lighting", "Lamps for long evenings",
        "Pendants, table lamps and floor lamps with warm, dimmable light. All of them take a bulb you can buy in any "
        "town, and cords you can replace.",
        (
            Kind("dome pendant", "dome_pendant", (119, 390), (42, 42, 34), _LAMPS),
            Kind("table lamp", "mushroom_lamp", (98, 320), (32, 32, 44), _LAMPS),
            Kind("globe pendant", "globe_pendant", (139, 420), (36, 36, 36), _LAMPS),
            Kind("arc floor lamp", "arc_lamp", (310, 890), (90, 34, 185), _LAMPS),
            Kind("tripod lamp", "tripod_lamp", (240, 620), (52, 52, 148), _LAMPS),
        ),
    ),
    Category(
        "storage", "STO", "Storage", "A place for each thing",
        "Bookcases, sideboards and chests with backs as finished as their fronts, so they can stand in the middle of "
        "a room.",
        (
            Kind("bookcase", "bookcase", (420, 1190), (90, 32, 190), _TIMBER),
            Kind("sideboard", "sideboard", (790, 2290), (160, 45, 72), _TIMBER),
            Kind("chest of drawers", "chest", (540, 1390), (80, 48, 96), _TIMBER),
            Kind("wall shelf", "wall_shelf", (79, 240), (90, 22, 26), _TIMBER),
        ),
    ),
    Category(
        "ceramics", "CER", "Vases & ceramics", "Thrown, glazed, never twice the same",
        "Small batches from three workshops. The glaze runs where it likes, so yours will differ a little from the "
        "picture.",
        (
            Kind("vase", "vase", (34, 160), (18, 18, 30), _CLAY),
            Kind("bottle vase", "bottle_vase", (29, 120), (12, 12, 34), _CLAY),
            Kind("vessel pair", "vessel_pair", (68, 210), (34, 18, 26), _CLAY),
            Kind("footed bowl", "footed_bowl", (39, 130), (28, 28, 14), _CLAY),
        ),
    ),
    Category(
        "textiles", "TEX", "Rugs & textiles", "Warm underfoot, soft to the hand",
        "Flat-woven rugs, cushions and throws in wool, linen and cotton, coloured with dyes that are kind to skin "
        "and rivers.",
        (
            Kind("flat-weave rug", "rug", (149, 890), (170, 240, 1), _WEAVE),
            Kind("cushion", "cushion", (39, 98), (50, 50, 14), _WEAVE),
            Kind("throw", "throw", (69, 210), (130, 180, 1), _WEAVE),
        ),
    ),
    Category(
        "tableware", "TBW", "Tableware", "For the table you actually use",
        "Mugs, plates, bowls and jugs that stack, survive the dishwasher and can be bought again one by one in "
        "ten years' time.",
        (
            Kind("mug", "mug", (14, 38), (12, 9, 10), _TABLE),
            Kind("plate set", "plates", (48, 140), (27, 27, 9), _TABLE),
            Kind("serving bowl", "bowl", (32, 98), (26, 26, 11), _TABLE),
            Kind("teapot", "teapot", (49, 150), (24, 15, 16), _TABLE),
            Kind("carafe", "carafe", (36, 96), (11, 11, 27), _TABLE),
        ),
    ),
    Category(
        "kitchen", "KIT", "Kitchen", "Tools worth hanging in view",
        "Kettles, casseroles, boards and mills, made heavy where it helps and light where it doesn't.",
        (
            Kind("stovetop kettle", "kettle", (59, 190), (22, 20, 23), _STOVE),
            Kind("casserole", "casserole", (89, 320), (32, 26, 17), _STOVE),
            Kind("chopping boards", "boards", (39, 140), (30, 3, 44), _TIMBER),
            Kind("pepper mill", "mill", (34, 110), (7, 7, 24), _TIMBER),
        ),
    ),
    Category(
        "clocks-mirrors", "WAL", "Clocks & mirrors", "Time and light for the wall",
        "Silent sweep movements, bevel-free glass and fixings that are already in the box.",
        (
            Kind("wall clock", "clock", (59, 240), (32, 5, 32), _WALL),
            Kind("arched mirror", "arch_mirror", (149, 590), (60, 3, 110), _WALL),
            Kind("round mirror", "round_mirror", (98, 390), (70, 3, 70), _WALL),
        ),
    ),
    Category(
        "plants", "PLA", "Plants & pots", "Something green by the window",
        "Planters with saucers that fit, sold with or without the plant. We send live plants only in weeks when the "
        "vans stay above five degrees.",
        (
            Kind("planter with rubber fig", "rubber_fig", (49, 190), (34, 34, 92), _POTS),
            Kind("planter with snake plant", "snake_plant", (39, 150), (26, 26, 74), _POTS),
            Kind("planter with palm", "palm", (69, 240), (40, 40, 130), _POTS),
            Kind("planter with cactus", "cactus", (29, 98), (18, 18, 38), _POTS),
        ),
    ),
)  # fmt: skip
