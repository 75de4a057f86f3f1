"""What the application's role may try in SQL so that one person decides alone: a case, and the attacks on it."""
