"""The embedder service: contents to vectors, pairs to relevance scores.

It knows the contracts, no index and no client.
"""

from typing import Final

__version__: Final = "0.1.0"
