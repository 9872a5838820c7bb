from __future__ import annotations

from edge.inspect.gathered import self_urls


def test_own_urls_are_counted_in_every_spelling() -> None:
    body = b'<a href="http://a.example/x"><script>"https:\\/\\/a.example\\/y"</script> a.example //b.example'
    assert self_urls(body, "a.example") == 2
