"""When a host's rows are wrong; the numbers are those of `limit`."""

from opsconsole.domains.system.host.rule import load, network, storage, system

RULES = (*load.RULES, *storage.RULES, *network.RULES, *system.RULES)
"""Every rule of a host."""
