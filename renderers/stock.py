"""How a shop tells people about stock (``Only 3 left``, ``In stock (13)``, ``Out of stock``): parse and print.

One page shows one state, so a format holds wordings by state and gathers more from other pages of the same kind.
"""

from __future__ import annotations

import re

import msgspec

from renderers.availability import IN_STOCK, OUT_OF_STOCK
from renderers.faults import Missing, Unprintable
from renderers.masked import TAG, Masked, mask
from renderers.numerals import Numeral, grouped, pick
from renderers.page import Values

IN, LOW, OUT = "in", "low", "out"
"""States. Any other state is the schema.org name it stands for (``PreOrder``)."""

_FEW = 5
"""``Only N left`` is said up to this many when nothing was seen that says where it ends."""

_OUT_WORDS = re.compile(
    r"out[ -]of[ -]stock|sold[ -]?out|unavailable|not (?:currently )?(?:available|in stock)|no longer available"
    r"|ausverkauft|vergriffen|nicht (?:mehr )?(?:verfügbar|lieferbar|vorrätig|auf lager)|derzeit nicht"
    r"|épuisé|rupture|indisponible|non disponible|agotado|sin (?:stock|existencias)|no disponible|esaurito"
    r"|uitverkocht|niet (?:op voorraad|leverbaar)|esgotado|indisponível|slutsåld|slut i lager|udsolgt|utsolgt"
    r"|ikke på lager|loppu|wyprzedane|niedostępny|brak|vyprodáno|není skladem|nincs (?:készleten|raktáron)|tükendi"
    r"|нет в наличии|распродано|在庫切れ|在庫なし|売り切れ|缺货|售罄|품절"
)
_LOW_WORDS = re.compile(
    r"\bonly\b|\bleft\b|\blast\b|\bfew\b|\blow\b|hurry|limited|remaining|\bnur noch\b|\bnoch\b|wenige|letzte"
    r"|plus que|derniers?|dernières?|restants?|quedan?|últim[oa]s?|\bsolo\b|ultim[oi]|rimast[oi]|\bnog\b|laatste"
    r"|resta[m]?\b|\bkvar\b|\bigen\b|\btilbage\b|został[oy]?|ostatni|posledn|残り|仅剩|남음|осталось"
)
_IN_WORDS = re.compile(
    r"in stock|available|on stock|ready to ship|ships|auf lager|verfügbar|lieferbar|vorrätig|en stock|disponible"
    r"|disponibile|op voorraad|leverbaar|em estoque|disponível|i lager|på lager|varastossa|dostępny|w magazynie"
    r"|skladem|raktáron|készleten|stokta|в наличии|在庫あり|有货|현货|재고"
)
_NO_COUNT = re.compile(
    rf"(?:[>≥]|over|more than|mehr als|über|plus de|más de|meer dan)[\s{TAG}]*[0-9]+|[0-9]+[\s{TAG}]*[+%]"
    r"|(?:[0-9]+\s*[-–]\s*)?[0-9]+[\s-]*(?:(?:working|business)\s)?"
    r"(?:days?|hours?|weeks?|months?|hrs?\b|h\b|werktage?|tagen?|tage?|stunden|wochen?|jours?|heures?|semaines?"
    r"|días?|horas?|giorni|ore\b|dagen|uur|dagar|dage|dní|dni)",
    re.IGNORECASE,
)
"""Numbers that count no pieces: bounds (``10+ available``), shares, and how long a parcel takes."""


class Wording(msgspec.Struct, frozen=True, array_like=True):
    """One sentence about one state. Without a count ``suffix`` is "" and ``prefix`` is the whole source."""

    state: str
    prefix: str
    suffix: str
    counted: bool
    at: int
    """The quantity it was seen with; 0 when none was stated."""
    group: str = ""

    def write(self, count: int) -> str:
        """The source for ``count`` pieces."""
        if not self.counted:
            return self.prefix
        return f"{self.prefix}{grouped(str(max(count, 0)), self.group, indian=False)}{self.suffix}"


