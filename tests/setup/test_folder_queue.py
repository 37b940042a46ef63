"""Nobody finds half a message in the folder that is the queue where there is no Redis."""

import json
import threading
from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES, filesystem

from mohe_portal.folder_queue import Transport

pytestmark = pytest.mark.once
LONG = "漠河" * 2_000_000


def unreadable_while_written(folder: Path, transport: type[filesystem.Transport]) -> int:
    """How many messages were found unfinished while three long ones were put."""
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder / "control")}
    is_over, found = threading.Event(), 0

    def put() -> None:
        with Connection("filesystem://localhost/", transport=transport, transport_options=options) as connection:
            queue = connection.SimpleQueue(transport.__module__)  # bindings are remembered by name
            for _ in range(3):
                queue.put({"text": LONG})
        is_over.set()

    writer = threading.Thread(target=put)
    writer.start()
    while not is_over.is_set():
        for file in folder.glob("*.msg"):
            try:
                json.loads(file.read_text())
            except ValueError:
                found += 1
            else:
                file.unlink()
    writer.join()
    return found


def test_a_message_is_found_whole_or_not_at_all(tmp_path: Path) -> None:
    assert TRANSPORT_ALIASES["filesystem"] == "mohe_portal.folder_queue:Transport"
    assert unreadable_while_written(tmp_path, Transport) == 0


def test_without_it_halves_are_found(tmp_path: Path) -> None:
    assert unreadable_while_written(tmp_path, filesystem.Transport) > 0


def test_what_is_put_comes_out_in_its_order(tmp_path: Path) -> None:
    options = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out")}
    options["control_folder"] = str(tmp_path / "control")
    with Connection("filesystem://localhost/", transport_options=options) as connection:
        queue = connection.SimpleQueue("in-order")
        for text in ("一", "二"):
            queue.put({"text": text})
        taken = [queue.get(timeout=5) for _ in range(2)]
        assert [message.payload["text"] for message in taken] == ["一", "二"]
        for message in taken:
            message.ack()
