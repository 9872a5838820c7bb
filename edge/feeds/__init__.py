"""How an unchanged shop's prices reach the tables: its feeds and pages read again and again, and only what changed."""
