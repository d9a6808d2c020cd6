"""Shell completion: the candidates at TAB, and the scripts of the shells."""
