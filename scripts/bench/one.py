"""One database measured: `python -m scripts.bench.one OUT SIZE …`, in the environment that scripts.bench prepared."""

import http.client
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import django
from PIL import Image
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parents[2]
os.environ["DJANGO_SETTINGS_MODULE"] = "scripts.bench.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 -- needs the settings
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Role, User  # noqa: E402
from common import crypto  # noqa: E402
from common.children import end_with_parent  # noqa: E402
from complaints.models import Complaint  # noqa: E402
from complaints.workflow import State  # noqa: E402
from grids.models import Grid  # noqa: E402
from mohe_portal.health import heartbeat_age  # noqa: E402
from mohe_portal.management.commands.portal import WORKER  # noqa: E402
from progress.models import MonthTask  # noqa: E402
from scripts.bench import floor  # noqa: E402
from scripts.bench.city import City  # noqa: E402
from scripts.bench.load import Figure, Portal, Request  # noqa: E402

MANY = 8
PUBLIC_PAGES = (
    "/",
    "/complaints/new/",
    "/complaints/track/",
    "/complaints/",
    "/grids/",
    "/volunteers/",
    "/help/",
)


def say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


class Bench:
    def __init__(self, portal: Portal, city: City) -> None:
        self.portal = portal
        self.city = city
        self.office = self._signed_in()
        self.points = [shape(grid.boundary).representative_point().coords[0] for grid in Grid.objects.all()[:50]]
        self.photo = _photo()
        self.task = MonthTask.objects.select_related("group").order_by("-year", "-month")[0]
        self.boards = f"/board/{self.task.year}/{self.task.month:02}/"

    def _signed_in(self) -> dict[str, str]:
        client = Client()
        client.force_login(User.objects.get(role=Role.OFFICE, username="office"))
        return {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())}

    def measure(self) -> dict[str, Figure]:
        get, office = self._get, self.office
        newest = Complaint.objects.filter(state=State.HANDLING).order_by("-pk")[0]
        return {
            "floor: empty view": get("/floor/empty/", each=200),
            "floor: one row": get("/floor/row/", each=200),
            "floor: empty view ×8": get("/floor/empty/", clients=MANY),
            "floor: one row ×8": get("/floor/row/", clients=MANY),
            "intake, text": self.portal.measure(self._filed),
            "intake, text ×8": self.portal.measure(self._filed, clients=MANY, each=20),
            "intake, photo": self.portal.measure(self._filed_with_photo, each=30),
            "intake, photo ×8": self.portal.measure(self._filed_with_photo, clients=MANY, each=10),
            "tracking": self._tracking(),
            "queue, 50 filtered": get("/workbench/complaints/?state=handling", office),
            "search by words": get("/workbench/complaints/?" + urlencode({"q": "积雪 单元"}), office),
            "case page": get(f"/workbench/complaints/{newest.number}/", office),
            "board": get(f"/board/{self.task.group.code}/{self.task.year}/{self.task.month:02}/"),
            "city boards": get(self.boards),
            "home": get("/"),
            "published": get("/complaints/"),
            "cockpit": get("/cockpit/", office),
            "map box": get("/workbench/map/cases/?box=122.51,52.96,122.55,52.98", office),
            "map figures": get("/workbench/map/figures/", office),
        }

    def _get(self, path: str, headers: dict[str, str] | None = None, *, clients: int = 1, each: int = 60) -> Figure:
        request = Request(path, headers=headers or {})
        return self.portal.measure(lambda number: request, clients=clients, each=each)

    def _filed(self, number: int) -> Request:
        body = json.dumps(self._complaint(number)).encode()
        return Request("/api/v1/complaints/", "POST", _keyed("application/json"), body, expect=201)

    def _filed_with_photo(self, number: int) -> Request:
        edge = uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in self._complaint(number).items()
        ]
        about = 'form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg'
        head = f"--{edge}\r\nContent-Disposition: {about}\r\n\r\n"
        body = b"".join([*parts, head.encode(), self.photo, f"\r\n--{edge}--\r\n".encode()])
        return Request("/api/v1/complaints/", "POST", _keyed(f"multipart/form-data; boundary={edge}"), body, expect=201)

    def _complaint(self, number: int) -> dict[str, Any]:
        longitude, latitude = self.points[number % len(self.points)]
        return {
            "text": f"单元门口积雪结冰，走路容易滑倒，请尽快清理。第 {number} 件，{uuid4().hex[:6]}",
            "longitude": longitude,
            "latitude": latitude,
            "group": "cleaning",
            "phone": f"139{uuid4().int % 10**8:08}",
        }

    def _tracking(self) -> Figure:
        """The page of one's own case, opened by its code once and then read again and again."""
        code = crypto.grouped(crypto.tracking_code(Complaint.objects.order_by("pk")[0].intake_key))
        return self._get("/complaints/track/case/", {"Cookie": _follow(self.portal.port, code)})


