"""The modbus transport, tried with a real server."""
