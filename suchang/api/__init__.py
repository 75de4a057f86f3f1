"""The JSON API: blueprints, schemas, problem details, authentication."""
