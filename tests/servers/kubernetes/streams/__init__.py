"""What a kubelet serves through the API server: logs, exec and port-forward."""
