"""The routes of the JSON API, one module per audience. A route is decorators for body and answer, and one call."""
