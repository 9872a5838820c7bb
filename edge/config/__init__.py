"""The configuration file: its shape, how it is read, what is wrong with it."""
