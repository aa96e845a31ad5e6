"""What visitors do, in a real browser against a real server."""
