"""Collections as NPZ files, in and out, in bounded memory. ``numpy.load(file)["vectors"]`` and ``["ids"]`` just work.

An NPZ file is a ZIP of arrays. One of ours holds, none of it compressed or pickled:

    vectors.npy     float32 or float16, shape (records, dimension), in the order of the ids by UTF-8 bytes
    ids.npy         Unicode text, shape (records,)
    records.jsonl   a line a record: {"id": …, "metadata": {…}, "content": {…}}
    lensdex.json    the view, with its embedding space and metric, and the indexed fields
"""

from lensdex_client.npz.exporting import NpzExport, export_npz
from lensdex_client.npz.importing import import_npz, prepare_import
from lensdex_client.npz.reading import NpzReader

__all__ = ["NpzExport", "NpzReader", "export_npz", "import_npz", "prepare_import"]
