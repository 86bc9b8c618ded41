"""What this machine has of an estate for a report: its recording, its open alerts."""

import contextlib
from collections.abc import Generator

from opsconsole.engine.reporting import Sources
from opsconsole.estate import Estate


@contextlib.contextmanager
def sources(estate: Estate) -> Generator[Sources, None, None]:
    """Recording and alerts, within the context; what cannot be read is told in the notices."""
    del estate
    yield Sources()
