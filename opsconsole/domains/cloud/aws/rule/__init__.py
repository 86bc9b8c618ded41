"""When an account is wrong: nobody answers, doors stand open, money runs out of it."""

from opsconsole.domains.cloud.aws.rule import account, database, instance, network, storage

RULES = (*instance.RULES, *storage.RULES, *network.RULES, *database.RULES, *account.RULES)
