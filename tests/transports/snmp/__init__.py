"""The SNMP transport, against real agents, recorded ones, and ones that misbehave."""
