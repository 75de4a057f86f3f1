"""Rule packs: loading, determining, explaining and analysing eligibility; no framework, no database."""
