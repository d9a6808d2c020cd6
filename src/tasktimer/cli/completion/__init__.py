"""Shell completion: what is offered at TAB, and how each shell is told."""
