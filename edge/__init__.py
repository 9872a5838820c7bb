"""The edge node: policy (pure) and its shells. See docs/architecture.md."""
