"""How a shop writes amounts of money and other numbers, learnt from one it wrote: parse and print."""

from __future__ import annotations

import re

import msgspec
from babel.core import get_global
from babel.numbers import get_currency_precision

from renderers.faults import Unprintable
from renderers.masked import TAG, Masked, mask
from renderers.numerals import Numeral, canonical, grouped, parts, pick

_CODES = frozenset(get_global("all_currencies"))
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
_UNITS = r"[A-Z]{1,3}\$|[A-Z]{3}|[$£€¥₹₩₫₽₺₴₦₱₪฿₡₲₵₸]|kr\.?|Kč|zł|Ft|Fr\.?|Rs\.?|R|lei|лв\.?"
_SIGNED = re.compile(rf"(?:^|(?<=[\s({TAG}]))(?P<before>[-−]?)(?P<unit>{_UNITS})?(?P<gap>\s?)(?P<after>[-−]?)\Z")
_ENDING = re.compile(rf"(?P<mark>{TAG}*[.,:]){TAG}*(?:[–—―]|--?)(?![\w-])")
_POINT_UNITS = re.compile(r"[$£₹¥₱]|\b(?:USD|GBP|CHF|AUD|CAD|NZD|SGD|HKD|INR|ILS|MXN|Rs)\b")
_INDIAN_UNITS = re.compile(r"₹|\b(?:INR|NPR|PKR|BDT|LKR|Rs)\b")
_UNIT = re.compile(_UNITS)
_SWISS = re.compile(r"\bCHF\b|\bFr\b")
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?")
_NO_MINOR_UNIT = re.compile("[¥₩₫]")


class AmountFormat(msgspec.Struct, frozen=True, array_like=True):
    """One way to write a number. Everything is source of the page, tags and references included."""

    prefix: str
    suffix: str
    mark: str
    """Before the decimals; "" when none was learnt."""
    decimals: int
    whole: str | None = None
    """What replaces mark and decimals after a whole amount (``.–``, or ""); None: whole amounts show their decimals."""
    group: str | None = None
    """Between groups of digits; None when the sample was too small to show it."""
    assumed_group: str = ""
    """Used while ``group`` is None."""
    indian: bool = False
    sign_at: int = 0
    """Where in ``prefix`` a minus goes."""
    minus: str = "-"
    at_least: bool = False
    """``decimals`` is a minimum: a value with more shows them all. Money does not: nobody asks for 19.995."""

    def print(self, value: object) -> str:
        """The source for a decimal string, int or Decimal. Raises Unprintable when it has too many decimals."""
        amount = parts(value)
        group = self.assumed_group if self.group is None else self.group
        number = grouped(amount.whole, group, indian=self.indian)
        if not amount.fraction and self.whole is not None:
            number += self.whole
        elif len(amount.fraction) > self.decimals and not self.at_least:
            raise Unprintable(f"{amount} has more decimals than this shop writes ({self.decimals})")
        elif amount.fraction or self.decimals:
            number += self.mark + amount.fraction.ljust(self.decimals, "0")
        if amount.negative:
            return f"{self.prefix[: self.sign_at]}{self.minus}{self.prefix[self.sign_at :]}{number}{self.suffix}"
        return f"{self.prefix}{number}{self.suffix}"

    def completed(self, other: AmountFormat) -> AmountFormat:
        """This format with the mark and the group that its sample was too short to show, if ``other`` shows them."""
        form = self
        if not form.mark and other.mark and self.whole == "":
            form = msgspec.structs.replace(form, mark=other.mark, decimals=other.decimals)
        if form.group is None and other.group is not None and other.mark == form.mark:
            form = msgspec.structs.replace(form, group=other.group, indian=other.indian)
        return form

    def parse(self, source: str) -> str:
        """The canonical decimal string that prints as ``source``. Raises ValueError when none does."""
        signed = f"{self.prefix[: self.sign_at]}{self.minus}{self.prefix[self.sign_at :]}"
        negative = source.startswith(signed) and self._is_number(source[len(signed) :])
        start = len(signed) if negative else len(self.prefix)
        number = source[start : len(source) - len(self.suffix)]
        for text in self._readings(number):
            value = canonical(f"-{text}" if negative else text)
            if self.print(value) == source:
                return value
        raise ValueError(f"{source!r} is not an amount written as {self.print('1234')!r}")

    def _is_number(self, rest: str) -> bool:
        return bool(rest) and rest[0].isdigit()

    def _readings(self, number: str) -> list[str]:
        """Decimal strings ``number`` may stand for."""
        group = self.assumed_group if self.group is None else self.group
        found: list[str] = []
        if self.whole is not None and number.endswith(self.whole):
            found.append(_digits(number.removesuffix(self.whole), group))
        if self.mark:
            whole, _, fraction = number.rpartition(self.mark)
            found.append(f"{_digits(whole, group)}.{fraction}")
        if self.whole is None:
            found.append(_digits(number, group))
        return [text for text in found if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text)]


def _digits(text: str, group: str) -> str:
    return text.replace(group, "") if group else text


