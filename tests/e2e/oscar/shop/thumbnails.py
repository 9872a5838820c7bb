"""Pictures in the sizes pages ask for, made with Pillow: the extension point of ``OSCAR_THUMBNAILER``."""

from typing import NamedTuple

from django.core.files.storage import default_storage
from oscar.core.thumbnails import AbstractThumbnailer
from PIL import Image


class Thumbnail(NamedTuple):
    """What Oscar's templates read."""

    url: str


class Thumbnails(AbstractThumbnailer):
    """Small copies beside the original, made when a page first asks."""

    def generate_thumbnail(self, source, **opts):
        """``source``: an image field, or a name below the media folder. ``size``: WIDTHxHEIGHT; one may be left out."""
        name = getattr(source, "name", source)
        size = opts["size"]
        small = f"{name}.{size}.png"
        if not default_storage.exists(small):
            width, height = (int(side) if side else 10_000 for side in size.split("x"))
            with default_storage.open(name) as original, Image.open(original) as image:
                image.thumbnail((width, height))
                image.save(default_storage.path(small))
        return Thumbnail(default_storage.url(small))

    def delete_thumbnails(self, source):
        """Small copies go with the data directory."""
