"""ISAPI, as a way to reach access controllers."""
