"""The node's own store: pages (disposable) and tables (durable) in two LMDB environments."""
