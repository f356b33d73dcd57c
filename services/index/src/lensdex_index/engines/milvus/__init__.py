"""The milvus engine: records, catalog and all in an existing Milvus; this process keeps no state of its own."""
