"""工商登记: business registration."""
