"""Shell completion: the candidates, and the scripts for the shells."""
