"""Conversations through the visitor's door: real sockets and HTTP against real server processes."""
