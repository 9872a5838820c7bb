"""The admin API: rows in and out, and the node explained, on a port of its own."""
