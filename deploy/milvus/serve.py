"""Run a Milvus server from PyPI in the foreground, in place of this process: its signals are Milvus' own.

For development and tests. Needs the environment of ``requirements.txt`` beside it; ``make milvus`` makes that.
"""

import argparse
import os
import socket
import sys
from pathlib import Path

import milvus

_WEB_PORT = 9091
_ETCD_PEER_PORT = 2380
_SETTINGS = {
    # Fresh rows are compared one by one until they are indexed. Through the index Milvus makes of them by default, 27
    # of the 30 nearest were found under a filter.
    "queryNode.segcore.interimIndex.enableIndex": "false",
}
_ETCD = """\
name: default
listen-client-urls: http://127.0.0.1:{client}
advertise-client-urls: http://127.0.0.1:{client}
listen-peer-urls: http://127.0.0.1:{peer}
initial-advertise-peer-urls: http://127.0.0.1:{peer}
initial-cluster: default=http://127.0.0.1:{peer}
"""
"""Of the etcd within Milvus, which would listen on its usual ports whatever Milvus is told."""


class _Config(milvus.MilvusServerConfig):
    """Takes ports that a server killed a moment ago has left."""

    def try_bind_port(self, port: int) -> socket.socket | None:
        tried = socket.socket()
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
            tried.listen()
        except OSError:
            tried.close()
            return None
        return tried


def main() -> None:
    """Write Milvus' configuration into the data folder and become the server."""
    config = _Config()
    ports = sorted(name for name in config.configurable_items if name.endswith("_port"))
    parser = argparse.ArgumentParser(description="Run a Milvus server in the foreground.")
    parser.add_argument("--data", type=Path, required=True, help="folder of its data, configuration and logs")
    parser.add_argument(
        "--ports",
        type=lambda text: [int(port) for port in text.split(",")],
        default=[],
        help=f"{len(ports) + 2} ports, the first for clients, the last for health; left out: Milvus' usual ones",
    )
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of milvus.yaml")
    arguments = parser.parse_args()
    data: Path = arguments.data.absolute()
    config.update(data_dir=str(data))
    peer_port, web_port = _ETCD_PEER_PORT, _WEB_PORT
    if arguments.ports:
        names = ["proxy_port", *(name for name in ports if name != "proxy_port")]
        *own, peer_port, web_port = arguments.ports
        config.update(**dict(zip(names, own, strict=True)))
    settings = _SETTINGS | dict(setting.split("=", 1) for setting in arguments.set)
    config.resolve()
    etcd = data / "configs" / "etcd.yaml"
    etcd.write_text(_ETCD.format(client=config.get("etcd_port"), peer=peer_port), encoding="utf-8")
    # Unpacked once for all data folders: it takes longer than the start.
    programs = Path(sys.prefix) / "milvus"
    milvus._initialize_data_files(str(programs))
    print(f"milvus on 127.0.0.1:{config.get('proxy_port')}, data in {data}", flush=True)
    os.chdir(data)
    # Variables win over the file, and may name what the file that comes along leaves out.
    variables = {name.replace(".", "_").upper(): value for name, value in settings.items()}
    environment = (
        os.environ
        | variables
        | {
            "DEPLOY_MODE": "STANDALONE",
            "ETCD_CONFIG_PATH": str(etcd),
            "METRICS_PORT": str(web_port),
            "LD_LIBRARY_PATH": str(programs / "bin"),
        }
    )
    # Its lines would drown those of whoever runs it; they are in its logs as well.
    log = os.open(data / "logs" / "output.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    program = str(programs / "bin" / "milvus")
    os.execve(program, [program, "run", "standalone"], environment)


if __name__ == "__main__":
    main()
