"""What an account needs for an action to look at a server."""

import re

from opsconsole.domains.database.looking import Right

LOOKS = Right(
    re.compile(rb"ERROR (1044|1142|1227|1095|3169)\b"),
    "GRANT PROCESS, REPLICATION CLIENT ON *.* TO the account",
)
"""Numbers of refusals for want of a right, and the grant that mends most."""
