"""Entry of a child process; see :mod:`edge.child`. The node itself is started by ``vitrine serve``."""

from __future__ import annotations

import sys

from edge.child import main

sys.exit(main())
