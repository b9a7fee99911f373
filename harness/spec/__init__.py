"""What the vendors' documents say: the model, its files, and the clauses that follow."""
