"""What can be read of an object: logs, definition, description, events, values, tables."""

from opsconsole.domains.cloud.kubernetes.text.definition import SECRET, YAML
from opsconsole.domains.cloud.kubernetes.text.describe import DESCRIBE
from opsconsole.domains.cloud.kubernetes.text.event import OF
from opsconsole.domains.cloud.kubernetes.text.log import LOGS
from opsconsole.domains.cloud.kubernetes.text.resources import RESOURCES
from opsconsole.domains.cloud.kubernetes.text.table import TABLE

INQUIRIES = (LOGS, YAML, DESCRIBE, OF, SECRET, TABLE, RESOURCES)