def learn_money(raw: str, hint: str | None = None, currency: str | None = None) -> AmountFormat | str:
    """The format that ``raw`` is written in, or a sentence why there is none.

    ``hint`` is the amount when another slot stated it: among several numbers it is the one meant. ``currency``
    (ISO 4217) settles ``1.299``; without it the currency is looked for in ``raw``.
    """
    masked = mask(raw)
    precision = _precision(masked.text, currency)
    numeral = pick(masked, None if hint is None else canonical(hint), precision)
    return numeral if isinstance(numeral, str) else _proven(raw, _money(masked, numeral, currency, precision))


def learn_number(raw: str, hint: str | None = None) -> AmountFormat | str:
    """The format of a number that is not money, or a sentence why there is none. ``hint`` as for `learn_money`."""
    masked = mask(raw)
    numeral = pick(masked, None if hint is None else canonical(hint), 0, percent=True)
    if isinstance(numeral, str):
        return numeral
    prefix, sign_at, minus = _prefix(masked, numeral.start)
    learnt = AmountFormat(
        prefix=prefix,
        suffix=masked.between(numeral.end, len(masked.text)),
        mark=numeral.mark or _mark(numeral.group, "$"),
        decimals=len(numeral.fraction),
        group=numeral.group if len(numeral.whole) > 3 else None,
        indian=numeral.indian,
        sign_at=sign_at,
        minus=minus,
        at_least=True,
    )
    return _proven(raw, learnt)


def learn_plain(raw: str) -> AmountFormat | str:
    """The format of a number as machines write it (``19.90``), or a sentence.

    Two decimals or a closing zero are taken for a fixed number of decimals; ``19.9`` and ``19`` are the shortest form.
    """
    match = _PLAIN.fullmatch(raw)
    if match is None:
        return f"{raw.strip()[:60]!r} is not a plain number; write `| money` when the slot holds a price for people"
    fraction = match.group(1) or ""
    fixed = len(fraction) if len(fraction) >= 2 or fraction.endswith("0") else 0
    return _proven(raw, AmountFormat(prefix="", suffix="", mark=".", decimals=fixed, group="", at_least=True))


def _proven(raw: str, learnt: AmountFormat) -> AmountFormat | str:
    try:
        learnt.parse(raw)
    except ValueError:
        return f"{raw.strip()[:60]!r} mixes ways of writing a number; point the selector at the number alone"
    return learnt


def _money(masked: Masked, numeral: Numeral, currency: str | None, precision: int) -> AmountFormat:
    context = f"{masked.text} {currency or ''}"
    prefix, sign_at, minus = _prefix(masked, numeral.start)
    suffix = masked.between(numeral.end, len(masked.text))
    mark, decimals, whole = numeral.mark, len(numeral.fraction), None
    if not decimals:
        ending = _ENDING.match(masked.text, numeral.end)
        if ending:
            whole = masked.between(numeral.end, ending.end())
            suffix = masked.between(ending.end(), len(masked.text))
            mark = "" if TAG in ending.group() else ending.group("mark").replace(":", ",")
        else:
            whole, mark = "", _mark(numeral.group, context)
        decimals = precision if mark else 0
    learnt_group = numeral.group if len(numeral.whole) > 3 else None
    return AmountFormat(
        prefix=prefix,
        suffix=suffix,
        mark=mark,
        decimals=decimals,
        whole=whole,
        group=learnt_group,
        assumed_group="," if mark == "." and _assumes_comma(context) else "",
        indian=numeral.indian or (len(numeral.whole) < 6 and bool(_INDIAN_UNITS.search(context))),
        sign_at=sign_at,
        minus=minus,
    )


def _prefix(masked: Masked, start: int) -> tuple[str, int, str]:
    """(prefix without the minus, where a minus goes in it, how it is written) for a number that starts at ``start``."""
    prefix = masked.between(0, start)
    match = _SIGNED.search(masked.text, 0, start)
    if match is None:
        return prefix, len(prefix), "-"
    for name in ("before", "after"):
        at, end = match.span(name)
        if end > at:
            minus = masked.between(at, end)
            return masked.between(0, at) + masked.between(end, start), masked.starts[at], minus
    return prefix, masked.starts[match.start()], "-"


def _precision(text: str, currency: str | None) -> int:
    """Decimals of the currency named in ``text``; 2 when it names none."""
    codes = [currency] if currency else [code for code in _CODE.findall(text) if code in _CODES]
    if codes:
        return get_currency_precision(codes[0])
    return 0 if _NO_MINOR_UNIT.search(text) else 2


def _mark(group: str, context: str) -> str:
    """The decimal mark that goes with a group or currency; "" when that is a guess."""
    if group in {",", "'", "’"}:
        return "."
    if group:
        return ","
    return "." if _POINT_UNITS.search(context) else ""


def _assumes_comma(context: str) -> bool:
    """A sample below a thousand shows no group. Swiss shops vary between two, and bare numbers are for machines."""
    return bool(_UNIT.search(context)) and not _SWISS.search(context)
