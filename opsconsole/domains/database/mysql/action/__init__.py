"""What can be done to a MySQL or MariaDB server."""

from opsconsole.domains.database.mysql.action import replica, session

ACTIONS = (*session.ACTIONS, *replica.ACTIONS)
