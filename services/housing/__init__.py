"""安居保障: housing."""
