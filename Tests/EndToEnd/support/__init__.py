"""What the end-to-end tests share: servers as processes, raw RESP connections, comparisons."""
