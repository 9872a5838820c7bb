"""Product pictures drawn by code: the same product gives the same SVG, byte for byte."""
