"""No password of a statement gets as far as a pane, a recording or a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.domains.database.discretion import discreet


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("ALTER ROLE app PASSWORD 'horse'", "ALTER ROLE app PASSWORD '***'"),
        ("create user a identified by 'it''s' or", "create user a identified by '***' or"),
        (r"SET PASSWORD = 'a\'b' WHERE 1", "SET PASSWORD = '***' WHERE 1"),
        ("ALTER ROLE app PASSWORD 'cut in the mid", "ALTER ROLE app PASSWORD '***'"),
        ("CREATE SUBSCRIPTION s CONNECTION 'postgres://u:p@h/d'", "CREATE SUBSCRIPTION s "
         "CONNECTION '***'"),
        ("DO $x$ ALTER ROLE a PASSWORD 'b' $x$ LANGUAGE sql", "DO '***' LANGUAGE sql"),
        ("select 'plain' from t where id = 7", "select 'plain' from t where id = 7"),
    ],
)  # fmt: skip
def test_literals_go_where_one_may_be_a_secret(typed: str, told: str) -> None:
    assert discreet(typed) == told


@given(st.text(alphabet="horse 01", min_size=1))
def test_whatever_the_password_is_it_is_not_told(secret: str) -> None:
    told = discreet(f"ALTER ROLE app PASSWORD '{secret}~' VALID UNTIL 'never'")
    assert told == "ALTER ROLE app PASSWORD '***' VALID UNTIL '***'"
