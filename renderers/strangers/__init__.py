"""Two strangers' copies of one page: aligned, told apart, and each difference named (the pure half of the leak gate)."""
