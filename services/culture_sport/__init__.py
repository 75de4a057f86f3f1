"""文化体育: culture and sport."""
