"""POST to an address that somebody typed in, without being sent where they could not go themselves."""

import http.client
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

SECONDS = 4.0
MOST_BYTES = 16_384
# IPv4 in IPv6's clothes: a translator on the way could lead inside.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(Exception):
    """The address is none we send to, whatever answers there; said in words for who typed it."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        """The object in the body; empty if there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def post(url: str, payload: dict[str, Any], *, headers: dict[str, str] | None = None, private_ok: bool) -> Answer:
    """Send JSON and return the answer, whatever its status; a redirect is an answer too and is not followed.

    The name is looked up once, each address found must be a public one (unless `private_ok`), and the connection goes
    to the address that was checked. Raises Forbidden, or OSError and http.client.HTTPException where nobody answers.
    """
    parts = checked(url, private_ok=private_ok)
    address = _resolved(parts, private_ok=private_ok)
    connection = _Pinned(parts, address)
    try:
        body = json.dumps(payload, ensure_ascii=False).encode()
        sent = {"Content-Type": "application/json; charset=utf-8", "Host": parts.netloc, "Connection": "close"}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", target, body, sent | (headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.read(MOST_BYTES))
    finally:
        connection.close()


def checked(url: str, *, private_ok: bool) -> SplitResult:
    """The address in parts, if it may be sent to as far as it tells by itself; else Forbidden."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("地址写得不对。") from None
    if parts.scheme not in ({"https", "http"} if private_ok else {"https"}):
        raise Forbidden("地址要以 https:// 开头。")
    if not parts.hostname or parts.username or parts.password:
        raise Forbidden("地址写得不对。")
    if not private_ok and port not in {None, 443, 8443}:
        raise Forbidden("地址只能用 443 或 8443 端口。")
    if not private_ok and (parts.hostname == "localhost" or _is_inside(parts.hostname)):
        raise Forbidden("不能发到内部网络的地址。")
    return parts


def _resolved(parts: SplitResult, *, private_ok: bool) -> str:
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]
    if not private_ok and any(_is_inside(address) for address in found):
        raise Forbidden("不能发到内部网络的地址。")
    return found[0]


def _is_inside(host: str) -> bool:
    """Whether `host` is an address, not a name, that is not on the public internet."""
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    return not ip.is_global or ip.is_multicast or (ip.version == 6 and ip in NAT64)


class _Pinned(http.client.HTTPConnection):
    """Connects to the one address that was checked, and shows the name only to TLS."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        self._address = address
        self._tls = parts.scheme == "https"
        super().__init__(str(parts.hostname), parts.port or (443 if self._tls else 80), timeout=SECONDS)

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), SECONDS)
        if not self._tls:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
