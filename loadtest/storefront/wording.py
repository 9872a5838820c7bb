"""The sentences product pages are written from."""

from __future__ import annotations

OPENINGS = (
    "The {series} {kind} began as a sketch on the back of a delivery note and took four winters to get right.",
    "There is nothing to add to the {series} {kind}, and we have tried.",
    "We drew the {series} {kind} for a small flat with one good window; it has turned out to suit almost any room.",
    "The {series} {kind} is the piece our own people take home first.",
    "Made in a workshop of nine, the {series} {kind} is finished by the same pair of hands that started it.",
    "Some things disappear into a room and hold it together. The {series} {kind} is one of those.",
)

MIDDLES = (
    "It is built from {material}, chosen board by board and batch by batch, and left to rest for a month before "
    "anyone touches it with a tool. The edges are broken by hand, so that there is no sharp line anywhere a palm, "
    "a sleeve or a child's knee might land.",
    "The body is {material}. Where two parts meet, you'll find a joint instead of a screw; where a screw is the "
    "honest answer, you'll find one made of brass, with a slot that fits an ordinary coin.",
    "We use {material} because it ages in the open: it darkens a shade in its first summer, picks up a mark or two "
    "and looks better for both. A spoonful of oil and an old T-shirt bring it back whenever you like.",
    "{Material} gives it its weight and its quiet. The colour, which we call {colour}, is mixed in-house and goes on "
    "in three thin coats, each rubbed back before the next.",
)

CLOSINGS = (
    "It comes fully assembled in a box without plastic, and we take the box back. Should a part ever fail, write to "
    "us with the number stamped underneath & we'll send the part, not a new one.",
    "Like everything in the {series} series, it is made to be repaired: each part has a number, each number stays in "
    'our catalogue for at least twenty years, and the "how" is on one printed page.',
    "If it doesn't feel right at home, keep it for up to 60 days and then send it back at our expense. Most people "
    "know within a week; we would rather you were sure.",
)

PROMISES = (
    ("Free delivery over €50", "Two to four working days; large pieces by appointment, carried to the room you want."),
    ("60 days to decide", "Send it back for any reason. We pay for the return and refund within two days."),
    ("Twenty-year parts", "Every part is numbered and stays in our catalogue for at least twenty years."),
)

CARE = (
    "Wipe with a damp, well-wrung cloth along the grain or glaze. Dry straight away.",
    "Keep out of reach of radiators and of direct midday sun for the first few weeks.",
    "Avoid anything abrasive, bleach-based or scented. If in doubt, warm water does it.",
    "Once a year, give it ten minutes of attention: tighten, oil, brush or rinse as the leaflet says.",
)

REVIEW_TITLES = (
    "Better than the pictures", "Exactly what we were after", "Worth the wait", "Quietly lovely", "Second one we've "
    "bought", "Solid, simple, done", "My favourite corner now", "Feels like it was always here", "A joy & no fuss",
    "Does what it says", "Bought with the heart", "Grown-up at last", "Well made, well packed", "The right size",
    "Couldn't be happier", "Handsome thing", "A keeper", "Even nicer by lamplight", "As described", "Made to last",
)  # fmt: skip

LUKEWARM_TITLES = (
    "A bit smaller than I imagined", "Good, with one small thing", "Nice, but took its time", "Lovely colour, slow "
    "courier", "Fine for the price",
)  # fmt: skip

QUESTIONS = (
    (
        "Can I have the {kind} in another colour?",
        "Not the {series}: each piece of the series is made in one colour, here {colour}. "
        "Have a look at its relatives in the same department; most of them share a palette, and we're glad to send you "
        "samples by post, three at a time and free of charge.",
    ),
    (
        "How heavy is it, and does one person manage?",
        "The weight is listed under Details. Everything up to 15 kg comes by parcel "
        "and is easily handled by one person; heavier pieces are carried in by two people, who take the box away.",
    ),
    (
        "Is the material treated with anything?",
        "We use {material}, and nothing else that you could smell or taste. Oils and glazes are "
        "certified for contact with food and for children's toys, whatever the piece is meant for.",
    ),
    (
        "What happens if a part breaks in eight years' time?",
        "You write to us with the number stamped underneath, and we send the part. "
        "If it can't be fitted at home we'll collect the {kind}, repair it & bring it back, within three weeks.",
    ),
    (
        "Do you match the colour to an older batch?",
        "As closely as we can. {colour} is mixed by weight from the same four pigments every "
        "time, but wood and clay have a say in it too; put two batches side by side and you might see a shade.",
    ),
    (
        "May I see it before I buy it?",
        'Yes: the shop in Amsterdam shows most of the {series} series, and our "visits" page lists '
        "thirty-one people in eight countries who have one at home and don't mind a visit. There's often cake.",
    ),
)

REVIEW_OPENINGS = (
    "We'd been looking for a {kind} for months and nearly settled for something else.",
    "Bought this for our new place after seeing it at a friend's.",
    "It arrived a day early, packed in nothing but cardboard and paper.",
    "I was nervous about ordering a {kind} without having touched one.",
    "This replaced one we'd had for fifteen years, so the bar was high.",
    "A birthday present to myself.",
    "Ordered on a Sunday night, unpacked on the Wednesday.",
    "I measured three times and ordered once.",
    "We chose this {kind} together, which is saying something.",
    "Third piece from this shop, first one for the hallway.",
    "My mother has the older model, and hers still looks new.",
    "My partner picked it, I was sceptical, and I've been told to write that I was wrong.",
)

REVIEW_MIDDLES = (
    "{colour} is softer in daylight than on screen and goes with more than I'd have guessed.",
    "You notice the weight first, then how evenly everything is finished, the underside included.",
    "It took two minutes to set up, and the instructions fit on a postcard.",
    "There's a slight variation in the surface that the description warns about; I find it makes the piece.",
    "It has already survived two children, one dog and a dinner for ten.",
    "One corner had a small scuff. I sent a photo & had a replacement part within three days, no questions.",
    "The {series} series works well together; we've since added another piece.",
    "The size is as stated (do measure!), and it leaves more room than I feared.",
)

REVIEW_CLOSINGS = (
    "Would buy it again tomorrow.", "Highly recommended if you like things plain.", "I only had to wait for the "
    "colour.", "If they ever make it larger, I'm first in line.", "Not cheap, but you see where the money "
    "went.", "No complaints at all.", "I keep finding excuses to walk past it.", "The delivery people were delightful, "
    "too.",
)  # fmt: skip

REVIEWERS = (
    "Agnes", "Bram", "Clara", "Dieter", "Elif", "Fiona", "Giulia", "Hannah", "Ingrid", "Jakob", "Katya", "Liam",
    "Marta", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Siobhán", "Tomasz", "Ursula", "Viktor", "Wiebke", "Yusuf",
)  # fmt: skip

TOWNS = (
    "Aarhus", "Bologna", "Cork", "Dresden", "Eindhoven", "Freiburg", "Ghent", "Graz", "Kraków", "Leipzig", "Lille",
    "Ljubljana", "Lyon", "Malmö", "Porto", "Tallinn", "Turku", "Utrecht", "Valencia", "Vilnius",
)  # fmt: skip
