"""The HTTP routes: each calls one service for the caller, or reports the server's state."""
