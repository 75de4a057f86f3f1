"""The routes of the room redemption and the schemas of what they take and answer."""
