import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The client's IP address as the outermost of our own proxies saw it.

    Everything left of that in X-Forwarded-For was written by the client and is not believed.
    """
    hops = settings.TRUSTED_PROXY_COUNT or 0
    forwarded = request.headers.get("X-Forwarded-For", "").split(",") if hops else []
    if len(forwarded) >= hops > 0:
        return forwarded[-hops].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def network(request: HttpRequest) -> str:
    """The client's /24 or /64, for counting tries: within it an address costs nothing to change."""
    try:
        ip = ipaddress.ip_address(address(request))
    except ValueError:
        return address(request)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 64), strict=False))
