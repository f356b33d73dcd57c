"""Files that survive: the catalog and one database per collection. The only package that imports sqlite3."""