def _keyed(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type, "Idempotency-Key": str(uuid4())}


def _photo() -> bytes:
    """About what a phone sends after the page has made it smaller: 1600 × 1200, 300 to 400 kB."""
    noise = Image.effect_noise((400, 300), 60).resize((1600, 1200))
    out = io.BytesIO()
    Image.merge("RGB", (noise, noise.rotate(180), noise)).save(out, "JPEG", quality=80)
    return out.getvalue()


def _follow(port: int, code: str) -> str:
    """The cookies of a visitor who has opened the case of `code`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/complaints/track/")
    page = connection.getresponse()
    html, csrf = page.read().decode(), str(page.headers["Set-Cookie"]).split(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    body = urlencode({"csrfmiddlewaretoken": token[1] if token else "", "code": code, "tail": ""})
    headers = {"Cookie": csrf, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/complaints/track/", body=body, headers=headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise RuntimeError(f"tracking answered {answer.status}")
    session = [value.split(";")[0] for value in answer.headers.get_all("Set-Cookie") or []]
    return "; ".join([csrf, *session])


@contextmanager
def served(port: int) -> Iterator[subprocess.Popen[bytes]]:
    log = Path(os.environ["VAR_DIR"]) / "gunicorn.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "mohe_portal.wsgi"],
            cwd=ROOT, env=os.environ | {"PORT": str(port)}, stdout=out, stderr=out, preexec_fn=end_with_parent,
        )  # fmt: skip
    try:
        _wait(port, log)
        yield server
    finally:
        server.terminate()
        server.wait(30)


def _wait(port: int, log: Path) -> None:
    for _ in range(300):
        try:
            Portal(port).get("/livez")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(log.read_text(errors="replace"))


def memory_of_all(web: int) -> dict[str, int]:
    """Bytes held by the processes of a running portal: web, tasks with their schedule, and the servers beside them."""
    log, started = Path(os.environ["VAR_DIR"]) / "worker.log", timezone.now()
    with log.open("wb") as out:
        worker = subprocess.Popen(WORKER.command, cwd=ROOT, stdout=out, stderr=out, preexec_fn=end_with_parent)
    try:
        _wait_for_heartbeat(started, log)
        held = {"web": memory_of(web), "tasks": memory_of(worker.pid)}
        return held | {_name_of(pid): memory_of(pid) for pid in _children(os.getppid()) if pid != os.getpid()}
    finally:
        worker.terminate()
        worker.wait(30)


def _wait_for_heartbeat(since: datetime, log: Path) -> None:
    """Until a task was done: only then does the worker hold what it needs for its work."""
    for _ in range(600):
        now = timezone.now()
        age = heartbeat_age(at=now)
        if age is not None and age < now - since:
            return
        time.sleep(0.2)
    raise RuntimeError(log.read_text(errors="replace"))


def memory_of(pid: int) -> int:
    """Bytes that a process and its children hold, shared pages counted once (PSS)."""
    try:
        rollup, children = Path(f"/proc/{pid}/smaps_rollup").read_text(), _children(pid)
    except FileNotFoundError:  # it has just ended, as PostgreSQL's do when their connection is closed
        return 0
    held = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    return (int(held[1]) * 1024 if held else 0) + sum(memory_of(child) for child in children)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _name_of(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def sizes_of_public_pages(portal: Portal, *paths: str) -> dict[str, dict[str, int]]:
    """Bytes on the line of each public page's HTML and of the styles and scripts that it names, all compressed."""
    return {path: _size(portal, path) for path in (*PUBLIC_PAGES, *paths)}


def _size(portal: Portal, path: str) -> dict[str, int]:
    zipped = {"Accept-Encoding": "gzip"}
    html = portal.get(path)[0].decode()
    named = set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js|svg))[#"]', html))
    return {
        "html": len(portal.get(path, zipped)[0]),
        "assets": sum(len(portal.get(name, zipped)[0]) for name in named),
    }


def main(out: Path, sizes: list[int]) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    floor.make_table()
    say(f"{connection.vendor}: seeding {sizes[0]} cases")
    city = City(sizes[0])
    result: dict[str, Any] = {"database": connection.vendor, "sizes": {}}
    for size in sizes:
        started = time.monotonic()
        city.grow_to(size)
        say(f"{connection.vendor}: {size} cases stand, {time.monotonic() - started:.0f} s; measuring")
        result["sizes"][str(size)] = _measured(city)
        out.write_text(json.dumps(result, ensure_ascii=False))


def _measured(city: City) -> dict[str, Any]:
    with served(int(os.environ["BENCH_PORT"])) as server:
        portal = Portal(int(os.environ["BENCH_PORT"]))
        bench = Bench(portal, city)
        figures = bench.measure()
        return {
            "cases": Complaint.objects.count(),
            "figures": {name: asdict(figure) for name, figure in figures.items()},
            "memory": memory_of_all(server.pid),
            "pages": sizes_of_public_pages(portal, bench.boards),
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]])
