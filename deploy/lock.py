"""Write ``requirements.lock`` and ``requirements-dev.lock``: versions and hashes, never the address of an index."""

from __future__ import annotations

import subprocess
import sys

LOCKS = {"requirements.lock": ("build",), "requirements-dev.lock": ("build", "dev", "loadtest", "e2e")}
OPTIONS = ("--quiet", "--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header", "--no-annotate")
SILENT = ("--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host", "--no-emit-options")


def main() -> int:
    """Pin each lock file from pyproject.toml; keeps versions that still satisfy it. Returns an exit status."""
    for path, extras in LOCKS.items():
        chosen = [f"--extra={extra}" for extra in extras]
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *SILENT, *chosen]
        done = subprocess.run([*command, f"--output-file={path}", "pyproject.toml"], check=False)  # noqa: S603 - our own words
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
