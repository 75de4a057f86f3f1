"""出入境居留: exit, entry and residence."""
