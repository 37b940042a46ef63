#!/bin/sh
# Finds Python 3.11 and hands over to setup.py, which runs one set-up step.
for python in python3.11 python3 python; do
    if "$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
        exec "$python" scripts/setup.py "$@"
    fi
done
echo "未找到 Python 3.11：安装 Python 3.11 后重新运行。Python 3.11 was not found (python3 is: $(python3 --version 2>/dev/null || echo absent)); install it and run this again." >&2
exit 1
