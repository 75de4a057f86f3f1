"""PostgreSQL and Redis: models, unit of work, named queries."""
