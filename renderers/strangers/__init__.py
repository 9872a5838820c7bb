"""Two strangers' copies of one page, aligned, and each difference named: the pure half of the leak gate."""
