"""Nine benefit domains, one package each; see docs/architecture.md."""
