"""What can be done to a MySQL or MariaDB server."""

from opsconsole.domains.database.mysql.action import replica, session, table, variable

ACTIONS = (*session.ACTIONS, *replica.ACTIONS, *table.ACTIONS, *variable.ACTIONS)
