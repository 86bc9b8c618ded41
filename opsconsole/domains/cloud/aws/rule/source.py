"""Where the numbers of rules come from."""

APA = "awesome-prometheus-alerts, AWS CloudWatch"
CC = "Cloud Custodian, examples"
DOCS = "AWS documentation"
ND = "Netdata, CloudWatch alarms"
TA = "AWS Trusted Advisor"

HOUR = 3600.0
