"""Where values of an account turn bad, for columns and rules alike."""

from opsconsole.model import Limits

CPU = Limits(90, 98, "awesome-prometheus-alerts: CPU of an instance; ours: crit")
QUOTA = Limits(80, 95, "Trusted Advisor, service limits: 80 %; ours: crit")
KEY_AGE = Limits(90, 365, "CIS AWS Foundations: rotate keys after 90 days; ours: crit")
