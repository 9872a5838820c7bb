"""Pages as the rest of the node uses them: entries and their content, reading, writing."""

from __future__ import annotations

from edge.store.entry import Content, Entry, PageContent, PlainContent, Primary, Renewal
from edge.store.page_reader import PageReader, PageView, Usage
from edge.store.page_store import PageStore

__all__ = [
    "Content",
    "Entry",
    "PageContent",
    "PageReader",
    "PageStore",
    "PageView",
    "PlainContent",
    "Primary",
    "Renewal",
    "Usage",
]