class StockFormat(msgspec.Struct, frozen=True, array_like=True):
    """Every wording known, this page's own first."""

    wordings: tuple[Wording, ...]

    def print(self, value: object) -> str:
        """The sentence for an inventory row, a quantity or a schema.org name.

        Raises Missing when no wording for its state was seen, Unprintable when the value is neither of the three.
        """
        state, count = _state(value)
        if state is None:
            raise Missing("the row states neither quantity nor availability")
        wording = self._wording(state, count)
        if wording is None:
            raise Missing(f"no page of this kind has shown how the shop says {state!r} yet")
        return wording.write(count or 0)

    def parse(self, source: str) -> Values:
        """What the sentence states: ``quantity``, ``availability`` or both. Raises ValueError for another sentence."""
        for wording in self.wordings:
            if not wording.counted and source == wording.prefix:
                return {"availability": _AVAILABILITY.get(wording.state, wording.state)}
            count = _count(wording, source)
            if count is not None:
                return {"quantity": count}
        raise ValueError(f"{source!r} is not one of the sentences seen")

    def joined(self, other: StockFormat) -> StockFormat:
        """This format with what ``other`` adds; its own wordings go first."""
        known = {(wording.state, wording.counted, wording.at == 1) for wording in self.wordings}
        more = [w for w in other.wordings if (w.state, w.counted, w.at == 1) not in known]
        return StockFormat((*self.wordings, *more))

    def _wording(self, state: str, count: int | None) -> Wording | None:
        if count is not None and state in {IN, LOW}:
            seen = [w for w in self.wordings if w.state in {IN, LOW} and w.at == count]
            if seen:
                return seen[0]
            state = state if state == LOW else self._level(count)
        usable = [w for w in self.wordings if w.state == state and (count is not None or not w.counted)]
        if not usable and state == LOW:
            usable = [w for w in self.wordings if w.state == IN and (count is not None or not w.counted)]
        fitting = [w for w in usable if (w.at == 1) == (count == 1)]  # "1 item", "2 items"
        return next(iter(fitting or usable), None)

    def _level(self, count: int) -> str:
        """LOW or IN for a positive count, by where this shop was seen to say which."""
        lows = [w.at for w in self.wordings if w.state == LOW]
        if not lows:
            return IN
        if any(w.state == IN for w in self.wordings):
            return LOW if count <= max(lows) else IN
        return LOW if count <= max(*lows, _FEW) else IN


_AVAILABILITY = {IN: "InStock", LOW: "LimitedAvailability", OUT: "OutOfStock"}


def _state(value: object) -> tuple[str | None, int | None]:
    """(state, quantity) of a row, a quantity or a name; the stated availability goes before the quantity."""
    row = value if isinstance(value, dict) else {"quantity" if isinstance(value, int) else "availability": value}
    quantity, name = row.get("quantity"), row.get("availability")
    if isinstance(quantity, bool) or not isinstance(quantity, int | None) or not isinstance(name, str | None):
        raise Unprintable(f"{value!r} is neither an inventory row nor a quantity nor an availability")
    if name in OUT_OF_STOCK:
        return OUT, quantity if quantity is not None and quantity <= 0 else 0
    if name in IN_STOCK or (name is None and quantity is not None and quantity > 0):
        count = quantity if quantity is not None and quantity > 0 else None
        return (LOW if name == "LimitedAvailability" else IN), count
    if name is None:
        return (None, None) if quantity is None else (OUT, 0)
    return name, quantity


def learn_stock(raw: str, hint: Values | None = None) -> StockFormat | str:
    """The wording of ``raw``, or a sentence why it is not clear what it says.

    ``hint`` holds what other slots stated of the same inventory row: it picks among several numbers and tells the state
    of words not known here.
    """
    hint = hint or {}
    masked = _only_counts(mask(raw))
    if not any(char.isdecimal() for char in masked.text):
        return _uncounted(raw, masked.text.lower(), hint)
    quantity = hint.get("quantity")
    numeral = pick(masked, None if quantity is None else str(quantity), 0)
    if isinstance(numeral, str):
        return numeral
    if numeral.fraction:
        return f"{raw.strip()[:60]!r} holds {numeral.value}, which is no count of pieces"
    return StockFormat(tuple(_counted(masked, numeral)))


def _counted(masked: Masked, numeral: Numeral) -> list[Wording]:
    count = int(numeral.whole)
    prefix, suffix = masked.between(0, numeral.start), masked.between(numeral.end, len(masked.text))
    if count == 0:  # "0 in stock" tells how any count is written
        states = [OUT] if _OUT_WORDS.search(masked.text.lower()) else [OUT, IN]
    else:
        states = [LOW] if _LOW_WORDS.search(masked.text.lower()) else [IN]
    return [Wording(state, prefix, suffix, counted=True, at=count, group=numeral.group) for state in states]


def _uncounted(raw: str, text: str, hint: Values) -> StockFormat | str:
    quantity = hint.get("quantity")
    at = quantity if isinstance(quantity, int) else 0
    known = _state(hint)[0]
    state = known if known not in _AVAILABILITY and known else state_in_words(text) or known
    if state is None:
        return (
            f"{raw.strip()[:60]!r} is not known to mean in stock or out of it; add a slot for the page's own "
            "availability (json-ld: offers/availability), which tells"
        )
    return StockFormat((Wording(state, raw, "", counted=False, at=at),))


def state_in_words(text: str) -> str | None:
    """IN, LOW or OUT when a text in lower case says so in words known here; None when it does not."""
    for state, words in ((OUT, _OUT_WORDS), (LOW, _LOW_WORDS), (IN, _IN_WORDS)):
        if words.search(text):
            return state
    return None


def _only_counts(masked: Masked) -> Masked:
    """``masked`` without the digits that count no pieces."""
    text = _NO_COUNT.sub(lambda match: re.sub("[0-9]", "#", match.group()), masked.text)
    return masked._replace(text=text)


def _count(wording: Wording, source: str) -> int | None:
    if not wording.counted or not (source.startswith(wording.prefix) and source.endswith(wording.suffix)):
        return None
    digits = source[len(wording.prefix) : len(source) - len(wording.suffix)]
    plain = digits.replace(wording.group, "") if wording.group else digits
    if not re.fullmatch("[0-9]{1,15}", plain) or wording.write(int(plain)) != source:
        return None
    return int(plain)
