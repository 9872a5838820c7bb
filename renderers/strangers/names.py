"""What the name of a value gives away: a token, something of the visitor's, or nothing of the kind."""

from __future__ import annotations

import re

_SHORT = 3
_LETTERS = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

_TOKEN = re.compile(r"csrf|xsrf|token|nonce|form_?key|authenticity|anti-?forgery|verification", re.IGNORECASE)
_TOKEN_WORDS = frozenset({"key", "signature", "hmac", "captcha"})

_DOUBTFUL = (
    # who
    "customer customers user users username account accounts member members membership visitor visitors guest guests "
    "person profile login logged signed session sessions sess sid auth authenticated identity owner client consent "
    "kunde kunden konto benutzer gast sitzung utilisateur compte cliente usuario cuenta sesion "
    # what they have
    "cart carts basket baskets bag minicart wishlist wish favourite favourites favorite favorites compare order orders "
    "invoice checkout recent recently viewed history last points loyalty balance credit voucher coupon discount "
    "warenkorb merkzettel bestellung bestellungen panier commande carrito pedido carrello winkelwagen koszyk "
    # what is made out for them
    "price prices amount amounts total totals subtotal currency stock qty quantity count tax vat preis menge "
    "experiment experiments variant variants variation segment segments group groups bucket audience ab "
    # how to reach them
    "email mail name firstname lastname surname fullname phone mobile address street city zip postcode postal country "
    "region location store geo ip birthday gender age "
    # how they are spoken to
    "hello hi dear welcome greeting greetings you your yours my me mine hallo willkommen bonjour bienvenue hola ihr "
    "ihre dein deine mein meine votre mon tu su"
)
_SOMEBODYS = frozenset(_DOUBTFUL.split())
"""Words that put a value in doubt. They only ever make the verdict stricter."""
_FORM_FIELDS = frozenset({"quantity", "quantities", "qty", "amount", "price", "menge", "preis"})
"""What inputs of every visitor are called: WooCommerce's ``quantity_6745a0b1c2d3e`` (``uniqid``) is nobody's."""

_BY_POSITION = frozenset({"position", "pos", "index", "idx", "slide"})
_OF_THE_RENDERING = re.compile(
    r"(?:request|trace|span|correlation|transaction|render|unique|uniq|element|dom|instance|block|widget|node)_?-?id"
    r"|uniqid|uniqueid|generated(?:_?at)?|rendered(?:_?at)?|timestamp|(?:server|render|page|build|load|request)_?-?time"
    r"|duration|elapsed|now|ts",
    re.IGNORECASE,
)


def words(text: str) -> set[str]:
    """The words in a name or a text, in lower case: ``cartItemId`` holds cart, item and id."""
    return {word.lower() for run in _LETTERS.findall(text) for word in _HUMP.split(run)}


def id_in_doubt(value: str) -> bool:
    """As :func:`in_doubt`, for an id: the short words random letters make up do not count."""
    return any(len(word) > _SHORT for word in (words(value) & _SOMEBODYS) - _FORM_FIELDS)


def means_token(name: str) -> bool:
    """Whether a value of this name is a secret by its name."""
    return _TOKEN.search(name) is not None or not _TOKEN_WORDS.isdisjoint(words(name))


def in_doubt(text: str) -> bool:
    """Whether a name or a text speaks of somebody, of their things, or of what may be made out for them."""
    return not _SOMEBODYS.isdisjoint(words(text))


def means_position(name: str) -> bool:
    """Whether a value of this name says where something stands on the page."""
    return not _BY_POSITION.isdisjoint(words(name))


def means_rendering(name: str) -> bool:
    """Whether a value of this name is about making this copy of the page: a request's id, a time, a duration."""
    return _OF_THE_RENDERING.fullmatch(name.rpartition(".")[2]) is not None
