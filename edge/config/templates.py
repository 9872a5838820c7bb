"""Fill templates: files below ``templates/`` beside the configuration, read when it is loaded and never again."""

from __future__ import annotations

from pathlib import Path

_MAX_BYTES = 64 * 1024


class Templates:
    """The templates of one configuration file. Each is read once, so what was checked is what is used."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is where the configuration file lies."""
        self.folder = folder / "templates"
        self._texts: dict[str, str] = {}

    def path(self, name: str) -> Path:
        """Where a template of that name lies."""
        return self.folder / name

    def text(self, name: str) -> str:
        """Its jinja2 source. Raises ValueError that says what is wrong; what to write."""
        if name not in self._texts:
            self._texts[name] = self._read(name)
        return self._texts[name]

    def _read(self, name: str) -> str:
        path = self.path(name)
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ValueError(f"template {name!r} lies outside {self.folder}; put the file there and write its name")
        try:
            with path.open("rb") as file:
                raw = file.read(_MAX_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError):
            raise ValueError(f"there is no template {name!r}; put it at {path}") from None
        except OSError as exc:
            raise ValueError(f"template {path} cannot be read: {exc.strerror}; make it a readable file") from exc
        if len(raw) > _MAX_BYTES:
            raise ValueError(f"template {path} is over {_MAX_BYTES // 1024} KiB; write what fills one slot only")
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            raise ValueError(f"template {path} is not UTF-8 at byte {exc.start}; save it as UTF-8") from exc
