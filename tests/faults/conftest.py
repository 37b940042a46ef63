from collections.abc import Callable

import pytest


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str, float], None]:
    """Say a figure on the terminal, whatever becomes of the test."""
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")

    def say(what: str, seconds: float) -> None:
        reporter.write_line(f"  {request.node.name}: {what} {seconds:.2f} s")

    return say
