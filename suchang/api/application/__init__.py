"""The routes of the room application and the schemas of what they take and answer."""
