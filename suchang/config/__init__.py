"""Settings: one frozen value from the environment, and what the settings of mail and sign-on are made of."""

from suchang.config.settings import (
    ROOT,
    SECRET_NAMES,
    Misconfigured,
    Settings,
    demo_secret,
    load_settings,
    sqlalchemy_url,
)

__all__ = ["ROOT", "SECRET_NAMES", "Misconfigured", "Settings", "demo_secret", "load_settings", "sqlalchemy_url"]
