"""The operations of the program: each service is one transaction and returns core types."""
