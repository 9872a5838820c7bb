"""Two outlines side by side: every place where they differ, as small as it can be told."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from renderers.strangers import scripts
from renderers.strangers.align import Gap, align, gaps
from renderers.strangers.changes import Change, Extent, Spot
from renderers.strangers.likeness import Likeness, element_name, permutation, shape
from renderers.strangers.outline import Form, Node, Outline
from renderers.strangers.tags import tag_changes

_SPOTS = {
    scripts.Part.VALUE: Spot.VALUE,
    scripts.Part.COMMENT: Spot.COMMENT,
    scripts.Part.CODE: Spot.CODE,
    scripts.Part.ORDER: Spot.ORDER,
    scripts.Part.SPELLING: Spot.SPELLING,
}


def changes(first: Outline, second: Outline) -> list[Change]:
    """Every place where two outlines differ, in no order; each differing byte is inside one of them."""
    return _Walk(first, second).run()


class _Row(NamedTuple):
    """An element, its children that are not blank, and their source."""

    node: Node
    children: list[Node]
    texts: list[bytes]

    def gap(self, index: int) -> Extent:
        """The range before child ``index``; after the last one for the number of children."""
        inner_start = self.node.open_end if self.node.parent is not None else self.node.start
        start = self.children[index - 1].end if index else inner_start
        return start, self.children[index].start if index < len(self.children) else self.node.inner_end


class _Walk:
    def __init__(self, first: Outline, second: Outline) -> None:
        self._first = first
        self._second = second
        self._likeness = Likeness(first)
        self._other_likeness = Likeness(second)
        self._found: list[Change] = []
        self._pending: list[tuple[Node, Node]] = []

    def run(self) -> list[Change]:
        self._children(self._first.root, self._second.root)
        while self._pending:
            self._pair(*self._pending.pop())
        return self._found

    def _pair(self, node: Node, other: Node) -> None:
        """Two nodes of one form and name that are not the same."""
        if node.form is Form.ELEMENT:
            self._found += tag_changes(self._first, self._second, node, other)
            self._children(node, other)
            end, other_end = (node.inner_end, node.end), (other.inner_end, other.end)
            if self._first.source[slice(*end)] != self._second.source[slice(*other_end)]:
                self._add(Spot.SPELLING, (node, other), end, other_end)
        elif node.form is Form.RAW and node.name == b"script":
            self._script(node, other)
        else:
            spot = {Form.TEXT: Spot.TEXT, Form.ASIDE: Spot.COMMENT}.get(node.form, Spot.STYLE)
            self._add(spot, _parents(node, other), (node.start, node.end), (other.start, other.end))

    def _add(self, spot: Spot, holders: tuple[Node, Node], at: Extent, other_at: Extent) -> None:
        first, second = self._first.source[slice(*at)], self._second.source[slice(*other_at)]
        self._found.append(Change(spot, at, other_at, *holders, first, second))

    def _script(self, node: Node, other: Node) -> None:
        first, second = self._first.text(node), self._second.text(other)
        for piece in scripts.pieces(first, second):
            at = (node.start + piece.start, node.start + piece.end)
            other_at = (other.start + piece.other_start, other.start + piece.other_end)
            here, there = first[piece.start : piece.end], second[piece.other_start : piece.other_end]
            holders = _parents(node, other)
            spot = _SPOTS[piece.part]
            self._found.append(
                Change(spot, at, other_at, *holders, here, there, piece.name, piece.name, pointer=piece.pointer)
            )

    def _children(self, node: Node, other: Node) -> None:
        """Pair up the children; those that differ wait for their turn."""
        row, other_row = self._row(self._first, node), self._row(self._second, other)
        order = self._order(row, other_row)
        if order is None:
            pairs = self._aligned(row, other_row)
            self._blocks(row, other_row, pairs)
        else:
            pairs = list(enumerate(order))
            self._moved(row, other_row, order)
        self._pending += (
            (row.children[i], other_row.children[j]) for i, j in pairs if row.texts[i] != other_row.texts[j]
        )

    @staticmethod
    def _row(outline: Outline, node: Node) -> _Row:
        children = outline.solid(node)
        return _Row(node, children, [outline.text(child) for child in children])

    def _order(self, row: _Row, other_row: _Row) -> list[int] | None:
        """For each child the place of the same block on the other side; None when they are not the same blocks."""
        if len(row.children) != len(other_row.children):
            return None
        order = list(range(len(row.children)))
        apart = [i for i in order if row.texts[i] != other_row.texts[i]]
        if self._plainly_in_place(row, other_row, apart):
            return order
        moves = permutation(
            [self._likeness.of(row.children[i]) for i in apart],
            [self._other_likeness.of(other_row.children[i]) for i in apart],
            [row.texts[i] for i in apart],
            [other_row.texts[i] for i in apart],
        )
        if moves is None:
            return None
        for i, move in zip(apart, moves, strict=True):
            order[i] = apart[move]
        return order if all(row.children[i].form is Form.ELEMENT or i == j for i, j in enumerate(order)) else None

    def _plainly_in_place(self, row: _Row, other_row: _Row, apart: Sequence[int]) -> bool:
        """Whether no two of the children that differ could be taken for each other, and each has its like in place."""
        for likeness in (element_name, shape):
            here = [likeness(self._first, row.children[i]) for i in apart]
            if len(set(here)) == len(here):
                return here == [likeness(self._second, other_row.children[i]) for i in apart]
        return False

    def _moved(self, row: _Row, other_row: _Row, order: Sequence[int]) -> None:
        """Report what is not in its place, and blank space where everything is."""
        away = [i for i, j in enumerate(order) if i != j]
        first, last = (away[0], away[-1]) if away else (len(order), -1)
        if away:
            at = (row.children[first].start, row.children[last].end)
            other_at = (other_row.children[first].start, other_row.children[last].end)
            self._add(Spot.ORDER, (row.node, other_row.node), at, other_at)
        for index in range(len(order) + 1):
            if not first < index <= last:
                self._space(row, other_row, (index, index))

    def _aligned(self, row: _Row, other_row: _Row) -> list[tuple[int, int]]:
        """Pairs of children that correspond: the same, then alike, then of one shape, then of one name."""
        pairs = align(row.texts, other_row.texts)
        self._match(
            pairs,
            (row, other_row),
            lambda _, node: self._likeness.of(node),
            lambda _, node: self._other_likeness.of(node),
        )
        self._match(pairs, (row, other_row), shape, shape)
        self._match(pairs, (row, other_row), element_name, element_name)
        return pairs

    def _match(
        self,
        pairs: list[tuple[int, int]],
        rows: tuple[_Row, _Row],
        key: Callable[[Outline, Node], Hashable],
        other_key: Callable[[Outline, Node], Hashable],
    ) -> None:
        """Add pairs with equal keys between those there are."""
        row, other_row = rows
        for gap in list(gaps(pairs, len(row.children), len(other_row.children))):
            pairs += self._align_gap(
                gap,
                [key(self._first, child) for child in row.children[gap.start : gap.end]],
                [other_key(self._second, child) for child in other_row.children[gap.other_start : gap.other_end]],
            )
        pairs.sort()

    @staticmethod
    def _align_gap(gap: Gap, here: Sequence[Hashable], there: Sequence[Hashable]) -> list[tuple[int, int]]:
        return [(gap.start + i, gap.other_start + j) for i, j in align(here, there)]

    def _blocks(self, row: _Row, other_row: _Row, pairs: Sequence[tuple[int, int]]) -> None:
        """Report the children that correspond to nothing, and blank space between those that do."""
        before, other_before = -1, -1
        for pair in (*pairs, (len(row.children), len(other_row.children))):
            if pair == (before + 1, other_before + 1):
                self._space(row, other_row, pair)
            else:
                at = (row.gap(before + 1)[0], row.gap(pair[0])[1])
                other_at = (other_row.gap(other_before + 1)[0], other_row.gap(pair[1])[1])
                self._add(Spot.BLOCK, (row.node, other_row.node), at, other_at)
            before, other_before = pair

    def _space(self, row: _Row, other_row: _Row, index: tuple[int, int]) -> None:
        at, other_at = row.gap(index[0]), other_row.gap(index[1])
        if self._first.source[slice(*at)] != self._second.source[slice(*other_at)]:
            self._add(Spot.SPACE, (row.node, other_row.node), at, other_at)


def _parents(node: Node, other: Node) -> tuple[Node, Node]:
    """The elements that two leaves are in."""
    return node.parent or node, other.parent or other
