"""The demo province and the unattended story."""
