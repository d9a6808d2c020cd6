"""The HTTP routes: each calls one service for the caller, or reports the state of the server."""
