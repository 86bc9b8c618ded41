"""The bus: joins a collector and a console; memory for tests, a socket pair for life."""
