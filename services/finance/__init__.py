"""金融服务: finance."""
