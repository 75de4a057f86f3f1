"""子女教育: schooling of children."""
