"""Where values of an account turn bad, for columns and rules alike."""

from opsconsole.model import Limits

CPU = Limits(90, 98, "awesome-prometheus-alerts: CPU of an instance; ours: crit")
QUOTA = Limits(80, 95, "Trusted Advisor, service limits: 80 %; ours: crit")
KEY_AGE = Limits(90, 365, "CIS AWS Foundations: rotate keys after 90 days; ours: crit")
BALANCE = Limits(10, 2, "awesome-prometheus-alerts: EBS balance under 10 %; ours: crit")
"""Percent of credit that is left."""
ERRORS = Limits(5, 25, "awesome-prometheus-alerts: 5XX over 5 %; ours: crit")
LATENCY = Limits(2, 10, "awesome-prometheus-alerts: latency over 2 s; ours: crit")
PATCHED = Limits(60, 180, "Cloud Custodian: not patched for 60 days; ours: crit")
IMAGE = Limits(120, 365, "Cloud Custodian: image over 120 days; ours: crit")
BUDGET = Limits(90, 100, "AWS documentation, Budgets; ours: warn")
FORESEEN = Limits(100, 120, "AWS documentation, Budgets: over 100 %; ours: crit")
