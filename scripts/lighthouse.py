"""Lighthouse in Chromium on the pages that residents use most; each of its four scores must be 95 or more.

The figures are those of a middling phone on a slow line, as Lighthouse simulates them: run it alone on the machine.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from scripts.sample_portal import sample_portal  # noqa: E402 -- found through the folder above
from tests.harness import programs  # noqa: E402

PAGES = ("/", "/complaints/new/", "/complaints/track/", "/board/")


def main() -> int:
    chromium = programs.required(programs.chromium(), "Chromium")
    node = ROOT / ".tools" / "bin" / "node"
    with sample_portal("--cases", "60", "--months", "2") as (base, _):
        addresses = [f"{base}{page}" for page in PAGES]
        return subprocess.run([node, "scripts/lighthouse.mjs", chromium, *addresses], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
