"""Shell completion: the candidates, and the scripts for bash, zsh and fish."""
