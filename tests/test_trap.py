"""What a receiver heard crosses to the probes as it was; anything else is malformed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.errors import Malformed
from opsconsole.trap import Heard, Notice, Sender, packed, unpacked


def test_it_comes_back_as_it_was() -> None:
    notice = Notice(7, 1.5, "10.0.0.1", 3, True, "watch", "1.3", None, "", b"\x30\x00", False)
    sender = Sender("10.0.0.1", 1, 2, 1.5, "cut short")
    heard = Heard(1.0, 1, 2, 3, {"cut short": 2}, 4, 5, [sender], [notice])
    assert unpacked(packed(heard)) == heard


@given(st.binary(max_size=200))
def test_what_nobody_heard_is_no_answer(payload: bytes) -> None:
    with pytest.raises(Malformed):
        unpacked(payload)
