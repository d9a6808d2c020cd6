"""The verbs: each is one transaction on a store and gives core types back; those that change tasks are journalled."""
