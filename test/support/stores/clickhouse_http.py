"""ClickHouse's HTTP interface over its embedded engine: as much of it as the driver of the Collector's exporter and the tests use.

`clickhouse_http.py FOLDER PORT` keeps its tables in FOLDER and prints the port when it listens; 0 is any free one. A request is
answered when the engine has done it. It has no users, no compressed blocks and no queue of asynchronous inserts, as a server has.
"""

import gzip
import json
import re
import struct
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

INSERT = re.compile(r"\s*(INSERT\s+INTO\s.*?)\s+FORMAT\s+(\w+)\s*", re.IGNORECASE | re.DOTALL)


class Engine:
    """One query at a time: the engine has one connection, and the database is chosen for each query."""

    def __init__(self, folder: Path) -> None:
        self.session = Session(str(folder / "tables"))
        self.uploads = folder / "uploads"
        self.uploads.mkdir(exist_ok=True)
        self.lock = threading.Lock()

    def ask(self, sql: str, database: str, form: str) -> bytes:
        with self.lock:
            self.session.query(f"USE `{database}`")
            return self.session.query(sql, form).bytes()

    def insert(self, into: str, rows: bytes, form: str, database: str) -> None:
        with tempfile.NamedTemporaryFile(dir=self.uploads) as file:
            file.write(rows)
            file.flush()
            self.ask(f"{into} FROM INFILE '{file.name}' FORMAT {form}", database, "Null")

    def ask_for_driver(self, sql: str, database: str) -> bytes:
        """The driver asks for Native in its own revision; the engine writes an older one. What it asks has texts and numbers alone."""
        answer = self.ask(sql, database, "JSONCompactEachRowWithNamesAndTypes")
        if not answer:
            return b""
        names, types, *rows = map(json.loads, answer.splitlines())
        columns = [
            text(name) + text(kind) + b"\0" + b"".join(native(kind, row[index]) for row in rows)
            for index, (name, kind) in enumerate(zip(names, types, strict=True))
        ]
        info = b"\x01\x00\x02" + struct.pack("<i", -1) + b"\x00"
        return info + number(len(names)) + number(len(rows)) + b"".join(columns)


def native(kind: str, value: str | int) -> bytes:
    return text(value) if kind == "String" else struct.pack({"UInt8": "<B", "UInt32": "<I", "UInt64": "<Q"}[kind], value)


def text(value: str) -> bytes:
    encoded = value.encode()
    return number(len(encoded)) + encoded


def number(value: int) -> bytes:
    """A varint."""
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: Engine

    def do_POST(self) -> None:
        options = dict(parse_qsl(urlsplit(self.path).query))
        database = options.get("database", "default")
        body = self.body()
        try:
            if inserted := INSERT.fullmatch(options.get("query", "")):
                self.engine.insert(inserted[1], body, inserted[2], database)
                self.answer(200, b"")
            elif "client_protocol_version" in options:
                self.answer(200, self.engine.ask_for_driver(body.decode(), database))
            else:
                form = options.get("default_format", "TabSeparated")
                self.answer(200, self.engine.ask(options.get("query", "") + body.decode(), database, form))
        except RuntimeError as error:
            self.answer(500, str(error).encode())

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(self.chunks())
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body

    def chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """What goes wrong is in the answer."""


if __name__ == "__main__":
    Handler.engine = Engine(Path(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
