"""What the collector's benchmark makes of its figures."""

import statistics
import subprocess
import sys

import pytest

from benchmarks.collector import median


@pytest.mark.parametrize("values", [[3.0], [4.0, 1.0], [9.0, 1.0, 2.0], [1.0, 8.0, 2.0, 4.0]])
def test_the_median_of_an_even_count_lies_between_the_two(values: list[float]) -> None:
    assert median(values) == statistics.median(values)


def test_what_only_counting_needs_is_not_in_the_process_that_is_measured() -> None:
    code = "import sys, benchmarks.collector; sys.exit('statistics' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
