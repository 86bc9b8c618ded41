"""What can be done to an Oracle database."""

from opsconsole.domains.database.oracle.action import session

ACTIONS = session.ACTIONS
