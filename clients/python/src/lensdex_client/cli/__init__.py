"""The command ``lensdex``: a thin layer over the library. Each command is one module; ``main`` puts them together."""
