import pytest

from common import client

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "203.0.113.7", "10.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1"),
        (1, "", ""),
    ],
)
def test_only_what_our_own_proxies_wrote_is_believed(rf, settings, proxies, forwarded, believed):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="10.0.0.1")
    assert client.address(request) == believed


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.200", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unix:", "unix:"),
    ],
)
def test_neighbouring_addresses_share_a_budget(rf, address, network):
    assert client.network(rf.get("/", REMOTE_ADDR=address)) == network
