"""交通出行: transport."""
