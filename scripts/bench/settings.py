"""The portal's own settings, with two empty views to compare with and a count of statements in each answer."""

from mohe_portal.settings import *  # noqa: F403, TID251 -- the portal as it is
from mohe_portal.settings import MIDDLEWARE  # noqa: TID251

MIDDLEWARE = ["scripts.bench.floor.count_statements", *MIDDLEWARE]
ROOT_URLCONF = "scripts.bench.urls"
