"""Figures: one family a file, all drawn on the canvas of `canvas.py` in one of the styles of `style.py`.

A figure is a frozen dataclass of what it shows; it knows nothing of its problem, its language or its style.
"""
