"""The local engine: SQLite is the truth, vector files and graphs are derived from it. One process, one data folder."""
