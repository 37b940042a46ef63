"""The programs that the tests use and pip does not bring: found where they are, or installed on Debian as root.

`python -m tests.harness.programs` sees to it that all are there. Standard library only.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Of two lists of features Chromium takes the last: what Playwright leaves out is therefore named here again. The rest
# draws the address bar, two pages of its own behind each window, for which a test would wait most of a second.
UNUSED_FEATURES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch",
    "AimEnabled", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
)  # fmt: skip
# Nothing in the background, nothing that wants a graphics card, a large /dev/shm or another user than root.
CHROMIUM_FLAGS = [
    f"--disable-features={','.join(UNUSED_FEATURES)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def postgres(program: str) -> str | None:
    """Path of `initdb` or `postgres`. Debian keeps them out of PATH, one folder per version: the newest wins."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return shutil.which(program, path=os.pathsep.join(map(str, reversed(folders)))) or shutil.which(program)


def redis_server() -> str | None:
    return shutil.which("redis-server")


def chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def chinese_font() -> str | None:
    if not sys.platform.startswith("linux"):
        return "comes with the system"
    if not shutil.which("fc-list"):
        return None
    fonts = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False).stdout
    return fonts.partition("\n")[0] or None


@dataclass(frozen=True)
class Need:
    name: str
    debian_package: str
    find: Callable[[], str | None]


NEEDS = (
    Need("PostgreSQL", "postgresql", lambda: postgres("initdb")),
    Need("Redis", "redis-server", redis_server),
    Need("Chromium", "chromium", chromium),
    Need("a Chinese font (中文字体)", "fonts-noto-cjk", chinese_font),
)


def required(path: str | None, name: str) -> str:
    if path is None:
        raise FileNotFoundError(f"{name} is not installed; `make test` installs it or says how.")
    return path


def main(label: str) -> int:
    missing = [need for need in NEEDS if need.find() is None]
    if not missing:
        return 0
    names = "、".join(need.name for need in missing)
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        sys.stderr.write(f"测试还需要 {names}：请先安装。The tests also need {names}: install and run this again.\n")
        return 1
    sys.stdout.write(f"{label} 安装测试用程序 Programs for the tests: {names} …\n")
    sys.stdout.flush()
    _apt_get("update", "-qq")
    _apt_get("install", "-y", "-qq", "--no-install-recommends", *(need.debian_package for need in missing))
    return 0


def _apt_get(*arguments: str) -> None:
    # RUNLEVEL=1: the packages' own services stay stopped; the tests start private ones.
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    done = subprocess.run(
        ["apt-get", *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        sys.exit(f"apt-get {arguments[0]} 没有成功。apt-get {arguments[0]} failed, see above.")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
