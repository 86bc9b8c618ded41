"""Hosts of an Ansible inventory, read as Ansible reads it and without Ansible."""

from opsconsole.estate.ansible.files import find_hosts

__all__ = ["find_hosts"]
