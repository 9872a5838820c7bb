from __future__ import annotations

from collections.abc import Callable

import pytest
from aiohttp import web

from edge.fill.origin import OriginClient
from edge.inspect.gathered import Gathered, Hosting, Sitemap
from edge.inspect.gathering import gather
from edge.inspect.visiting import Unvisitable, shop_at
from tests.storefronts import evershop, magento, opencart, woocommerce
from tests.storefronts.serving import serving

Make = Callable[[str], web.Application]
PRODUCT = "<h1>{0}</h1><p class=price>$5.00</p>"


async def look(make: Make, target: str) -> Gathered:
    async with serving(make) as url, OriginClient((shop_at(url),)) as client:
        return await gather(client, url + target)


def pages(**bodies: str) -> Make:
    """A shop of a few pages; ``_`` in a name is a slash. It asks for no particular host."""

    async def answer(request: web.Request) -> web.Response:
        body = bodies.get(request.path.strip("/").replace("/", "_") or "home")
        if body is None:
            raise web.HTTPNotFound
        return web.Response(text=body.replace("HOST", request.host), content_type="text/html")

    def make(_base: str) -> web.Application:
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        return app

    return make


def paths(gathered: Gathered) -> list[str]:
    return [one.sample.path for one in gathered.others]


@pytest.mark.parametrize(
    ("make", "target"),
    [
        (woocommerce.application, "/product/album/"),
        (lambda _: magento.application(), "/album.html"),
        (lambda _: opencart.application(), "/index.php?route=product/product&product_id=34"),
        (lambda _: evershop.application(), "/women/album"),
    ],
    ids=["WooCommerce", "Magento", "OpenCart", "EverShop"],
)
async def test_other_products_are_found(make: Make, target: str) -> None:
    gathered = await look(make, target)
    assert len(gathered.others) >= 3
    assert len({one.sample.url for one in gathered.others}) == len(gathered.others)
    assert gathered.remarks == ()


async def test_a_sitemap_with_another_host_is_read_as_the_shop_s_own() -> None:
    gathered = await look(woocommerce.application, "/product/album/")
    assert gathered.sitemap == Sitemap("/product-sitemap.xml", 6, foreign=True)


async def test_products_are_found_through_lists_and_by_their_numbers() -> None:
    crumbs = '<ol class=breadcrumb><a href="/c/all">All</a></ol>'
    listed = pages(
        p_cup_1=PRODUCT.format("Cup") + crumbs, p_jug_7=PRODUCT.format("Jug"), c_all='<a href="/p/jug_7">Jug</a>'
    )
    assert paths(await look(listed, "/p/cup_1")) == ["/p/jug_7"]
    numbered = pages(p_cup_1=PRODUCT.format("Cup"), p_cup_2=PRODUCT.format("Jug"))
    assert paths(await look(numbered, "/p/cup_1")) == ["/p/cup_2"]


async def test_one_product_at_two_addresses_is_one_product() -> None:
    links = '<a href="/p/jug_7">Jug</a> <a href="/p/jar_8">Jug again</a> <a href="/p/jug_7?from=here">Jug</a>'
    shop = pages(p_cup_1=PRODUCT.format("Cup") + links, p_jug_7=PRODUCT.format("Jug"), p_jar_8=PRODUCT.format("Jug"))
    assert len(paths(await look(shop, "/p/cup_1"))) == 1


async def test_a_shop_of_one_page_is_looked_at_and_said_to_prove_little() -> None:
    gathered = await look(pages(p_cup=PRODUCT.format("Cup") + '<a href="/p/us">', p_us="<h1>Us"), "/p/cup")
    assert gathered.others == ()
    assert gathered.remarks == ("no other product page was found, so nothing is proven on a second one",)


HOSTINGS = [
    ("no links", PRODUCT.format("Cup"), Hosting.NO_LINKS),
    ("links that follow", PRODUCT.format("Cup") + '<a href="http://HOST/">', Hosting.FOLLOWS),
]


@pytest.mark.parametrize(("body", "want"), [case[1:] for case in HOSTINGS], ids=[case[0] for case in HOSTINGS])
async def test_whose_links_a_shop_has_is_found_out(body: str, want: Hosting) -> None:
    assert (await look(pages(p_cup=body), "/p/cup")).hosting is want


@pytest.mark.parametrize(
    ("status", "want"),
    [(400, Hosting.REFUSES), (421, Hosting.REFUSES), (301, Hosting.REDIRECTS), (302, Hosting.REDIRECTS)],
)
async def test_a_shop_may_answer_under_its_own_host_alone(status: int, want: Hosting) -> None:
    def make(base: str) -> web.Application:
        async def answer(request: web.Request) -> web.Response:
            if request.path != "/p/cup":
                raise web.HTTPNotFound
            if request.host != base.removeprefix("http://"):
                return web.Response(status=status, headers={"Location": f"{base}/p/cup"})
            return web.Response(text=PRODUCT.format("Cup"), content_type="text/html")

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        return app

    assert (await look(make, "/p/cup")).hosting is want


async def test_a_shop_that_names_itself_whatever_it_is_asked_is_found_out() -> None:
    gathered = await look(woocommerce.application, "/product/album/")
    assert gathered.hosting is Hosting.IGNORES


PROBLEMS = [
    ("it is not there", "/p/none", "answers 404; open a product"),
    ("it is no page", "/style", "is text/css.*, not HTML"),
    ("it is no product", "/", r"does not look like a product page.*; products on it: http://\S+/p/cup"),
    ("it offers nothing", "/about", "does not look like a product page.*; inspect the address of one product"),
    ("its price is written by scripts", "/spa", "says that it is about a product, but states no price"),
]


@pytest.mark.parametrize(("target", "told"), [case[1:] for case in PROBLEMS], ids=[case[0] for case in PROBLEMS])
async def test_what_is_no_product_page_is_told_with_what_was_looked_for(target: str, told: str) -> None:
    def make(_base: str) -> web.Application:
        bodies = {
            "/": '<h1>Shop</h1><ul><li><a href="/p/cup">Cup</a> <b class=price>$5.00</b></li></ul>',
            "/about": "<h1>About us</h1>",
            "/spa": '<meta property="og:type" content="product"><h1>Cup</h1><div id=root></div>',
        }

        async def answer(request: web.Request) -> web.Response:
            if request.path == "/style":
                return web.Response(text="b {}", content_type="text/css")
            if request.path not in bodies:
                raise web.HTTPNotFound
            return web.Response(text=bodies[request.path], content_type="text/html")

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        return app

    with pytest.raises(Unvisitable, match=told):
        await look(make, target)
