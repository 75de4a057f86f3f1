"""What things are called on pages: states, errors, domains, proofs."""
