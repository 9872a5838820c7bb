"""The demo: the shop and an edge in front of it, started together and ended together."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loadtest.processes import ROOT, NotReadyError, free_port, running

CONFIG = ROOT / "loadtest" / "storefront" / "vitrine.toml"
SHOP_PORT, EDGE_PORT, ADMIN_PORT = 9000, 8080, 8081


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the three listen, all on 127.0.0.1."""

    shop: int = SHOP_PORT
    edge: int = EDGE_PORT
    admin: int = ADMIN_PORT

    @classmethod
    def free(cls) -> Ports:
        """Three that are free now."""
        return cls(free_port(), free_port(), free_port())


@dataclass(slots=True)
class Demo:
    """A running demo. ``scratch`` holds the shop's database, the edge's data and the logs of both."""

    ports: Ports
    scratch: Path
    delay: str
    workers: int
    _shop: ExitStack = field(default_factory=ExitStack)
    _edge: ExitStack = field(default_factory=ExitStack)
    shop_process: subprocess.Popen[bytes] | None = None

    @property
    def shop_url(self) -> str:
        """The origin."""
        return f"http://127.0.0.1:{self.ports.shop}"

    @property
    def edge_url(self) -> str:
        """What visitors use."""
        return f"http://127.0.0.1:{self.ports.edge}"

    @property
    def admin_url(self) -> str:
        """The edge's admin API."""
        return f"http://127.0.0.1:{self.ports.admin}"

    @property
    def data(self) -> Path:
        """The edge's data directory; the token is in it."""
        return self.scratch / "edge"

    def start_shop(self) -> None:
        """Start the origin; its database outlives it. Raises NotReadyError."""
        command = [
            *(sys.executable, "-m", "loadtest.storefront", "--port", str(self.ports.shop)),
            *("--delay", self.delay, "--data", str(self.scratch / "shop")),
        ]
        log = self.scratch / "shop.log"
        self.shop_process = self._shop.enter_context(running(command, log=log, ready_url=f"{self.shop_url}/healthz"))

    def kill_shop(self) -> None:
        """End the origin as a power cut would."""
        if self.shop_process is not None:
            self.shop_process.kill()
            self.shop_process.wait()
        self._shop.close()

    def start_edge(self) -> None:
        """Start the edge in front of it. Raises NotReadyError."""
        command = [
            *(str(Path(sys.executable).with_name("vitrine")), "serve", "--config", str(CONFIG)),
            *("--origin", self.shop_url, "--listen", self.edge_url.removeprefix("http://")),
            *("--admin", self.admin_url.removeprefix("http://"), "--data", str(self.data)),
            *("--workers", str(self.workers)),
        ]
        log = self.scratch / "edge.log"
        self._edge.enter_context(running(command, log=log, ready_url=f"{self.admin_url}/readyz"))

    def close(self) -> None:
        """End both, the edge first."""
        self._edge.close()
        self._shop.close()


def require_free(ports: Ports) -> None:
    """Raises NotReadyError for a port that somebody listens on: his answers would be taken for the demo's."""
    for name, port in (("shop", ports.shop), ("edge", ports.edge), ("admin", ports.admin)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                raise NotReadyError(f"port {port}, for the {name}, is in use")


@contextmanager
def demo(ports: Ports, scratch: Path, *, delay: str = "350ms", workers: int = 2) -> Iterator[Demo]:
    """Run shop and edge for as long as the block. Raises NotReadyError with what the failing one last said."""
    require_free(ports)
    scratch.mkdir(parents=True, exist_ok=True)
    started = Demo(ports, scratch, delay, workers)
    try:
        started.start_shop()
        started.start_edge()
        yield started
    finally:
        started.close()
