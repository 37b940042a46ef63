"""Real receivers: a file, and a server on this machine that remembers what it was sent and answers as it is told."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


@pytest.fixture
def sink(settings, tmp_path):
    """Where each notice that was delivered leaves a line."""
    settings.NOTICE_BACKEND = "file"
    settings.NOTICE_FILE = tmp_path / "notices.jsonl"
    return settings.NOTICE_FILE


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: dict[str, object]


@dataclass
class Receiver:
    url: str
    status: int = 200
    answer: dict[str, object] = field(default_factory=dict)
    location: str = ""
    received: list[Received] = field(default_factory=list)


@pytest.fixture
def receiver():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            told.received.append(Received(self.path, dict(self.headers), body))
            answer = json.dumps(told.answer).encode()
            self.send_response(told.status)
            if told.location:
                self.send_header("Location", told.location)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()
