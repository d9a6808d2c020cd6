"""What the program does: each service is one transaction and returns core types."""
