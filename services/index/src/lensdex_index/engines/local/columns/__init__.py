"""Indexed fields as typed arrays, one entry per record: what filters are answered from."""
